package import Primitives

extension MessageNetwork {
  /// Parts, cuts and what stands still, as drawn; the drawing's nodes have the network's numbers.
  /// Nodes that are down in the drawing crash. Returns those that were down and now are up.
  package mutating func arrange(as drawing: NetworkDrawing, now: Instant) -> [Int] {
    precondition(drawing.nodes.count == count, "the drawing has every node of the network")
    heal()
    partition(drawing.parts)
    for pair in drawing.cuts { cut(pair.left, pair.right) }
    var risen: [Int] = []
    for (index, node) in drawing.nodes.enumerated() {
      pause(index, until: node.standsStill ? .distantFuture : now)
      if node.isUp, !isUp(index) {
        restart(index, now: now)
        risen.append(index)
      } else if !node.isUp {
        crash(index)
      }
    }
    return risen
  }
}
