/// How much one attempt may take. Whoever sets none gets these.
package struct AttemptLimits: Hashable, Sendable {
  package var time = Duration.seconds(600)
  /// Bytes, everything in the box together, its files among them.
  package var memory: Int64 = 512 << 20
  package var processes = 64
  /// Bytes under `/work`.
  package var fileBytes: Int64 = 64 << 20
  /// Files and folders under `/work`.
  package var files = 4096
  /// Bytes of standard output, and as many of standard error.
  package var outputBytes: Int64 = 16 << 20
  /// Open descriptors of each process.
  package var descriptors = 1024
  /// Steps of a metered attempt (wasm's fuel); nil is no bound.
  package var steps: UInt64?

  package init() {}

  /// What no owner's setting raises: the bounds of the fields themselves.
  package enum Bounds {
    package static let time = Duration.seconds(400 * 86_400)
    package static let memory: ClosedRange<Int64> = 8 << 20...16 << 40
    package static let processes = 1...32_768
    package static let fileBytes: ClosedRange<Int64> = 1 << 16...16 << 40
    package static let files = 16...16_000_000
    package static let outputBytes: ClosedRange<Int64> = 0...1 << 40
    package static let descriptors = 16...1 << 20
  }

  /// Throws when a field is out of its bounds.
  package func check() throws(RuntimeError) {
    let problem: String? =
      if time <= .zero || time > Bounds.time {
        "a time limit must be more than nothing and at most 400 days"
      } else if !Bounds.memory.contains(memory) {
        "a memory limit must be at least 8 MiB"
      } else if !Bounds.processes.contains(processes) {
        "a limit of processes must be between 1 and 32768"
      } else if !Bounds.fileBytes.contains(fileBytes) {
        "a limit of files must be at least 64 KiB"
      } else if !Bounds.files.contains(files) {
        "a number of files must be between 16 and 16 million"
      } else if !Bounds.outputBytes.contains(outputBytes) {
        "a limit of output must be between nothing and 1 TiB"
      } else if !Bounds.descriptors.contains(descriptors) {
        "a limit of descriptors must be between 16 and 1048576"
      } else {
        nil
      }
    if let problem { throw RuntimeError(.refused, problem) }
  }
}
