/// `apus files`
struct FilesCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "files",
    abstract: "Add files to the network, find them and fetch them from everybody who has them.",
    discussion: """
      A file is named by its name, its id, or enough of the id's beginning. Every byte is checked \
      against the file's id before it is used, whoever sent it.
      """,
    examples: [
      .init(
        "apus files add film.mkv --tag holiday", "kept on two nodes, as is the default"),
      .init("apus files find holiday", "what there is, by words of names and tags"),
      .init("apus files get film.mkv", "from all that have it at once, into this folder"),
      .init("apus files share film.mkv --expires 7d", "an address for a browser"),
      .init("apus files ls", "what this node owns and keeps"),
    ],
    subcommands: [
      FilesAdd.self, FilesGet.self, FilesFind.self, FilesList.self, FilesShow.self,
      FilesRemove.self, FilesPin.self, FilesUnpin.self, FilesShare.self, FilesLinks.self,
      FilesUnshare.self, FilesVerify.self, FilesRepair.self, FilesCollect.self, FilesUsage.self,
    ])
}
