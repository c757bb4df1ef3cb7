import IO
import Primitives
import Testing

@testable import Mesh

@Suite(.timeLimit(.minutes(5))) struct SpecsTests {
  @Test func `NVIDIA's list is read line by line, and nonsense is left out`() {
    let gpus = MachineReadings.nvidia(
      "NVIDIA H100 80GB HBM3, 81559\nTesla, T4, 15360\n, 5\nX, [N/A]\nY, 99999999999\nZ 3\n")
    #expect(gpus.map(\.name) == ["NVIDIA H100 80GB HBM3", "Tesla, T4"])
    #expect(gpus.first?.memoryBytes == 81_559 << 20)
  }

  @Test func `AMD's table is read by its head, whatever the columns' order`() {
    let gpus = MachineReadings.amd(
      """
      WARNING: something
      device,VRAM Total Memory (B),VRAM Total Used Memory (B),Card Series,Card SKU
      card0,17163091968,10,Radeon RX 6800,X
      card1,nonsense,10,Radeon,X
      card2,17163091968,10
      """)
    #expect(gpus.map(\.name) == ["Radeon RX 6800"])
    #expect(gpus.first?.memoryBytes == 17_163_091_968)
    #expect(MachineReadings.amd("no GPU here").isEmpty)
  }

  @Test(arguments: [
    "", "MemTotal: 5 kB", "MemTotal: x kB\nMemAvailable: 1 kB",
    "MemTotal: 1 kB\nMemAvailable: 2 kB", "MemTotal: 99999999999999999999 kB\nMemAvailable: 1 kB",
  ])
  func `memory that does not add up is unknown`(text: String) {
    #expect(MachineReadings.memory(text) == nil)
  }

  @Test func `what /proc says is read`() throws {
    let memory = try #require(MachineReadings.memory("MemTotal: 10 kB\nMemAvailable:  4 kB\n"))
    #expect(memory == (10_240, 4_096))
    #expect(MachineReadings.load("1.50 0.2 0.3 1/2 3") == 1.5)
    #expect(MachineReadings.load("nan 1") == nil)
    #expect(MachineReadings.processor("a: b\nmodel name\t: Fast One\n") == "Fast One")
  }

  @Test func `this machine has cores, memory and a disk, and a load`() async throws {
    let loop = try EventLoop()
    defer { loop.stop() }
    let detection = SpecsDetection(folder: "/", tools: [])
    let specs = await detection.specs(on: loop)
    #expect(specs.cores >= 1 && specs.memoryBytes > 1 << 20 && specs.diskBytes > 0)
    #expect(!specs.architecture.isEmpty)
    let load = detection.load()
    #expect(load.running >= 0 && load.memoryAvailable <= specs.memoryBytes)
    #expect(load.diskAvailable <= specs.diskBytes)
  }

  @Test(
    arguments: [
      (0, 0, 0), (1_000, 0, 512), (1_024, 0, 1_024), (1_023, 512, 512), (256, 512, 512),
      (2_047, 512, 512), (2_048, 512, 2_048), (255, 512, 128), (0, 512, 0), (.max, 512, 1 << 63),
    ] as [(UInt64, UInt64, UInt64)])
  func `what is free is told anew when it is half or four times as much`(
    free: UInt64, told: UInt64, now: UInt64
  ) {
    #expect(NodeSpecs.coarse(freeDiskBytes: free, told: told) == now)
  }

  @Test func `a tool that hangs, fails, babbles or is missing leaves no GPU and no process`()
    async throws
  {
    let loop = try EventLoop()
    defer { loop.stop() }
    func tool(_ script: String) -> SpecsDetection.Tool {
      SpecsDetection.Tool(Command("/bin/sh", ["-c", script]), read: MachineReadings.nvidia)
    }
    var limits = SpecsDetection.Limits()
    limits.toolTime = .milliseconds(300)
    let tools = [
      tool("/bin/sleep 1000"), tool("echo 'Bad, 5'; exit 3"),
      tool("while :; do echo 'Endless, 5'; done"), tool("echo 'Good, 1024'"),
      SpecsDetection.Tool(Command("/nowhere/nvidia-smi"), read: MachineReadings.nvidia),
    ]
    let specs = await SpecsDetection(folder: "/", tools: tools, limits: limits).specs(on: loop)
    #expect(specs.gpus.map(\.name) == ["Good"])
  }
}
