import Mesh
import Primitives
import Simulation

extension SeededRandom {
  mutating func bytes32() -> Bytes32 {
    Bytes32(words: (next(), next(), next(), next()))
  }

  mutating func items(_ count: Int, isVersioned: Bool) -> [ReconciliationItem] {
    (0..<count).map { _ in
      let key = bytes32()
      return ReconciliationItem(key: key, digest: isVersioned ? bytes32() : key)
    }
  }
}

/// Two sides that exchange messages until neither has more to say.
struct Exchange {
  var messages = 0
  var bytes = 0
  var largest = 0
  var fromLeft: [ReconciliationItem] = []
  var fromRight: [ReconciliationItem] = []
  var largestBatch = 0

  init(
    _ left: ReconciliationSet, _ right: ReconciliationSet, in range: KeyRange = .all,
    limits: Reconciler.Limits = Reconciler.Limits()
  ) throws {
    var sides = [
      Reconciler(left, in: range, limits: limits), Reconciler(right, in: range, limits: limits),
    ]
    var message: [UInt8]? = sides[0].begin()
    var turn = 1
    while let bytes = message {
      messages += 1
      self.bytes += bytes.count
      largest = max(largest, bytes.count)
      let step = try sides[turn].receive(bytes)
      if turn == 0 { fromLeft += step.toSend } else { fromRight += step.toSend }
      largestBatch = max(largestBatch, step.toSend.count)
      message = step.reply
      turn = 1 - turn
    }
  }
}
