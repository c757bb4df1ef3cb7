import Blobs
import Mesh
import Primitives
import Simulation

/// A fifth of the nodes die in every minute, and as many come back or are new.
struct FileChurn: Scenario {
  let nodes: Int
  let files: Int
  let minutes: Int
  let isLongOnly: Bool

  static let small = FileChurn(nodes: 200, files: 200, minutes: 8, isLongOnly: false)
  static let large = FileChurn(nodes: 1_000, files: 1_000, minutes: 60, isLongOnly: true)

  private static let grace = Duration.seconds(30)
  /// Beyond the grace time, until there are enough copies again: detecting, asking, fetching.
  private static let bound = Duration.seconds(60)
  private static let sampling = Duration.seconds(10)

  var name: String { isLongOnly ? "file-churn-hour" : "file-churn" }
  var promise: String {
    "\(nodes) nodes, 20 % die a minute for \(minutes) min: what lives is found, copies come back"
  }
  var seeds: (short: Int, long: Int) { isLongOnly ? (short: 1, long: 1) : (short: 1, long: 20) }

  private struct Watch {
    /// Since when there are too few copies on live nodes.
    var short: [ShareKey: Instant] = [:]
    var restored: [Double] = []
    var failing: [ShareKey: Int] = [:]
    var searches = 0, missed = 0
    var isOver = false
    var isChurning = true
    var newcomers = 0
  }

  func run(seed: UInt64, journal: inout Journal) throws -> [Figure] {
    var world = FileWorld(seed: seed)
    world.journal = journal
    defer { journal = world.journal }
    world.placementLimits.grace = Self.grace
    world.placementLimits.settling = .seconds(60)
    world.placementLimits.start = .seconds(5)
    world.placementLimits.renewal = .seconds(600)
    world.placementLimits.check = .seconds(300)
    world.lease = .seconds(1_200)
    try world.startAll(nodes)
    try world.run(for: .seconds(25)) { _, _ in }
    for number in 0..<files {
      guard let owner = world.live.randomElement(using: &world.random) else { continue }
      var share = FileNames.share(
        number, owner: world.nodes[owner].id, at: world.wall, &world.random)
      share.replicas = number % 2 == 0 ? 2 : 3
      try world.publish(share, by: owner)
    }
    try world.run(for: .seconds(60)) { _, _ in }
    try requireCopies(world, "publishing")
    return try churn(&world)
  }

  private func churn(_ world: inout FileWorld) throws -> [Figure] {
    var watch = Watch()
    let (zone, placement) = (world.zoneBytes, world.placementBytes)
    let start = world.now
    world.queue.add(.crash, after: .seconds(1))
    world.queue.add(.sample, after: Self.sampling)
    let length = Duration.seconds(60 * minutes)
    try world.run(for: length) { world, happening in
      try self.happen(happening, &world, &watch)
    }
    let churned = start.duration(to: world.now).inSeconds * Double(nodes)
    let traffic = (
      Double(world.zoneBytes - zone) / churned, Double(world.placementBytes - placement) / churned
    )
    watch.isChurning = false
    try world.run(for: Self.grace + Self.bound + .seconds(95)) { world, happening in
      try self.happen(happening, &world, &watch)
    }
    watch.isOver = true
    try requireCopies(world, "the churn")
    try requireEverythingFound(&world)
    return try figures(world, watch, traffic)
  }

  // MARK: - What happens

  private func happen(
    _ happening: FileWorld.Happening, _ world: inout FileWorld, _ watch: inout Watch
  ) throws {
    switch happening {
    case .crash: try crash(&world, &watch)
    case .comeBack(let number): world.comeBack(number)
    case .sample: try sample(&world, &watch)
    case .zone, .placement, .wakeZone, .wakePlacement, .fetched, .notice: break
    }
  }

  private func crash(_ world: inout FileWorld, _ watch: inout Watch) throws {
    guard watch.isChurning else { return }
    let pause = 60 / (0.2 * Double(nodes))
    world.queue.add(.crash, after: world.seconds(pause * 0.5...pause * 1.5))
    guard let victim = world.live.randomElement(using: &world.random) else { return }
    world.journal.record(at: world.now, 4, victim, text: "\(victim) dies")
    world.crash(victim)
    // Nine of ten come back with their disk; for the others somebody new comes.
    let returning: Int
    if world.random.chance(0.9) {
      returning = victim
    } else {
      returning = try world.make()
      world.nodes[victim].blobs = []
      watch.newcomers += 1
    }
    world.queue.add(.comeBack(returning), after: world.seconds(20...90))
  }

  private func sample(_ world: inout FileWorld, _ watch: inout Watch) throws {
    world.queue.add(.sample, after: Self.sampling)
    try count(&world, &watch)
    let keys = world.shares.keys.sorted()
    for _ in 0..<4 {
      guard let key = keys.randomElement(using: &world.random) else { continue }
      try look(for: key, &world)
    }
    try judge(&world, &watch)
  }

