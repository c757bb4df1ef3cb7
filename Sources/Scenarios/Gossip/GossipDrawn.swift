import Mesh
import Primitives
import Simulation

/// Networks that are drawn, and the tables their nodes hold some time later, as text.
struct GossipDrawn: Scenario {
  let name = "gossip-drawn"
  let promise = "what is drawn is what the tables say: crashes, partitions, cut and still nodes"
  let seeds = (short: 20, long: 2_000)

  /// A change of the network and what everybody up and awake thinks of everybody after it.
  private struct Frame {
    var drawing: String
    var after: Duration
    var table: String
  }

  private static let frames = [
    Frame(
      drawing: """
        anna --- berta --- carla
          |                  |
        dora --- emil ---- fritz
        """,
      after: .seconds(20),
      table: """
              anna  berta carla dora  emil  fritz
        anna  .     alive alive alive alive alive
        berta alive .     alive alive alive alive
        carla alive alive .     alive alive alive
        dora  alive alive alive .     alive alive
        emil  alive alive alive alive .     alive
        fritz alive alive alive alive alive .
        """),
    Frame(
      drawing: """
        anna --- berta --- (carla)
          |                  |
        dora --- emil ---- fritz
        """,
      after: .seconds(20),
      table: """
              anna  berta carla dora  emil  fritz
        anna  .     alive dead  alive alive alive
        berta alive .     dead  alive alive alive
        dora  alive alive dead  .     alive alive
        emil  alive alive dead  alive .     alive
        fritz alive alive dead  alive alive .
        """),
    Frame(
      drawing: """
        anna --- berta --- carla
          |                  |
        dora --- emil ---- fritz
        """,
      after: .seconds(20),
      table: """
              anna  berta carla dora  emil  fritz
        anna  .     alive alive alive alive alive
        berta alive .     alive alive alive alive
        carla alive alive .     alive alive alive
        dora  alive alive alive .     alive alive
        emil  alive alive alive alive .     alive
        fritz alive alive alive alive alive .
        """),
    Frame(
      drawing: """
        anna --- berta     carla
          |                  |
        dora     emil ---- fritz
        """,
      after: .seconds(60),
      table: """
              anna  berta carla dora  emil  fritz
        anna  .     alive dead  alive dead  dead
        berta alive .     dead  alive dead  dead
        carla dead  dead  .     dead  alive alive
        dora  alive alive dead  .     dead  dead
        emil  dead  dead  alive dead  .     alive
        fritz dead  dead  alive dead  alive .
        """),
    Frame(
      drawing: """
        anna --- berta -x- carla
          |                  |
        dora --- [emil] -- fritz
        """,
      after: .seconds(120),
      table: """
              anna  berta carla dora  emil  fritz
        anna  .     alive alive alive dead  alive
        berta alive .     alive alive dead  alive
        carla alive alive .     alive dead  alive
        dora  alive alive alive .     dead  alive
        fritz alive alive alive alive dead  .
        """),
    Frame(
      drawing: """
        anna --- berta --- carla
          |                  |
        dora --- emil ---- fritz
        """,
      after: .seconds(120),
      table: """
              anna  berta carla dora  emil  fritz
        anna  .     alive alive alive alive alive
        berta alive .     alive alive alive alive
        carla alive alive .     alive alive alive
        dora  alive alive alive .     alive alive
        emil  alive alive alive alive .     alive
        fritz alive alive alive alive alive .
        """),
  ]

  func run(seed: UInt64, journal: inout Journal) throws -> [Figure] {
    let first = try NetworkDrawing(Self.frames[0].drawing)
    var conditions = MessageNetwork.Conditions()
    conditions.loss = 0.02
    let world = GossipWorld(count: first.nodes.count, seed: seed, conditions: conditions)
    world.journal = journal
    defer { journal = world.journal }
    for index in first.nodes.indices { world.join(index) }
    for (number, frame) in Self.frames.enumerated() {
      let drawing = try NetworkDrawing(frame.drawing)
      guard drawing.names == first.names else { throw BrokenPromise("frame \(number) renames") }
      for index in world.network.arrange(as: drawing, now: world.now) {
        world.nodes[index] = world.fresh(index)
        world.join(index)
      }
      world.run(for: frame.after)
      let found = table(of: world, drawing)
      if let difference = TextDrawing.difference(expected: frame.table, found: found) {
        throw BrokenPromise(
          "the tables of drawing \(number + 1) are not as expected",
          drawing: frame.drawing + "\n" + difference)
      }
    }
    return [Figure(name: "drawings", value: Double(Self.frames.count), unit: "")]
  }

  private func table(of world: GossipWorld, _ drawing: NetworkDrawing) -> String {
    let awake = drawing.nodes.filter { $0.isUp && !$0.standsStill }.map(\.name)
    return TextDrawing.matrix(rows: awake, columns: drawing.names) { row, column in
      guard let row = drawing.number(of: row), let column = drawing.number(of: column) else {
        return "?"
      }
      return world.nodes[row].state(of: PeerNumber(column)).description
    }
  }
}
