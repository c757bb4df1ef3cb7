/// `apus fault`
struct FaultCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "fault",
    abstract: "Let things go wrong on purpose, to see how the network bears it.",
    discussion: "The node must have been started with enabled = true under [faults].",
    subcommands: [FaultApply.self, FaultShow.self, FaultClear.self])
}
