/// Who has which card: for themselves, or a share of one.
package struct GraphicsClaims: Sendable {
  package typealias Number = UInt64

  /// What somebody wants.
  package struct Wish: Sendable, Equatable {
    package var cards = 1
    /// Percent of each; 100 is the whole card, for nobody else.
    package var share = 100
    /// Bytes that each must have in all; nil is any.
    package var memory: Int64?

    package init(cards: Int = 1, share: Int = 100, memory: Int64? = nil) {
      self.cards = cards
      self.share = share
      self.memory = memory
    }

    /// `2` is two cards for oneself, `25%` a part of one. Nil for what is neither.
    package init?(_ word: String) {
      let isShare = word.hasSuffix("%")
      guard let number = UInt16(isShare ? word.dropLast() : word[...]), number >= 1,
        !isShare || number <= 100
      else { return nil }
      self.init(cards: isShare ? 1 : Int(number), share: isShare ? Int(number) : 100)
    }
  }

  private struct Claim {
    var addresses: [String]
    var share: Int
  }

  private var cards: [String: GraphicsCard] = [:]
  private var claims: [Number: Claim] = [:]
  private var last: Number = 0

  package init() {}

  /// What there is now; returns the claims whose card is gone.
  package mutating func update(_ found: [GraphicsCard]) -> [Number] {
    cards = Dictionary(found.map { ($0.address, $0) }) { first, _ in first }
    let lost = claims.filter { !$0.value.addresses.allSatisfy { cards[$0] != nil } }
    for number in lost.keys { claims[number] = nil }
    return lost.keys.sorted()
  }

  /// Percent of a card that somebody has.
  package func taken(_ address: String) -> Int {
    claims.values.reduce(0) { $0 + ($1.addresses.contains(address) ? $1.share : 0) }
  }

  /// The cards, or why there are none. Shares are put where others are already, so that whole cards
  /// stay free; of those that fit the ones with the least memory are given.
  package mutating func claim(
    _ wish: Wish
  ) throws(RuntimeError) -> (number: Number, cards: [GraphicsCard]) {
    guard wish.cards >= 1, (1...100).contains(wish.share) else {
      throw RuntimeError(.refused, "ask for one GPU or more, and 1 to 100 percent of each")
    }
    if cards.isEmpty {
      throw RuntimeError(
        .refused,
        "this machine has no GPU that an attempt can be given: none has a driver that shows in "
          + "/sys/class/drm or in nvidia-smi")
    }
    let suited = cards.values.filter { card in
      wish.memory.map { (card.memory ?? 0) >= $0 } ?? true
    }
    guard suited.count >= wish.cards else {
      throw RuntimeError(
        .refused, "the machine has \(suited.count) GPUs that suit, and \(wish.cards) are wanted")
    }
    let free = suited.map { ($0, taken($0.address)) }.filter { $0.1 + wish.share <= 100 }
      .sorted { ($1.1, $0.0.memory ?? 0, $0.0.address) < ($0.1, $1.0.memory ?? 0, $1.0.address) }
    guard free.count >= wish.cards else {
      throw RuntimeError(.busy, "the GPUs that suit are in use: try again later")
    }
    let given = free.prefix(wish.cards).map(\.0)
    last += 1
    claims[last] = Claim(addresses: given.map(\.address), share: wish.share)
    return (last, given)
  }

  package mutating func release(_ number: Number) { claims[number] = nil }
}
