/// SplitMix64: the same numbers for the same seed.
struct SeededRandom: RandomNumberGenerator {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }

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
