/// What a fetch hears.
package enum FetchEvent: Sendable, Equatable {
  /// A source that has these pieces; nil means all.
  case joined(source: Int, has: [Bool]?)
  case left(source: Int)
  /// Bytes of what it was asked for, whole pieces or parts of one.
  case received(source: Int, bytes: Int)
  /// The piece is right, and is kept.
  case verified(source: Int, piece: Int)
  case wrong(source: Int, piece: Int)
  /// It does not have the piece any more.
  case refused(source: Int, piece: Int)
  case wake
}

/// What a fetch wants done.
package enum FetchAction: Sendable, Equatable {
  package enum Reason: Sendable, Equatable {
    case wrong(piece: Int)
    case silent
    /// There are enough, or it is one already.
    case notNeeded
  }

  /// After what it was asked for before.
  case ask(Int, [Int])
  /// It need not send these any more; what is on its way is ignored.
  case withdraw(Int, [Int])
  case drop(Int, Reason)
  /// Nobody who is there has any of the pieces that are left. Said once, until one comes.
  case starved(pieces: Int)
  case finished
}
