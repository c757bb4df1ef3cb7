package import Primitives

/// The live nodes in the order of their ids, so that the members of a prefix lie together.
package struct ZoneRoster: Sendable {
  package private(set) var nodes: [NodeID] = []

  package init(_ nodes: some Sequence<NodeID> = []) { self.nodes = Set(nodes).sorted() }

  package var count: Int { nodes.count }

  package mutating func insert(_ node: NodeID) -> Bool {
    let index = firstIndex(notBelow: node.key)
    if index < nodes.count, nodes[index] == node { return false }
    nodes.insert(node, at: index)
    return true
  }

  package mutating func remove(_ node: NodeID) -> Bool {
    let index = firstIndex(notBelow: node.key)
    guard index < nodes.count, nodes[index] == node else { return false }
    nodes.remove(at: index)
    return true
  }

  package func contains(_ node: NodeID) -> Bool {
    let index = firstIndex(notBelow: node.key)
    return index < nodes.count && nodes[index] == node
  }

  package func members(of prefix: ZonePrefix) -> ArraySlice<NodeID> {
    let keys = prefix.keys
    let end = keys.upper.map(firstIndex) ?? nodes.count
    return nodes[firstIndex(notBelow: keys.lower)..<end]
  }

  private func firstIndex(notBelow key: Bytes32) -> Int {
    var (low, high) = (0, nodes.count)
    while low < high {
      let middle = (low + high) / 2
      if nodes[middle].key < key { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
