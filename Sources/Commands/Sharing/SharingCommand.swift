import Apus
import Calls
import Primitives

/// `apus sharing`
struct SharingCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "sharing",
    abstract: "Say what of this machine others may use, and when.",
    discussion: "Every change holds at once, also for what runs. What you run yourself is not "
      + "shared: none of this is for that.",
    examples: [
      .init("apus sharing", "what is shared now"),
      .init("apus sharing set --cores 2 --memory 4GiB --idle 10m", "how much, and when"),
      .init("apus sharing schedule 'mon-fri 22:00-06:00' sat,sun", "at which hours"),
      .init("apus sharing pause --for 2h", "nothing, for a while"),
    ],
    subcommands: [
      SharingShow.self, SharingSet.self, SharingPauseCommand.self, SharingResume.self,
      SharingScheduleCommand.self,
    ],
    defaultSubcommand: SharingShow.self)
}

extension NodeAccess {
  static func sharing(
    _ options: NodeOptions,
    _ body: @Sendable (BoxesV1.SharingClient) async throws -> BoxesV1.SharingReport
  ) async throws(CommandError) -> BoxesV1.SharingReport {
    try await connect(options) { try await body(BoxesV1.SharingClient($0)) }
  }

  /// Sets what `edit` makes of the rules there are, unless somebody else does meanwhile.
  static func setSharing(
    _ options: NodeOptions, _ edit: @Sendable (inout BoxesV1.SharingRules) -> Void
  ) async throws(CommandError) -> BoxesV1.SharingReport {
    try await sharing(options) { client in
      let found = try await client.show(.init(), options: .within(.seconds(10))).decision
      var rules = found?.rules ?? .init()
      edit(&rules)
      let request = BoxesV1.SetSharingRequest {
        $0.rules = rules
        $0.revision = found?.revision ?? 0
      }
      return try await client.set(request, options: .within(.seconds(10)))
    }
  }
}

/// `apus sharing show`, which is what `apus sharing` does.
struct SharingShow: Command {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show what is shared, and whether anything may begin now.")

  @OptionGroup var node: NodeOptions
  @OptionGroup var output: OutputOptions

  mutating func run() async throws {
    let report = try await NodeAccess.sharing(node) {
      try await $0.show(.init(), options: .within(.seconds(10)))
    }
    Output(output, environment: Surroundings.environment).show(SharingView(report, now: .now()))
  }
}
