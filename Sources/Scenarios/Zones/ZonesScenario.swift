import Mesh
import Primitives
import Simulation

/// Nodes come, go and die; zones follow, and the index with them.
struct ZonesScenario: Scenario {
  let name = "zones"
  let promise = "zones of at least 6, no index entry lost, one zone asked"
  let seeds = (short: 3, long: 100)

  func run(seed: UInt64, journal: inout Journal) throws -> [Figure] {
    var world = try ZoneWorld(seed: seed)
    world.journal = journal
    defer { journal = world.journal }
    for _ in 0..<4 { try grow(&world, by: 1) }
    try settle(&world, "four nodes")
    for _ in 0..<56 { try grow(&world, by: 1) }
    try settle(&world, "sixty nodes")
    try churn(&world, rounds: 60)
    try settle(&world, "churn")
    world.restartAll()
    try settle(&world, "a restart of all")
    let healing = try divide(&world)
    while world.live.count > 5 { try shrink(&world) }
    try settle(&world, "five nodes left")
    for _ in 0..<30 { try grow(&world, by: 1) }
    try settle(&world, "thirty more")
    let storm = try storm(&world, changes: 1_000)
    guard world.missed == 0 else {
      throw BrokenPromise("\(world.missed) searches found nothing while nodes came and went")
    }
    return figures(world, healing: healing, storm: storm)
  }

  private func figures(_ world: ZoneWorld, healing: Double, storm: Double) -> [Figure] {
    let searches = Double(max(1, world.found + world.missed))
    return [
      Figure(name: "index entries", value: Double(world.stored.count), unit: ""),
      Figure(name: "searches", value: searches, unit: ""),
      Figure(name: "searches without an answer", value: Double(world.missed), unit: ""),
      Figure(name: "nodes asked in a search", value: Double(world.contacts) / searches, unit: ""),
      Figure(name: "searches beyond one zone", value: Double(world.beyond), unit: ""),
      Figure(name: "after a partition, all equal", value: healing, unit: "s"),
      Figure(name: "bytes a node in churn", value: storm, unit: "B/s"),
      Figure(name: "messages", value: Double(world.messages), unit: ""),
      Figure(name: "events", value: Double(world.events), unit: ""),
    ]
  }

  private func entry(_ world: inout ZoneWorld) -> ZoneEntry {
    let term = Bytes32(words: (world.random.next(), world.random.next(), 0, 0))
    let subject = Bytes32(words: (1, world.random.next(), 0, 0))
    return ZoneEntry(
      term: term, subject: subject, version: 1,
      expiresAt: world.wall.advanced(by: .seconds(1_000_000)),
      payload: [UInt8](repeating: 7, count: 100), by: world.publisher)
  }

  private func use(_ world: inout ZoneWorld, puts: Int, finds: Int) {
    // Whoever has just started knows nobody yet.
    let users = world.live.filter {
      !world.leaving.contains($0) && world.nodes[$0].group == 0
        && world.nodes[$0].since.duration(to: world.now) > .seconds(3)
    }
    for _ in 0..<puts {
      guard let user = users.randomElement(using: &world.random) else { return }
      let entry = entry(&world)
      world.put(entry, at: user)
    }
    let known = world.stored.keys.sorted()
    for _ in 0..<finds {
      guard let user = users.randomElement(using: &world.random),
        let key = known.randomElement(using: &world.random), let entry = world.stored[key]
      else { return }
      world.find(entry, at: user)
    }
  }

  private func grow(_ world: inout ZoneWorld, by count: Int) throws {
    for _ in 0..<count { world.join() }
    use(&world, puts: 10, finds: 3)
    try world.run(for: .seconds(1))
  }

  private func shrink(_ world: inout ZoneWorld) throws {
    let candidates = world.live.filter { !world.leaving.contains($0) }
    if let number = candidates.randomElement(using: &world.random), candidates.count > 5 {
      world.leave(number)
    }
    use(&world, puts: 2, finds: 3)
    try world.run(for: .seconds(2))
  }

