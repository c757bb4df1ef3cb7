import Foundation
import Glibc
import Primitives
import Testing

@testable import IO
@testable import Runtimes

/// GPUs in real boxes, of a machine that is made up.
@Suite(.serialized) struct GraphicsBoxTests: Sendable {
  let machine = SensorTests.Machine()
  let bench: BoxBench
  static let uuids = ["GPU-1b2c", "GPU-3d4e"]
  static let answer = """
    00000000:01:00.0, GPU-1b2c, NVIDIA One, 80, 3, 12
    00000000:02:00.0, GPU-3d4e, NVIDIA Two, 16, 3, 12
    """

  init() throws {
    for (place, number) in [(1, 1), (2, 0)] {
      let address = "0000:0\(place):00.0"
      let folder = "/sys/class/drm/card\(place)/device"
      try machine.write("0x10de\n", "\(folder)/vendor")
      try machine.write("PCI_SLOT_NAME=\(address)\n", "\(folder)/uevent")
      try machine.write("", "\(folder)/drm/card\(place)/x")
      try machine.write(
        "Model: \t\t x\nDevice Minor: \t \(number)\n",
        "/proc/driver/nvidia/gpus/\(address)/information")
      try machine.write("card \(place)\n", "/dev/nvidia\(number)")
    }
    try machine.write("all\n", "/dev/nvidiactl")
    let root = machine.root
    for name in ["nvidia0", "nvidia1", "nvidiactl"] { chmod("\(root)/dev/\(name)", 0o666) }
    bench = try BoxBench { settings in
      settings.deviceRoot = root
      settings.graphics = { _ in GraphicsCards.all(root: root, answer: Self.answer) }
    }
  }

  private func attempt(_ word: String?, _ script: String) -> Attempt {
    var attempt = bench.shell(script)
    attempt.graphics = word.flatMap { GraphicsClaims.Wish($0) }
    return attempt
  }

  static let look = "cat /dev/nvidia*; echo $CUDA_VISIBLE_DEVICES $NVIDIA_VISIBLE_DEVICES"

  @Test func `a program has its cards and no others`() async throws {
    try await bench.serving { boxes in
      let none = try await boxes.run(attempt(nil, "ls /dev; echo [$CUDA_VISIBLE_DEVICES]"))
      #expect(none.text.hasSuffix("[]\n") && !none.text.contains("nvidia"))
      // The one with the least memory.
      let one = try await boxes.run(attempt("1", Self.look))
      #expect(one.text == "card 2\nall\nGPU-3d4e GPU-3d4e\n", "\(one)")
      let both = try await boxes.run(attempt("2", Self.look))
      #expect(both.text.hasPrefix("card 2\ncard 1\nall\n"), "\(both)")
      #expect(both.text.hasSuffix("GPU-3d4e,GPU-1b2c GPU-3d4e,GPU-1b2c\n"))
    }
    #expect(bench.leftovers == [])
  }

  @Test func `a real device is read and written in the box`() async throws {
    let path = "\(machine.root)/dev/nvidia0"
    unlink(path)
    // /dev/zero under another name; an ordinary user makes none.
    guard mknod(path, S_IFCHR | 0o666, 1 << 8 | 5) == 0, chmod(path, 0o666) == 0 else { return }
    try await bench.serving { boxes in
      let result = try await boxes.run(
        attempt("1", "head -c 3 /dev/nvidia0 | wc -c; echo x > /dev/nvidia0 && echo written"))
      #expect(result.text == "3\nwritten\n", "\(result)")
    }
  }

