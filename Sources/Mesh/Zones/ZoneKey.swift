package import Primitives

/// How keys of the index are made: 12 bytes of the term's hash, 10 of the subject's, the first 10
/// of the publisher's id. So what stands under one term lies together, within it what is about one
/// subject, and nobody has another's place: to find a key pair with that beginning takes 2^80
/// attempts.
package enum ZoneKey {
  package static let termBytes = 12
  private static let termMask: UInt64 = 0xFFFF_FFFF_0000_0000
  private static let publisherMask: UInt64 = 0xFFFF

  package static func key(term: Bytes32, subject: Bytes32, publisher: NodeID) -> Bytes32 {
    let (term, subject) = (term.words, subject.words)
    let tail = tail(of: publisher)
    return Bytes32(
      words: (
        term.0, term.1 & termMask | subject.0 >> 32,
        subject.0 << 32 | (subject.1 >> 48) << 16 | tail.0, tail.1
      ))
  }

  /// The two parts of an id that stand at the end of a key.
  private static func tail(of publisher: NodeID) -> (UInt64, UInt64) {
    let id = publisher.key.words
    return (id.0 >> 48, id.0 << 16 | id.1 >> 48)
  }

  static func moved(_ key: Bytes32, to term: Bytes32) -> Bytes32 {
    let words = key.words
    return Bytes32(
      words: (term.words.0, term.words.1 & termMask | words.1 & ~termMask, words.2, words.3))
  }

  /// Whether a key is one of that publisher.
  package static func isPlace(_ key: Bytes32, of publisher: NodeID) -> Bool {
    let tail = tail(of: publisher)
    return key.words.2 & publisherMask == tail.0 && key.words.3 == tail.1
  }

  /// All of one term.
  package static func keys(of term: Bytes32) -> KeyRange {
    let (first, second) = (term.words.0, term.words.1 & termMask)
    let (next, carries) = second.addingReportingOverflow(1 << 32)
    let (top, isLast) = first.addingReportingOverflow(carries ? 1 : 0)
    return KeyRange(
      lower: Bytes32(words: (first, second, 0, 0)),
      upper: isLast ? nil : Bytes32(words: (top, next, 0, 0)))
  }

  /// The highest key of the same term and subject.
  package static func lastOfSubject(_ key: Bytes32) -> Bytes32 {
    let words = key.words
    return Bytes32(words: (words.0, words.1, words.2 | publisherMask, .max))
  }
}
