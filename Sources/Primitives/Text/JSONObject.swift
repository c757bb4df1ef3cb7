/// Members in the order they were written, each name once. Names are the same when Swift's
/// strings are, so two spellings of one composed letter count as one name.
package struct JSONObject: Sendable, Sequence {
  /// Up to here a search from the front is quicker than a hash, and costs no memory.
  private static let searched = 8

  private var members: [(name: String, value: JSON)] = []
  private var index: [String: Int] = [:]

  package init() {}

  /// Traps when a name repeats: for objects our own code writes.
  package init(uniqueNames members: some Sequence<(String, JSON)>) {
    for (name, value) in members {
      let isNew = insert(value, for: name)
      precondition(isNew, "the member \(name) is written twice")
    }
  }

  package var count: Int { members.count }
  package var isEmpty: Bool { members.isEmpty }
  package var names: [String] { members.map(\.name) }

  package func makeIterator() -> IndexingIterator<[(name: String, value: JSON)]> {
    members.makeIterator()
  }

  /// Setting nil removes the member; setting a new name appends it.
  package subscript(_ name: String) -> JSON? {
    get { position(of: name).map { members[$0].value } }
    set {
      switch (position(of: name), newValue) {
      case (let position?, let value?): members[position].value = value
      case (let position?, nil): remove(at: position)
      case (nil, let value?): append(value, for: name)
      case (nil, nil): break
      }
    }
  }

  /// False, and nothing changes, when the name is taken.
  package mutating func insert(_ value: JSON, for name: String) -> Bool {
    guard position(of: name) == nil else { return false }
    append(value, for: name)
    return true
  }

  private func position(of name: String) -> Int? {
    index.isEmpty ? members.firstIndex { $0.name == name } : index[name]
  }

  private mutating func append(_ value: JSON, for name: String) {
    members.append((name, value))
    if !index.isEmpty {
      index[name] = members.count - 1
    } else if members.count > Self.searched {
      rebuildIndex()
    }
  }

  private mutating func remove(at position: Int) {
    members.remove(at: position)
    if !index.isEmpty { rebuildIndex() }
  }

  private mutating func rebuildIndex() {
    index.removeAll(keepingCapacity: true)
    for (position, member) in members.enumerated() { index[member.name] = position }
  }
}

extension JSONObject: Equatable {
  /// The order of members does not matter.
  package static func == (left: Self, right: Self) -> Bool {
    left.count == right.count && left.allSatisfy { right[$0.name] == $0.value }
  }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
  package init(dictionaryLiteral elements: (String, JSON)...) {
    self.init(uniqueNames: elements)
  }
}
