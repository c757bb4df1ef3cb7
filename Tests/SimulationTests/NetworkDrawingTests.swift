import Primitives
import Simulation
import Testing

@Suite struct NetworkDrawingTests {
  typealias Mistake = NetworkDrawing.Mistake

  private let now = Instant(nanoseconds: 1_000_000_000)

  @Test func `a drawing says who is there, how, and in which part`() throws {
    let drawing = try NetworkDrawing(
      """
      anna --- berta -x- carla
        |                  |
        |                  |
      (dora)            [emil]    fritz:hard
      """)
    #expect(drawing.names == ["anna", "berta", "carla", "dora", "emil", "fritz"])
    #expect(drawing.parts == [[0, 1, 3], [2, 4], [5]])
    #expect(drawing.cuts == [.init(1, 2)])
    #expect(drawing.nodes.map(\.isUp) == [true, true, true, false, true, true])
    #expect(drawing.nodes[4].standsStill && drawing.nodes[5].surroundings == .hard)
  }

  @Test(arguments: [
    ("a-b-c", [[0, 1, 2]], 0), ("a b", [[0], [1]], 0), ("a x b", [[0], [1], [2]], 0),
    ("a -- b\n|\nx\n|\nc", [[0, 1], [2]], 1), ("a\n|\nb -- c", [[0, 1, 2]], 0),
    ("a --- b\n|     |\nc     d", [[0, 1, 2, 3]], 0), ("x-y", [[0, 1]], 0),
  ])
  func `lines join, and lines with an x cut`(text: String, parts: [[Int]], cuts: Int) throws {
    let drawing = try NetworkDrawing(text)
    #expect(drawing.parts == parts && drawing.cuts.count == cuts)
  }

  @Test(arguments: [
    ("", 1), ("a --", 1), ("-- a", 1), ("a ~ b", 1), ("a -xx- b", 1), ("(a", 1), ("a:odd", 1),
    ("a b\n |\nc d", 2), ("a\n|\n  b", 3), ("a\n|", 2), ("a\n|\n |\nb", 3), ("a a", 1),
    ("a\n|\n\n?", 4), ("a:hard:hard", 1), ("()", 1),
  ])
  func `a drawing that is none says where`(text: String, line: Int) {
    let mistake = #expect(throws: Mistake.self) { try NetworkDrawing(text) }
    #expect(mistake?.line == line, "\(mistake?.reason ?? "")")
  }

  // MARK: - Networks that are as drawn

  @Test func `messages go as drawn`() throws {
    var network = MessageNetwork(nodes: 6, seed: 1)
    let drawing = try NetworkDrawing(
      """
      a --- b -x- c
            |     |
      (d)-- e --- f
      """)
    #expect(network.arrange(as: drawing, now: now).isEmpty)
    let reached = TextDrawing.matrix(rows: drawing.names, columns: drawing.names) { from, to in
      guard let from = drawing.number(of: from), let to = drawing.number(of: to) else { return "" }
      return network.route(from: from, to: to, size: 10, now: now).isEmpty ? "-" : "yes"
    }
    // What is sent to a node that is down leaves; nobody hears it.
    let difference = TextDrawing.difference(
      expected: """
            a   b   c   d   e   f
        a   .   yes yes yes yes yes
        b   yes .   -   yes yes yes
        c   yes -   .   yes yes yes
        d   -   -   -   .   -   -
        e   yes yes yes yes .   yes
        f   yes yes yes yes yes .
        """, found: reached)
    #expect(difference == nil, "\(difference ?? "")")
    #expect(!network.hears(3, sentAt: now))
    let healed = try NetworkDrawing("a b c d e f")
    #expect(network.arrange(as: healed, now: now) == [3])
  }

  @Test func `who reaches whom through NATs is as expected`() throws {
    let drawing = try NetworkDrawing(
      "open1 open2:open easy1:easy easy2:easy hard:hard shut:blocked")
    let expected = """
              open1 open2 easy1 easy2 hard  shut
      open1   .     call  both  both  relay relay
      open2   call  .     both  both  relay relay
      easy1   call  call  .     both  relay relay
      easy2   call  call  both  .     relay relay
      hard    call  call  relay relay .     relay
      shut    call  call  relay relay relay .
      """
    let surroundings = drawing.nodes.map(\.surroundings)
    let found = TextDrawing.matrix(rows: drawing.names, columns: drawing.names) { from, to in
      guard let from = drawing.number(of: from), let to = drawing.number(of: to) else { return "" }
      var network = StreamNetwork(surroundings, seed: 1)
      if case .connected = network.connect(from: from, to: to, now: now) { return "call" }
      if case .connected = network.connectBoth(from, at: now, to, at: now) { return "both" }
      let relay = from == 0 || to == 0 ? 1 : 0
      if case .connected = network.connect(from: from, to: to, through: relay, now: now) {
        return "relay"
      }
      return "none"
    }
    let difference = TextDrawing.difference(expected: expected, found: found)
    #expect(difference == nil, "\(difference ?? "")")
  }

  @Test func `a table that differs is shown beside what was expected`() {
    let found = TextDrawing.matrix(rows: ["a", "b"], columns: ["a", "b"]) { _, _ in "dead" }
    #expect(TextDrawing.difference(expected: "  a b\na .    dead\nb dead .", found: found) == nil)
    let difference = TextDrawing.difference(expected: "a b\na . alive\nb dead .", found: found)
    #expect(difference?.contains("! a . alive\n  b dead .") == true)
  }
}
