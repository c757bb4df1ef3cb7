import Calls
import Primitives
import Runtimes

/// What an attempt may take.
struct AttemptOptions: ParsableArguments {
  /// Of standard input.
  static let inputBytes = 256 << 20
  /// The same where it is part of a message, which has 16 MiB, to a node.
  static let warmInputBytes = 15 << 20

  @Option(name: .shortAndLong, help: "Memory, files included; 512MiB without it.")
  var memory: ByteSize?
  @Option(name: .shortAndLong, help: "Time; 10m without it.") var time: Duration?
  @Option(help: "Room for files under /work; 64MiB without it.") var disk: ByteSize?
  @Option(help: "Processes; 64 without it.") var processes: Int?
  @Option(help: "Output, and as much of errors; 16MiB without it.") var maxOutput: ByteSize?
  @Option(help: "wasm: end it after so many steps, and count them.") var fuel: Int?

  @Option(
    help: .init(
      "GPUs, for itself alone, or a part of one; none without it.", valueName: "number|percent%"))
  var gpus: String?

  init() {}

  /// Nil for none.
  var graphics: GraphicsClaims.Wish? { gpus.flatMap { GraphicsClaims.Wish($0) } }

  mutating func validate() throws {
    if gpus != nil, graphics == nil {
      throw ValidationError("--gpus is a number of cards, as 2, or a part of one, as 25%")
    }
    if let fuel, fuel < 0 { throw ValidationError("--fuel must not be negative") }
  }

  /// Those that were named: what is standard in a node is for the node to say.
  var named: BoxesV1.RunRequest.Limits {
    BoxesV1.RunRequest.Limits {
      $0.timeNanoseconds = time?.nanoseconds
      $0.memoryBytes = memory?.bytes
      $0.fileBytes = disk?.bytes
      $0.processes = processes.map { UInt32(clamping: $0) }
      $0.outputBytes = maxOutput?.bytes
      $0.steps = fuel.map { UInt64(clamping: $0) }
    }
  }

  /// Whoever says nothing gets what is standard here.
  func limits(_ standard: AttemptLimits) throws(ValidationError) -> AttemptLimits {
    var limits = standard
    if let memory { limits.memory = memory.bytes }
    if let time { limits.time = time }
    if let disk { limits.fileBytes = disk.bytes }
    if let processes { limits.processes = processes }
    if let maxOutput { limits.outputBytes = maxOutput.bytes }
    if let fuel { limits.steps = UInt64(clamping: fuel) }
    do throws(RuntimeError) {
      try limits.check()
    } catch {
      throw ValidationError(error.message)
    }
    return limits
  }
}