  @Test func `a whole card is for one, a share for more, and each comes back`() async throws {
    try await bench.serving { boxes in
      let begun = Gate()
      async let long = boxes.run(attempt("2", "echo now; sleep 100")) {
        (_, _) throws(RuntimeError) in begun.open()
      }
      await begun.wait()
      let busy = await #expect(throws: RuntimeError.self) {
        try await boxes.run(attempt("1%", "true"))
      }
      #expect(busy?.code == .busy)
      for name in boxes.reports.map(\.name) { _ = boxes.kill(name, reason: "seen") }
      let ended = try await long
      #expect(ended.ending == .killed(reason: "seen"))
      async let first = boxes.run(attempt("50%", Self.look))
      async let second = boxes.run(attempt("50%", Self.look))
      let texts = try await [first.text, second.text]
      #expect(texts.allSatisfy { $0.hasPrefix("card 2\n") }, "\(texts)")
    }
  }

  @Test func `what cannot be had is refused with the reason`() async throws {
    try await bench.serving { boxes in
      let many = await #expect(throws: RuntimeError.self) {
        try await boxes.run(attempt("3", "true"))
      }
      #expect(many?.code == .refused)
      var wasm = attempt("1", "true")
      wasm.runtime = .wasm
      let engine = await #expect(throws: RuntimeError.self) { try await boxes.run(wasm) }
      #expect(engine?.message.contains("wasm uses no GPUs") == true)
      chmod("\(machine.root)/dev/nvidia0", 0o660)
      let closed = await #expect(throws: RuntimeError.self) {
        try await boxes.run(attempt("1", "true"))
      }
      #expect(closed?.message.contains("MODE=\"0666\"") == true, "\(String(describing: closed))")
      // And nobody has it.
      chmod("\(machine.root)/dev/nvidia0", 0o666)
      let both = try await boxes.run(attempt("2", "true"))
      #expect(both.ending.isSuccess)
    }
    let bare = try BoxBench { $0.graphics = { _ in [] } }
    let absent = await #expect(throws: RuntimeError.self) {
      try await bare.run(attempt("1", "true"))
    }
    #expect(absent?.message.contains("this machine has no GPU") == true)
  }

  @Test func `others have the GPUs that are shared, by parts too`() async throws {
    var sharing = Boxes.Sharing()
    sharing.rules.gpus = 1
    try await bench.serving(sharing: sharing) { boxes in
      let refused = await #expect(throws: RuntimeError.self) {
        try await boxes.run(attempt("2", "true"))
      }
      #expect(refused?.code == .refused && refused?.message.contains("GPUs") == true)
      let half = try await boxes.run(attempt("50%", "true"))
      #expect(half.ending.isSuccess)
      var own = attempt("2", "true")
      own.creator = SharingState.owner
      let mine = try await boxes.run(own)
      #expect(mine.ending.isSuccess)
    }
  }

  @Test func `a container has NVIDIA's cards by name and others by device`() throws {
    var other = GraphicsCard(address: "0000:03:00.0", vendor: "AMD", model: "x")
    other.devices = ["/dev/dri/card3", "/dev/dri/renderD128"]
    var plan = ContainerPlan(image: "a")
    plan.give(GraphicsCards.all(root: machine.root, answer: Self.answer) + [other])
    #expect(plan.gpus == .named(Self.uuids))
    #expect(plan.devices == ["/dev/dri/renderD128", "/dev/kfd"])
    let host = try #require(plan.json(for: .docker)["HostConfig"])
    #expect(host["Devices"]?.array?.first?["PathOnHost"] == "/dev/dri/renderD128")
    #expect(host["DeviceRequests"]?.array?.first?["DeviceIDs"] == ["GPU-1b2c", "GPU-3d4e"])
  }

  @Test(arguments: [
    ("1", GraphicsClaims.Wish(cards: 1)), ("12", .init(cards: 12)), ("25%", .init(share: 25)),
    ("100%", .init()), ("0", nil), ("0%", nil), ("101%", nil), ("", nil), ("%", nil), ("-1", nil),
    ("1.5", nil), ("99999", nil), ("a", nil),
  ])
  func `a wish is a number of cards or a part of one`(
    _ word: String, _ wish: GraphicsClaims.Wish?
  ) {
    #expect(GraphicsClaims.Wish(word) == wish)
  }
}