  private func count(_ world: inout FileWorld, _ watch: inout Watch) throws {
    var live: [BlobID: Int] = [:]
    for number in world.live {
      for blob in world.nodes[number].blobs { live[blob, default: 0] += 1 }
    }
    for (key, signed) in world.shares.sorted(by: { $0.key < $1.key }) {
      let copies = live[signed.share.blob] ?? 0
      if copies >= signed.share.replicas {
        if let since = watch.short.removeValue(forKey: key) {
          watch.restored.append(since.duration(to: world.now).inSeconds)
        }
      } else if copies > 0 {
        if watch.short[key] == nil { watch.short[key] = world.now }
      } else {
        // Nobody there has it: nothing can be restored.
        watch.short[key] = nil
      }
    }
  }

  /// By its name, from somebody who has been there for a moment, while somebody has it.
  private func look(for key: ShareKey, _ world: inout FileWorld) throws {
    guard let signed = world.shares[key] else { return }
    guard world.keepers(of: signed.share.blob).live > 0 else { return }
    let settled = world.live.filter {
      world.nodes[$0].upSince.duration(to: world.now) > .seconds(10)
    }
    guard let asker = settled.randomElement(using: &world.random) else { return }
    try world.search(FileNames.query(0, for: signed.share), by: asker, wanted: [key])
  }

  /// Three searches in a row that bring nothing: it is not to be found.
  private func judge(_ world: inout FileWorld, _ watch: inout Watch) throws {
    let done = world.done
    world.done = []
    for search in done {
      guard let key = search.wanted.first else { continue }
      watch.searches += 1
      if search.found.contains(key) {
        watch.failing[key] = nil
        continue
      }
      watch.missed += 1
      watch.failing[key, default: 0] += 1
      guard watch.failing[key, default: 0] < 3 else {
        throw BrokenPromise(
          "\(world.shares[key]?.share.name ?? "") is on live nodes and was not found three times")
      }
    }
    for key in watch.failing.keys.sorted() { try look(for: key, &world) }
  }

  // MARK: - What is promised

  /// As many copies on live nodes as there should be, of everything somebody has.
  private func requireCopies(_ world: FileWorld, _ after: String) throws {
    for signed in world.shares.values.sorted(by: { $0.key < $1.key }) {
      let copies = world.keepers(of: signed.share.blob).live
      guard copies == 0 || copies >= signed.share.replicas else {
        throw BrokenPromise(
          "after \(after) \(signed.share.name) has \(copies) of \(signed.share.replicas) copies")
      }
    }
  }

  private func requireEverythingFound(_ world: inout FileWorld) throws {
    world.done = []
    for key in world.shares.keys.sorted() { try look(for: key, &world) }
    try world.run(for: .seconds(6)) { _, _ in }
    for search in world.done where !search.wanted.isSubset(of: search.found) {
      let name = search.wanted.first.flatMap { world.shares[$0]?.share.name } ?? ""
      throw BrokenPromise("after the churn \(name) is on live nodes and is not found")
    }
  }

  private func figures(
    _ world: FileWorld, _ watch: Watch, _ traffic: (zone: Double, placement: Double)
  ) throws -> [Figure] {
    let restored = watch.restored.sorted()
    let p99 = restored.isEmpty ? 0 : restored[Int(Double(restored.count - 1) * 0.99)]
    let gone = world.shares.values.count { world.keepers(of: $0.share.blob).live == 0 }
    let recall = Double(watch.searches - watch.missed) / Double(max(1, watch.searches)) * 100
    guard recall >= 99.9 || watch.missed <= 1 else {
      throw BrokenPromise("\(watch.missed) of \(watch.searches) searches brought nothing")
    }
    guard traffic.placement < 4_096 else {
      throw BrokenPromise("placement costs \(traffic.placement) B/s a node")
    }
    return [
      Figure(name: "recall in the churn", value: recall, unit: "%", bound: "99.9 %"),
      Figure(name: "searches", value: Double(watch.searches), unit: ""),
      Figure(
        name: "copies restored, median", value: restored.isEmpty ? 0 : restored[restored.count / 2],
        unit: "s"),
      Figure(
        name: "copies restored, p99", value: p99, unit: "s",
        bound: "\(Int((Self.grace + Self.bound).inSeconds)) s"),
      Figure(name: "files of which no copy is left alive", value: Double(gone), unit: ""),
      Figure(name: "copies made", value: Double(world.fetches), unit: ""),
      Figure(name: "copies let go", value: Double(world.drops), unit: ""),
      Figure(
        name: "placement, a node", value: traffic.placement, unit: "B/s", bound: "under 4 KiB/s"),
      Figure(name: "index, a node", value: traffic.zone, unit: "B/s"),
    ]
  }
}
