import Primitives

extension SplitMix {
  mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &self) }

  /// A few bytes changed, removed, doubled or taken from `alphabet`.
  mutating func mutate(_ bytes: [UInt8], alphabet: [UInt8]) -> [UInt8] {
    var bytes = bytes
    for _ in 0...below(4) {
      let place = below(bytes.count + 1)
      switch below(4) {
      case 0: bytes.insert(alphabet[below(alphabet.count)], at: place)
      case 1: bytes.removeSubrange(place..<min(bytes.count, place + below(4)))
      case 2 where place < bytes.count: bytes[place] = UInt8.random(in: 0...255, using: &self)
      default: bytes.insert(contentsOf: bytes[below(place + 1)..<place], at: place)
      }
    }
    return bytes
  }
}
