/// How far a node is with giving to others what they rely on.
package struct HandingOver: Sendable, Equatable {
  /// Things of which others need a copy.
  package var total = 0
  /// Those that have not got one yet.
  package var left = 0
  /// Those that nobody else has and nobody takes.
  package var refused = 0

  package init(total: Int = 0, left: Int = 0, refused: Int = 0) {
    (self.total, self.left, self.refused) = (total, left, refused)
  }

  static func + (one: Self, other: Self) -> Self {
    Self(
      total: one.total + other.total, left: one.left + other.left,
      refused: one.refused + other.refused)
  }
}
