import Blobs
import Mesh
import Primitives
import Security

/// Entries of the index as anybody may have written them. The first byte picks a reader. What
/// reads is written as what reads alike, and a search gives only what fits and what its owner
/// signed.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzShares(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let input = unsafe Array(UnsafeBufferPointer(start: start, count: count))
  guard let kind = input.first else { return 0 }
  let bytes = Array(input.dropFirst())
  do throws(BlobError) {
    switch kind % 4 {
    case 0: try readShare(bytes)
    case 1:
      let hold = try SignedHold(decoding: bytes)
      let again = try SignedHold(decoding: hold.encoded)
      precondition(again == hold && again.isGenuine == hold.isGenuine, "a hold has two forms")
    case 2:
      let cursor = try ShareCursor(decoding: bytes)
      precondition(cursor.bytes == bytes, "a cursor can be written in two ways")
    default: try search(bytes)
    }
  } catch {
    precondition(!error.message.isEmpty, "an error says nothing")
  }
  return 0
}

private func readShare(_ bytes: [UInt8]) throws(BlobError) {
  let signed = try SignedShare(decoding: bytes)
  try signed.share.check()
  let again = try SignedShare(decoding: signed.encoded)
  precondition(again == signed, "a share is not what was read")
  let short = signed.shortened
  let line = try SignedShare(decoding: signed.encoded(within: ZoneEntry.payloadLimit))
  precondition(line == signed || line == short, "a line of the index is another share")
  precondition(
    short.share.tags.isEmpty && short.isGenuine == signed.isGenuine,
    "a share without its tags is believed otherwise")
  for term in ShareTerm.all(of: signed.share) {
    precondition(!term.keys.isEmpty, "a term without keys")
  }
}

/// A query, then lines of the index, each behind two bytes of length.
private func search(_ bytes: [UInt8]) throws(BlobError) {
  var rest = bytes[...]
  func part() -> [UInt8]? {
    guard rest.count > 2 else { return nil }
    let length = Int(rest.removeFirst()) << 8 | Int(rest.removeFirst())
    defer { rest = rest.dropFirst(length) }
    return Array(rest.prefix(length))
  }
  guard let words = part() else { return }
  let query = query(words)
  var finder = try ShareFinder(query, page: 3, wide: words.count % 2 == 0)
  for _ in 0..<8 {
    let ranges = finder.next()
    if ranges.isEmpty { break }
    var answers: [ShareFinder.Answer?] = []
    for range in ranges {
      var entries: [ZoneEntry] = []
      while entries.count < 4, let payload = part() {
        entries.append(entry(payload, in: range))
      }
      answers.append(ShareFinder.Answer(entries.sorted { $0.key < $1.key }, contacts: 1))
    }
    finder.take(answers)
  }
  for signed in finder.found {
    precondition(signed.isGenuine, "a share was found that its owner did not sign")
    precondition(query.fits(signed.share) ?? true, "a share was found that does not fit")
  }
  if let cursor = finder.cursor {
    let again = try ShareCursor(decoding: cursor.bytes)
    precondition(again == cursor, "a cursor has two forms")
  }
}

private func query(_ bytes: [UInt8]) -> ShareQuery {
  var query = ShareQuery()
  let lines = String(decoding: bytes, as: UTF8.self).split(
    separator: "\n", omittingEmptySubsequences: false
  ).map(String.init)
  func line(_ number: Int) -> String? {
    lines.indices.contains(number) && !lines[number].isEmpty ? lines[number] : nil
  }
  query.name = line(0)
  query.prefix = line(1)
  query.type = line(2)
  query.smallest = line(3).flatMap { Int64($0) }
  query.words = line(4)?.split(separator: " ").map(String.init) ?? []
  query.tags = line(5)?.split(separator: " ").map(String.init) ?? []
  return query
}

/// Where it belongs, if it is a share; put there by a node that the payload picks.
private func entry(_ payload: [UInt8], in range: KeyRange) -> ZoneEntry {
  let publisher = publishers[payload.count % publishers.count]
  var key = range.lower
  if let signed = try? SignedShare(decoding: payload) {
    let place = ShareTerm.all(of: signed.share).first { $0.keys == range }
    key = place?.key(of: signed.key, by: publisher) ?? range.lower
  }
  return ZoneEntry(
    key: key, version: 1, expiresAt: WallTime(nanoseconds: .max), payload: payload,
    publisher: publisher, signature: signature)
}

private let publishers = (1...3 as ClosedRange<UInt8>).map { number in
  guard let id = NodeID([UInt8](repeating: number, count: 32)) else {
    preconditionFailure("32 bytes")
  }
  return id
}

/// Whoever searches does not look at it: the owner's signature is within.
private let signature: Signature = {
  guard let signature = Signature([UInt8](repeating: 0, count: 64)) else {
    preconditionFailure("64 bytes")
  }
  return signature
}()
