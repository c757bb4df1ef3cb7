/// How attempts in containers are made.
package struct ContainerSettings: Sendable {
  /// Holds a folder per container, with nothing else in it; those of several keepers lie side by
  /// side.
  package var folder: String
  /// Which node the containers are of: others may use the same engine.
  package var node: String
  /// Where the engine listens, as `DOCKER_HOST` would say it; empty for what the environment says,
  /// or else where engines listen.
  package var engine = ""
  /// Looks for the engine at once, and not when the first container is wanted.
  package var isWanted = true
  /// Images that are not here are fetched from their registries.
  package var pulls = true
  /// How long a container waits for the next attempt of its creator; zero keeps none.
  package var keeps = Duration.seconds(60)
  package var limits = Limits()
  /// False makes what only root can as an ordinary user would.
  var mounts = true
  /// How many processors' worth an attempt gets; nil is all.
  package var processors: Double?
  package var processorSet: String?

  package struct Limits: Sendable {
    /// Containers of attempts at a time, those kept among them.
    package var containers = 32
    /// An image in a file.
    var archiveBytes: Int64 = 4 << 30
    /// Images that are here for attempts alone, and their bytes; those used last stay.
    package var images = 16
    package var imageBytes: Int64 = 16 << 30
    /// Kept containers of one creator.
    package var keptPerCreator = 4
    /// How often a folder without a size of its own is looked at.
    package var watch = Duration.milliseconds(200)
    /// What such a folder's disk must have left for an attempt to go on.
    var reserve: Int64 = 1 << 30
    /// Until a program's status is there once its output has ended.
    package var status = Duration.seconds(5)
    /// Answers of the engine at the end of an attempt.
    package var grace = Duration.seconds(30)
    /// How long attempts may go on when the node stops.
    package var drain = Duration.zero
    package init() {}
  }

  package init(folder: String, node: String) {
    self.folder = folder
    self.node = node
  }

  /// By which the engine knows whose a container is.
  enum Label {
    static let node = "org.apus.node"
    /// Whose the containers of attempts are: a node, or a command beside it.
    static let keeper = "org.apus.keeper"
    static let creator = "org.apus.creator"
    /// `attempt` ends with its keeper, `service` outlives it.
    static let kind = "org.apus.kind"
    static let template = "org.apus.template"
  }
}
