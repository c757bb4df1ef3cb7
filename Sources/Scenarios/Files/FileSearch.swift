import Blobs
import Mesh
import Primitives
import Simulation

/// Files are looked for by name, words, beginnings, tags, types, sizes and owners.
struct FileSearch: Scenario {
  let name = "file-search"
  let promise = "1,000 nodes, links of 10 to 50 ms: everything is found, fast, in one zone"
  let seeds = (short: 1, long: 20)

  private static let nodes = 1_000
  private static let files = 300
  private static let searches = 1_000

  func run(seed: UInt64, journal: inout Journal) throws -> [Figure] {
    var world = FileWorld(seed: seed)
    world.journal = journal
    defer { journal = world.journal }
    world.isPlacing = false
    try world.startAll(Self.nodes)
    try world.run(for: .seconds(25)) { _, _ in }
    for number in 0..<Self.files {
      guard let owner = world.live.randomElement(using: &world.random) else { continue }
      var share = FileNames.share(
        number, owner: world.nodes[owner].id, at: world.wall, &world.random)
      share.replicas = 1
      try world.publish(share, by: owner)
    }
    try world.run(for: .seconds(40)) { _, _ in }
    let calm = try search(&world)
    for _ in 0..<(Self.nodes / 5) {
      if let victim = world.live.randomElement(using: &world.random) { world.crash(victim) }
    }
    let killed = try search(&world)
    return try check(calm, killed)
  }

  private struct Outcome {
    var hits: [Double] = []
    var wanted = 0, found = 0, wrong = 0
    var messages = 0.0
    var mostAsked = 0.0
    var searches = 0, single = 0, lookedFor = 0
    var slowestMiss = 0.0
    var forged = 0
  }

  /// All within two seconds, so that nobody has heard yet of who was killed before.
  private func search(_ world: inout FileWorld) throws -> Outcome {
    world.done = []
    (world.isSearching, world.searchMessages) = (true, 0)
    let all = world.shares.values.map(\.share).sorted { $0.key < $1.key }
    for number in 0..<Self.searches {
      guard let asker = world.live.randomElement(using: &world.random),
        let share = all.randomElement(using: &world.random)
      else { continue }
      let query = FileNames.query(number % 7, for: share)
      let wanted = Set(all.filter { query.fits($0) == true }.map(\.key))
      try world.search(query, by: asker, wanted: wanted)
      try world.run(for: .milliseconds(1)) { _, _ in }
    }
    try world.run(for: .seconds(6)) { _, _ in }
    world.isSearching = false
    guard world.searches.isEmpty else {
      throw BrokenPromise("\(world.searches.count) searches have not ended after 6 s")
    }
    var outcome = Outcome()
    var zoneNodes = 0
    for search in world.done {
      outcome.searches += 1
      outcome.wanted += search.wanted.count
      outcome.found += search.found.intersection(search.wanted).count
      outcome.wrong += search.found.subtracting(search.wanted).count
      outcome.forged += search.finder.forged
      zoneNodes += search.zoneNodes
      let asked = Double(search.finder.contacts) / Double(search.zoneNodes)
      outcome.mostAsked = max(outcome.mostAsked, asked)
      if let hit = search.firstHit {
        outcome.hits.append(hit.inSeconds * 1_000)
        outcome.lookedFor += 1
        if search.finder.contacts <= 1 { outcome.single += 1 }
      }
    }
    outcome.messages = Double(world.searchMessages) / Double(max(1, zoneNodes))
    outcome.hits.sort()
    return outcome
  }

  private func check(_ calm: Outcome, _ killed: Outcome) throws -> [Figure] {
    let recall = [calm, killed].map { Double($0.found) / Double(max(1, $0.wanted)) * 100 }
    guard calm.found == calm.wanted, calm.wrong + killed.wrong + calm.forged == 0 else {
      throw BrokenPromise(
        "without faults \(calm.found) of \(calm.wanted) were found, \(calm.wrong) wrong ones and "
          + "\(calm.forged) forged ones")
    }
    guard recall[1] >= 99.9 else {
      throw BrokenPromise("with a fifth of the nodes killed only \(recall[1]) % were found")
    }
    let p99 = Self.percentile(calm.hits, 0.99)
    guard p99 < 500 else { throw BrokenPromise("the first hit took \(p99) ms (p99)") }
    guard calm.messages <= 1.3, calm.mostAsked <= 1.3 else {
      throw BrokenPromise(
        "\(calm.messages) messages a node of the zone, \(calm.mostAsked) requests at most")
    }
    let single = Double(calm.single) / Double(max(1, calm.lookedFor)) * 100
    return [
      Figure(name: "recall", value: recall[0], unit: "%", bound: "100 %"),
      Figure(name: "recall, a fifth killed", value: recall[1], unit: "%", bound: "99.9 %"),
      Figure(name: "first hit, p99", value: p99, unit: "ms", bound: "under 500 ms"),
      Figure(name: "first hit, median", value: Self.percentile(calm.hits, 0.5), unit: "ms"),
      Figure(
        name: "first hit, a fifth killed, p99", value: Self.percentile(killed.hits, 0.99),
        unit: "ms"),
      Figure(
        name: "messages a node of the zone", value: calm.messages, unit: "", bound: "at most 1.3"),
      Figure(
        name: "nodes asked of a zone, most", value: calm.mostAsked, unit: "", bound: "at most 1.3"),
      Figure(
        name: "the same, a fifth killed", value: killed.mostAsked, unit: ""),
      Figure(name: "hits that asked one node at most", value: single, unit: "%"),
      Figure(name: "searches", value: Double(calm.searches + killed.searches), unit: ""),
    ]
  }

  private static func percentile(_ sorted: [Double], _ share: Double) -> Double {
    if sorted.isEmpty { return 0 }
    return sorted[min(sorted.count - 1, Int(share * Double(sorted.count)))]
  }
}
