import Apus
import Calls
import Primitives

/// `apus sharing pause`
struct SharingPauseCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "pause",
    abstract: "End what runs for others, and let nothing begin.",
    examples: [
      .init("apus sharing pause", "until apus sharing resume, also over a restart"),
      .init("apus sharing pause --for 2h", "and resume by itself"),
      .init("apus sharing pause --finish", "what runs comes to its end"),
    ])

  @Option(name: [.customLong("for")], help: "Resume by itself after so long.")
  var duration: Duration?
  @Flag(help: "Let what runs come to its end.") var finish = false
  @OptionGroup var node: NodeOptions
  @OptionGroup var output: OutputOptions

  mutating func validate() throws {
    if let duration, duration < .seconds(1) {
      throw ValidationError("--for must be at least a second")
    }
  }

  mutating func run() async throws {
    let request = BoxesV1.PauseSharingRequest {
      $0.untilNanoseconds = duration.map { WallTime.now().advanced(by: $0).nanoseconds }
      $0.letsFinish = finish
    }
    let report = try await NodeAccess.sharing(node) {
      try await $0.pause(request, options: .within(.seconds(10)))
    }
    Output(output, environment: Surroundings.environment).show(SharingView(report, now: .now()))
  }
}

/// `apus sharing resume`
struct SharingResume: Command {
  static let configuration = CommandConfiguration(
    commandName: "resume", abstract: "Share again what was paused.")

  @OptionGroup var node: NodeOptions
  @OptionGroup var output: OutputOptions

  mutating func run() async throws {
    let report = try await NodeAccess.sharing(node) {
      try await $0.resume(.init(), options: .within(.seconds(10)))
    }
    Output(output, environment: Surroundings.environment).show(SharingView(report, now: .now()))
  }
}
