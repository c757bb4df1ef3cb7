/// `apus nodes`
struct Nodes: Command {
  static let configuration = CommandConfiguration(
    abstract: "See the nodes of the network, and decide about them.",
    discussion: """
      A node is named by its name, its id, or enough of the id's beginning. Conditions are \
      `field=value` with = != < <= > >=, joined by commas; fields are name, id, role, zone, state, \
      path, nat, version, system, architecture, latency (ms), upload, download (Mbit/s), load, \
      cores, memory, disk, gpus and label.NAME.
      """,
    examples: [
      .init("apus nodes", "all of them"),
      .init("apus nodes --sort nearest --where 'role=worker,latency<50'", "some, in order"),
      .init("apus nodes --watch", "again after every change"),
      .init("apus nodes --json", "for programs"),
      .init("apus nodes list --help", "all options"),
    ],
    subcommands: [
      NodesList.self, NodesApprove.self, NodesRevoke.self, NodesLabel.self, NodesRename.self,
      NodesExport.self, NodesImport.self,
    ],
    defaultSubcommand: NodesList.self)
}
