/// Where the links of a folder lead, followed as the system would: name by name, through other
/// links of the folder, and parted at the same bytes. Each is followed once and what came of it is
/// remembered, so that the work is bounded by the bytes of all targets together.
struct LinkTree {
  /// A folder that is listed, and how many names below it that are none.
  private struct Place {
    var folder: Int
    var beyond = 0
  }

  /// Two names are one when their bytes are.
  private struct Name: Hashable {
    var folder: Int
    var bytes: [UInt8]
  }

  private enum Child {
    case folder(Int)
    case link(Int)
  }

  private enum Outcome {
    case unknown
    /// Whoever comes by again goes in a circle.
    case underWay
    /// Past so many other links.
    case found(Place, followed: Int)
  }

  private struct Link {
    var path: SafePath
    var target: String
    var folder: Int
    var outcome = Outcome.unknown
  }

  private let steps: Int
  private var numbers: [SafePath: Int] = [:]
  /// Of each folder the one that it is in; the first is the whole, and in nothing.
  private var parents = [0]
  private var children: [Name: Child] = [:]
  private var links: [Link] = []

  /// `steps` is how many links may lie on the way of one.
  init(steps: Int) { self.steps = steps }

  /// Whether what has that path is in a folder that was added.
  func hasParent(of path: SafePath) -> Bool { folder(of: path) != nil }

  private func folder(of path: SafePath) -> Int? { path.parent.map { numbers[$0] } ?? 0 }

  mutating func addFolder(_ path: SafePath) {
    guard let parent = folder(of: path) else { return }
    let number = parents.count
    parents.append(parent)
    numbers[path] = number
    children[Name(folder: parent, bytes: Array(path.name.utf8))] = .folder(number)
  }

  mutating func addLink(_ path: SafePath, to target: String) {
    guard let parent = folder(of: path) else { return }
    children[Name(folder: parent, bytes: Array(path.name.utf8))] = .link(links.count)
    links.append(Link(path: path, target: target, folder: parent))
  }

  /// The first link that leads out of the folder, or in a circle, or past too many others.
  mutating func firstAstray() -> (path: SafePath, target: String)? {
    for number in links.indices where follow(number, depth: 0) == nil {
      return (links[number].path, links[number].target)
    }
    return nil
  }

  private mutating func follow(_ number: Int, depth: Int) -> (place: Place, followed: Int)? {
    switch links[number].outcome {
    case .found(let place, let followed): return (place, followed)
    case .underWay: return nil
    case .unknown: links[number].outcome = .underWay
    }
    let target = links[number].target
    guard depth <= steps, Self.isTarget(target) else { return nil }
    var place = Place(folder: links[number].folder)
    var followed = 0
    for part in target.utf8.split(separator: UInt8(ascii: "/"))
    where !part.elementsEqual(".".utf8) {
      if part.elementsEqual("..".utf8) {
        guard goUp(&place) else { return nil }
      } else if place.beyond > 0 {
        place.beyond += 1
      } else {
        switch children[Name(folder: place.folder, bytes: Array(part))] {
        case nil: place.beyond = 1
        case .folder(let folder): place.folder = folder
        case .link(let next):
          guard let there = follow(next, depth: depth + 1) else { return nil }
          followed += 1 + there.followed
          guard followed <= steps else { return nil }
          place = there.place
        }
      }
    }
    links[number].outcome = .found(place, followed: followed)
    return (place, followed)
  }

  /// False at the top.
  private func goUp(_ place: inout Place) -> Bool {
    if place.beyond > 0 {
      place.beyond -= 1
      return true
    }
    if place.folder == 0 { return false }
    place.folder = parents[place.folder]
    return true
  }

  private static func isTarget(_ target: String) -> Bool {
    let bytes = target.utf8
    return !bytes.isEmpty && bytes.first != UInt8(ascii: "/") && !bytes.contains(0)
      && bytes.count <= SafePath.lengthLimit
  }
}
