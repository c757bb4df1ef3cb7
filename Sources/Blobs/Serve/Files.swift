import Calls
package import IO
package import Mesh
package import Primitives
package import Security
package import Store

// # Files
//
// What a person calls a file is a share, and the bytes of it a blob. This is where they meet: a
// share is published in the index, its blob is kept in the store, copies of it are on other nodes,
// and whoever wants it finds the share, asks the index who holds the blob, and fetches it from all
// of them.
//
// The store, the shelf and the links last as long as the node. Index and placement belong to one
// network (`FilesTenant`) and are made anew when the node goes to another one.
//
// Pins of the store say why a blob is here: `share:<id>` for a copy that the network counts on,
// `user` for what the owner of the node wants kept. What was only fetched has no pin, and goes
// when its room is needed.

/// The files of a network, as this node gives and takes them.
package final class Files: Sendable {
  package struct Limits: Sendable {
    /// Where a search ends that is made for one file.
    package var searchTime = Duration.seconds(10)
    package var page = 256
    /// Files of one folder that are fetched together.
    package var together = 4_096
    /// How often progress is told.
    package var progress = Duration.milliseconds(100)
    /// How long a link holds when nobody says.
    package var linkLife = Duration.seconds(7 * 86_400)
    /// How long adding waits for the index.
    package var publishTime = Duration.seconds(15)
    package init() {}
  }

  /// What files are made of.
  package struct Ground: Sendable {
    package var key: SigningKey
    package var store: BlobStore
    package var shelf: ShareShelf
    package var links: LinkBook
    package var fetcher: Fetcher
    package var network: any NetworkView
    package var driver: any Driver
    /// Keeps the time for those who are on no loop.
    package var home: EventLoop
    /// On how many nodes a file is kept when nobody says.
    package var replicas: Int

    /// Where a link's secret leads to from outside: an address for each way in.
    package var addresses: @Sendable (LinkSecret, ShareFile) -> [String]

    package init(
      key: SigningKey, store: BlobStore, shelf: ShareShelf, links: LinkBook, fetcher: Fetcher,
      network: any NetworkView, driver: any Driver, home: EventLoop, replicas: Int,
      addresses: @escaping @Sendable (LinkSecret, ShareFile) -> [String]
    ) {
      self.key = key
      self.store = store
      self.shelf = shelf
      self.links = links
      self.fetcher = fetcher
      self.network = network
      self.driver = driver
      self.home = home
      self.replicas = replicas
      self.addresses = addresses
    }
  }

  /// Who in the store has pinned what its owner wants kept.
  static let userPin = "user"

  let ground: Ground
  let limits: Limits
  private let current = Locked<FilesTenant?>(nil)

  package init(_ ground: Ground, limits: Limits = Limits()) {
    self.ground = ground
    self.limits = limits
  }

  package var own: NodeID { ground.key.id }
  var store: BlobStore { ground.store }
  var shelf: ShareShelf { ground.shelf }

  /// Index and placement of the network that the node is in now.
  func tenant() throws(BlobError) -> FilesTenant {
    guard let tenant = current.withLock({ $0 }) else {
      throw BlobError(.busy, "the node is starting, stopping or changing its network; try again")
    }
    return tenant
  }

  /// For `Network.house`.
  package func tenant(of network: NetworkID, _ zones: ZoneService) async throws -> FilesTenant {
    let (shelved, isAnother) = try await FilesHome(ground.driver, shelf).enter(network, own: own)
    let restored = try await settle(shelved, isAnother: isAnother)
    let tenant = FilesTenant(self, zones, restored)
    current.withLock { $0 = tenant }
    return tenant
  }

  /// Holds what the shelf says against what is in the store. A crash between the two, and leaving
  /// a network, leave pins that nobody would ever end. What came from another network goes.
  private func settle(
    _ restored: [ShelvedShare], isAnother: Bool
  ) async throws -> [ShelvedShare] {
    var settled = restored
    var pins: Set<BlobStore.Pin> = []
    for place in settled.indices where settled[place].hasCopy {
      let share = settled[place].signed.share
      if try await isHere(share) {
        pins.insert(BlobStore.Pin(blob: share.blob, who: Self.pin(of: share.key)))
      } else {
        settled[place].hasCopy = false
      }
    }
    try await store.unpinAll(of: Self.pinPrefix, but: pins)
    if isAnother {
      let own = settled.filter(\.isPinned).map(\.signed.share.blob)
      try await store.unpinAll(
        of: Self.userPin, but: Set(own.map { BlobStore.Pin(blob: $0, who: Self.userPin) }))
      try await store.evict(to: 0)
    }
    return settled
  }

  func ended(_ tenant: FilesTenant) {
    current.withLock { if $0 === tenant { $0 = nil } }
  }

  /// Whether other members may read a blob: one that a share of the network names, or that is in
  /// a folder which one names.
  package func isShared(_ blob: BlobID) async -> Bool {
    do {
      if try await isNamed(blob) { return true }
      for folder in try await store.folders(of: blob) where try await isNamed(folder) {
        return true
      }
      return false
    } catch {
      Logger("Blobs").error(
        "nobody is given a file whose shares cannot be read", LogField("cause", "\(error)"))
      return false
    }
  }

  private func isNamed(_ blob: BlobID) async throws -> Bool {
    try await shelf.shares(of: blob).contains { $0.hasCopy && !$0.signed.share.isWithdrawn }
  }

  // MARK: - Nodes

  func name(of node: NodeID) -> String { row(of: node)?.name ?? node.short }

  func row(of node: NodeID) -> NodeRow? {
    // A table that cannot be read knows nobody.
    try? ground.network.withTable { table throws(NetworkError) in table[node] }
  }

  func node(named text: String) throws(BlobError) -> NodeID {
    do throws(NetworkError) {
      return try ground.network.withTable { table throws(NetworkError) in try table.find(text).id }
    } catch {
      throw BlobError(error.code == .ambiguous ? .ambiguous : .notFound, error.message)
    }
  }
}