  /// Joins and leaves all the time; every half minute two nodes die at once.
  private func churn(_ world: inout ZoneWorld, rounds: Int) throws {
    for round in 0..<rounds {
      if round % 6 == 0 {
        for _ in 0..<2 {
          let candidates = world.live.filter { !world.leaving.contains($0) }
          if let number = candidates.randomElement(using: &world.random) { world.crash(number) }
        }
      }
      if world.random.chance(0.6) { world.join() }
      if world.random.chance(0.4), world.live.count > 30 { try shrink(&world) }
      use(&world, puts: 5, finds: 10)
      try world.run(for: .seconds(5))
    }
  }

  private func divide(_ world: inout ZoneWorld) throws -> Double {
    world.divide(world.live.count / 2)
    for _ in 0..<6 {
      use(&world, puts: 5, finds: 0)
      try world.run(for: .seconds(10))
    }
    world.heal()
    return try settle(&world, "a partition")
  }

  /// Many more changes than there are nodes; nothing may pile up.
  private func storm(_ world: inout ZoneWorld, changes: Int) throws -> Double {
    let (start, bytes) = (world.now, world.bytes)
    for change in 0..<changes {
      if change % 2 == 0 {
        world.join()
      } else if let number = world.live.first(where: { !world.leaving.contains($0) }) {
        world.leave(number)
      }
      if change % 10 == 0 { use(&world, puts: 1, finds: 1) }
      try world.run(for: .milliseconds(500))
      guard world.live.count < 120 else {
        throw BrokenPromise("\(world.leaving.count) nodes cannot leave")
      }
    }
    let spent = start.duration(to: world.now).inSeconds
    let seconds = try settle(&world, "\(changes) joins and leaves")
    guard seconds <= 120 else {
      throw BrokenPromise("after \(changes) joins and leaves it took \(seconds) s to settle")
    }
    return Double(world.bytes - bytes) / spent / Double(max(1, world.live.count))
  }

  // MARK: What must hold once nothing changes any more

  /// Returns after how many seconds everything held.
  @discardableResult
  private func settle(_ world: inout ZoneWorld, _ story: String) throws -> Double {
    let start = world.now
    var complaint: String?
    for _ in 0..<300 {
      try world.run(for: .seconds(1))
      complaint = self.complaint(world)
      if complaint == nil { break }
    }
    if let complaint { throw BrokenPromise("5 minutes after \(story): \(complaint)") }
    let seconds = start.duration(to: world.now).inSeconds
    // Beyond the time in which zones count as catching up, one zone is all that is asked.
    try world.run(for: .seconds(30))
    let (missed, beyond) = (world.missed, world.beyond)
    use(&world, puts: 0, finds: 100)
    try world.run(for: .seconds(10))
    guard world.missed == missed, world.beyond == beyond, world.searches.isEmpty else {
      throw BrokenPromise(
        "after \(story) of 100 searches \(world.missed - missed) found nothing, "
          + "\(world.beyond - beyond) left their zone, \(world.searches.count) hang")
    }
    return seconds
  }

  private func complaint(_ world: ZoneWorld) -> String? {
    if !world.leaving.isEmpty { return "\(world.leaving.count) nodes are still leaving" }
    let cores = world.live.compactMap { world.nodes[$0].core }
    guard let first = cores.first else { return nil }
    let differing = cores.count { $0.map.fingerprint != first.map.fingerprint }
    if differing > 0 { return "\(differing) maps differ" }
    for zone in first.map.zones {
      let members = cores.filter { zone.contains($0.own.key) }
      if members.count < min(6, cores.count) {
        return "zone \(zone) has \(members.count) of \(cores.count) nodes"
      }
      let due = world.stored.values.filter { zone.contains($0.key) }
      for core in members {
        let missing = due.count { core.shelf.entries[$0.key] == nil }
        if missing > 0 { return "\(missing) of \(due.count) entries missing in zone \(zone)" }
        if core.shelf.entries.keys.contains(where: { !zone.contains($0) }) {
          return "a node keeps what is not its zone's"
        }
      }
    }
    return nil
  }
}
