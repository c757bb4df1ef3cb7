import Apus
import Calls
import Primitives

/// `apus sharing schedule`
struct SharingScheduleCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "schedule",
    abstract: "Set the hours at which the machine is shared; without any, show them.",
    discussion: "Local time. Hours that end before they begin go on into the next day. When they "
      + "are over, what runs for others is ended.",
    examples: [
      .init("apus sharing schedule 'mon-fri 22:00-06:00' sat,sun", "nights, and whole weekends"),
      .init("apus sharing schedule 01:00-05:00", "every day"),
      .init("apus sharing schedule always", "no hours at all"),
    ])

  @Argument(help: "Days, hours, or days and hours.") var hours: [String] = []
  @OptionGroup var node: NodeOptions
  @OptionGroup var output: OutputOptions

  mutating func run() async throws {
    let output = Output(self.output, environment: Surroundings.environment)
    guard !hours.isEmpty else {
      let report = try await NodeAccess.sharing(node) {
        try await $0.show(.init(), options: .within(.seconds(10)))
      }
      let kept = report.decision?.rules?.hours ?? ""
      let text = kept.isEmpty ? "always" : kept
      output.show(json: ["hours": .string(text)]) { _ in "\(text)\n" }
      return
    }
    let text = try SharingSet.hours(hours.joined(separator: "; "))
    let report = try await NodeAccess.setSharing(node) { $0.hours = text }
    output.show(SharingView(report, now: .now()))
  }
}
