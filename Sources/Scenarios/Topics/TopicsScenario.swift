import Mesh
import Primitives
import Simulation

/// Programs publish and listen while their nodes, and the holders of their topics, come and go.
struct TopicsScenario: Scenario {
  let name = "topics"
  let promise = "nothing twice that is not kept, nothing kept lost, exact resumption"
  let seeds = (short: 3, long: 100)
  private let topics = (0..<8).map { "topic-\($0)" }
  private let names = ["archive", "mirror"]

  func run(seed: UInt64, journal: inout Journal) throws -> [Figure] {
    var world = TopicWorld(nodes: 200, seed: seed)
    world.journal = journal
    defer { journal = world.journal }
    try world.run(for: .seconds(5))
    for topic in topics {
      for name in names { world.resume(topic, name, at: steady(&world)) }
      for number in world.live.shuffled(using: &world.random).prefix(20) {
        world.listen(topic, at: number)
      }
    }
    try world.run(for: .seconds(20))
    let cost = try measureCost(&world)
    try churn(&world, rounds: 40)
    for topic in topics.prefix(2) { try bury(topic, &world) }
    try finish(&world)
    let repeated = world.readers.values.flatMap(\.values).reduce(0) { $0 + $1.repeated }
    return [
      Figure(name: "kept messages published", value: Double(world.published.count), unit: ""),
      Figure(name: "deliveries", value: Double(world.deliveries), unit: ""),
      Figure(name: "messages for a publication to 20 subscribers", value: cost, unit: ""),
      Figure(name: "resumptions", value: Double(world.resumptions), unit: ""),
      Figure(name: "repeated after a lost acknowledgement", value: Double(repeated), unit: ""),
      Figure(name: "messages", value: Double(world.messages), unit: ""),
      Figure(name: "events", value: Double(world.events), unit: ""),
    ]
  }

  /// Nodes of readers and publishers are not crashed: their programs would be gone, too.
  private func isSteady(_ number: Int) -> Bool { number % 4 == 0 }

  private func steady(_ world: inout TopicWorld) -> Int {
    world.live.filter(isSteady).randomElement(using: &world.random) ?? 0
  }

  private func measureCost(_ world: inout TopicWorld) throws -> Double {
    let loss = world.loss
    world.loss = 0
    try world.run(for: .seconds(2))
    func spend(_ publications: Int, _ world: inout TopicWorld) throws -> Int {
      let before = world.messages
      for _ in 0..<publications {
        let publisher = steady(&world)
        world.publish(topics[0], isKept: false, at: publisher)
      }
      try world.run(for: .seconds(2))
      return world.messages - before
    }
    let idle = try spend(0, &world)
    let cost = Double(try spend(100, &world) - idle) / 100
    world.loss = loss
    guard cost <= 26 else {
      throw BrokenPromise("a publication to 20 subscribers took \(cost) messages")
    }
    return cost
  }

  private func churn(_ world: inout TopicWorld, rounds: Int) throws {
    for round in 0..<rounds {
      for topic in topics {
        for _ in 0..<3 {
          let publisher = world.live.filter { isSteady($0) && $0 < 20 }[0..<3]
            .randomElement(using: &world.random)
          if let publisher { world.publish(topic, isKept: true, at: publisher) }
        }
        let publisher = steady(&world)
        world.publish(topic, isKept: false, at: publisher)
      }
      if round % 3 == 0 { strike(&world) }
      if world.random.chance(0.5) { world.join() }
      toggle(&world)
      try world.run(for: .seconds(10))
    }
  }

  /// One node dies for good, or comes back with what was on its disk: mostly a holder.
  private func strike(_ world: inout TopicWorld) {
    guard let first = world.live.first, var core = world.nodes[first].core,
      let topic = topics.randomElement(using: &world.random)
    else { return }
    let holders = core.holders(of: topic).compactMap { world.index[$0] }
    let others = world.live.filter { !isSteady($0) }
    let victim = holders.filter { !isSteady($0) }.randomElement(using: &world.random)
    guard let number = victim ?? others.randomElement(using: &world.random) else { return }
    if world.random.chance(0.5) {
      let pause = world.seconds(1...25)
      world.crash(number, restartAfter: pause)
    } else {
      world.crash(number)
    }
  }

  /// Holders of a topic die for good, one after another, while nobody publishes or reads.
  private func bury(_ topic: String, _ world: inout TopicWorld) throws {
    for name in names { world.pause(topic, name) }
    let publisher = steady(&world)
    for _ in 0..<20 { world.publish(topic, isKept: true, at: publisher) }
    try world.run(for: .seconds(5))
    let readers = world.readers.values.flatMap { $0.values.map(\.node) }
    for round in 0..<6 {
      guard var core = world.nodes[publisher].core else { return }
      let holders = core.holders(of: topic).compactMap { world.index[$0] }
      let mortal = holders.filter { $0 != publisher && !readers.contains($0) }
      if mortal.isEmpty { return }
      world.crash(mortal[round % mortal.count])
      try world.run(for: .seconds(20))
    }
  }

  /// Readers stop and go on, here or at another node.
  private func toggle(_ world: inout TopicWorld) {
    guard let topic = topics.randomElement(using: &world.random),
      let name = names.randomElement(using: &world.random), let reader = world.readers[topic]?[name]
    else { return }
    if reader.isListening {
      world.pause(topic, name)
    } else {
      world.resume(topic, name, at: reader.node)
    }
  }

  private func finish(_ world: inout TopicWorld) throws {
    for topic in topics {
      for name in names where world.readers[topic]?[name]?.isListening == false {
        if let reader = world.readers[topic]?[name] { world.resume(topic, name, at: reader.node) }
      }
    }
    try world.run(for: .seconds(180))
    let waiting = world.asked.values.count { $0.isKept }
    guard waiting == 0 else { throw BrokenPromise("\(waiting) publications were never confirmed") }
    for topic in topics {
      let due = Set(world.published.filter { $0.topic == topic }.map(\.position))
      for name in names {
        let got = world.readers[topic]?[name]?.got ?? []
        let missing = due.subtracting(got).count
        if missing > 0 {
          throw BrokenPromise("\(name) of \(topic) lacks \(missing) of \(due.count) messages")
        }
      }
    }
  }
}
