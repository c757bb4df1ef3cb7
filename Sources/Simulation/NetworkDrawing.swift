// # Networks drawn as text
//
//     anna --- berta -x- carla
//       |                  |
//     (dora)            [emil]    fritz:hard
//
// A word is a node, numbered as one reads. Nodes that lines join, directly or over others, are in
// one part of the network; parts hear nothing of each other. A line with an x is cut: these two do
// not hear each other, whatever else they are joined by. In round brackets a node is down, in
// square ones it stands still. After a colon stands what is in front of it: open (which may be
// left out), easy, hard or blocked, as in `StreamNetwork`.

/// A network as somebody has drawn it, for tests that say what they mean.
package struct NetworkDrawing: Sendable, Equatable {
  package struct Node: Sendable, Equatable {
    package var name: String
    package var isUp = true
    package var standsStill = false
    package var surroundings = StreamNetwork.Surroundings.open
  }

  /// What is wrong with the drawing, and where.
  package struct Mistake: Error, Equatable, CustomStringConvertible {
    package var line: Int
    package var reason: String
    package var description: String { "the drawing, line \(line): \(reason)" }
  }

  package struct Cut: Sendable, Hashable {
    package var left: Int
    package var right: Int

    package init(_ left: Int, _ right: Int) {
      self.left = left
      self.right = right
    }
  }

  package private(set) var nodes: [Node] = []
  /// Numbers of nodes: the parts, each in order.
  package private(set) var parts: [[Int]] = []
  package private(set) var cuts: [Cut] = []

  private var joins: [(Int, Int)] = []

  package init(_ text: String) throws(Mistake) {
    var row: [Placed] = []
    var poles: [Pole] = []
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() {
      let cells = Array(line), number = index + 1
      if cells.allSatisfy(\.isWhitespace) { continue }
      if cells.contains(where: \.isPartOfName) && !Self.isPoles(cells, poles) {
        row = try take(cells, line: number)
        try plant(poles, on: row, line: number)
        poles = []
      } else {
        poles = try grown(poles, cells, row: row, line: number)
      }
    }
    guard poles.isEmpty else {
      throw Mistake(line: lines.count, reason: "a line leads down to no node")
    }
    guard !nodes.isEmpty else { throw Mistake(line: 1, reason: "there is no node") }
    let names = nodes.map(\.name)
    if let double = names.indices.first(where: { names[..<$0].contains(names[$0]) }) {
      throw Mistake(line: lines.count, reason: "there are two nodes \(names[double])")
    }
    parts = Self.parts(nodes.count, joins)
  }

  package var names: [String] { nodes.map(\.name) }

  package func number(of name: String) -> Int? { names.firstIndex(of: name) }

  package static func == (left: Self, right: Self) -> Bool {
    left.nodes == right.nodes && left.parts == right.parts && left.cuts == right.cuts
  }

  // MARK: - Reading

  /// A node and the columns it covers.
  private struct Placed {
    var node: Int
    var columns: Range<Int>
  }

  /// A line that goes down.
  private struct Pole {
    var column: Int
    var from: Int
    var isCut: Bool
  }

  /// An x alone is a cut where a line comes down, and a node elsewhere.
  private static func isPoles(_ cells: [Character], _ poles: [Pole]) -> Bool {
    cells.enumerated().allSatisfy { column, cell in
      cell.isWhitespace || cell == "|"
        || (cell == "x" && poles.contains { $0.column == column })
    }
  }

  private mutating func take(_ cells: [Character], line: Int) throws(Mistake) -> [Placed] {
    var row: [Placed] = []
    var column = 0, gap: [Character] = []
    while column < cells.count {
      // In the middle of a line an x is a cut; a node x stands free or at the edge.
      let isCut = cells[column] == "x" && (gap.last == "-" || gap.last == "x")
      guard cells[column].beginsNode, !isCut else {
        gap.append(cells[column])
        column += 1
        continue
      }
      let end = cells[column...].firstIndex { !$0.isPartOfNode } ?? cells.count
      let node = try Self.node(String(cells[column..<end]), line: line)
      nodes.append(node)
      let number = nodes.count - 1
      try join(row.last?.node, number, by: gap, line: line)
      row.append(Placed(node: number, columns: column..<end))
      (column, gap) = (end, [])
    }
    try join(row.last?.node, nil, by: gap, line: line)
    return row
  }

  private mutating func join(
    _ left: Int?, _ right: Int?, by gap: [Character], line: Int
  ) throws(Mistake) {
    let drawn = gap.filter { !$0.isWhitespace }
    if drawn.isEmpty { return }
    guard let left, let right else {
      throw Mistake(line: line, reason: "\(String(drawn)) leads to no node")
    }
    guard drawn.allSatisfy({ $0 == "-" || $0 == "x" }), drawn.filter({ $0 == "x" }).count <= 1
    else { throw Mistake(line: line, reason: "\(String(drawn)) is no line: draw --- or -x-") }
    if drawn.contains("x") {
      cuts.append(Cut(left, right))
    } else {
      joins.append((left, right))
    }
  }

  private static func node(_ text: String, line: Int) throws(Mistake) -> Node {
    var rest = text[...], node = Node(name: "")
    for (open, close) in [("(", ")"), ("[", "]")] where rest.hasPrefix(open) {
      guard rest.hasSuffix(close), rest.count > 2 else {
        throw Mistake(line: line, reason: "\(text) has no \(close)")
      }
      rest = rest.dropFirst().dropLast()
      if open == "(" { node.isUp = false } else { node.standsStill = true }
    }
    let words = rest.split(separator: ":", omittingEmptySubsequences: false)
    node.name = String(words[0])
    if words.count > 1 {
      guard let surroundings = StreamNetwork.Surroundings(word: words[1]), words.count == 2 else {
        throw Mistake(line: line, reason: "\(text): what stands before it is none of \(Self.known)")
      }
      node.surroundings = surroundings
    }
    guard !node.name.isEmpty, node.name.allSatisfy(\.isPartOfName) else {
      throw Mistake(line: line, reason: "\(text) is no name of a node")
    }
    return node
  }

  private static let known = "open, easy, hard and blocked"

  private func grown(
    _ poles: [Pole], _ cells: [Character], row: [Placed], line: Int
  ) throws(Mistake) -> [Pole] {
    var grown: [Pole] = []
    for (column, cell) in cells.enumerated() where !cell.isWhitespace {
      guard cell == "|" || cell == "x" else {
        throw Mistake(line: line, reason: "\(cell) means nothing between nodes")
      }
      if var pole = poles.first(where: { $0.column == column }) {
        pole.isCut = pole.isCut || cell == "x"
        grown.append(pole)
      } else if poles.isEmpty, let above = row.first(where: { $0.columns.contains(column) }) {
        grown.append(Pole(column: column, from: above.node, isCut: cell == "x"))
      } else {
        throw Mistake(line: line, reason: "a line begins below no node")
      }
    }
    guard poles.allSatisfy({ pole in grown.contains { $0.column == pole.column } }) else {
      throw Mistake(line: line, reason: "a line leads down to no node")
    }
    return grown
  }

  private mutating func plant(
    _ poles: [Pole], on row: [Placed], line: Int
  ) throws(Mistake) {
    for pole in poles {
      guard let below = row.first(where: { $0.columns.contains(pole.column) }) else {
        throw Mistake(line: line, reason: "a line leads down to no node")
      }
      if pole.isCut {
        cuts.append(Cut(pole.from, below.node))
      } else {
        joins.append((pole.from, below.node))
      }
    }
  }

  private static func parts(_ count: Int, _ joins: [(Int, Int)]) -> [[Int]] {
    var part = Array(0..<count)
    for (left, right) in joins where part[left] != part[right] {
      let (kept, lost) = (min(part[left], part[right]), max(part[left], part[right]))
      for node in part.indices where part[node] == lost { part[node] = kept }
    }
    return (0..<count).filter { part[$0] == $0 }
      .map { first in part.indices.filter { part[$0] == first } }
  }
}

extension StreamNetwork.Surroundings {
  fileprivate init?(word: Substring) {
    switch word {
    case "open": self = .open
    case "easy": self = .easy
    case "hard": self = .hard
    case "blocked": self = .blocked
    default: return nil
    }
  }
}

extension Character {
  fileprivate var isPartOfName: Bool { isLetter || isNumber || self == "_" }
  fileprivate var beginsNode: Bool { isPartOfName || self == "(" || self == "[" }
  fileprivate var isPartOfNode: Bool { beginsNode || self == ")" || self == "]" || self == ":" }
}
