import Blobs
import Calls
import IO
import Primitives
import Security

/// What a peer says on a call for chunks: the first byte picks which side listens. Messages follow
/// each behind two bytes of length.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzChunks(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let input = unsafe Array(UnsafeBufferPointer(start: start, count: count))
  guard let kind = input.first else { return 0 }
  var rest = input.dropFirst()
  var parts: [[UInt8]] = []
  while rest.count > 2 {
    let length = Int(rest.removeFirst()) << 8 | Int(rest.removeFirst())
    parts.append(Array(rest.prefix(length)))
    rest = rest.dropFirst(length)
  }
  if kind & 1 == 0 { give(parts) } else { take(parts, wantsManifest: kind & 2 == 0) }
  return 0
}

// MARK: - The giver

/// Of what a blob is made here follows from its name; a third of them may not be read.
private func manifest(of blob: [UInt8]) -> Manifest? {
  guard let first = blob.first, first % 3 > 0 else { return nil }
  let chunks = (0..<Int(first) / 3 % 5).map { Digest.sha256(of: [UInt8($0)]) }
  return Manifest(size: Int64(chunks.count * Manifest.chunkSize), chunks: chunks)
}

private func give(_ parts: [[UInt8]]) {
  var limits = ChunkService.Limits()
  (limits.asks, limits.blobs) = (64, 16)
  var book = AskBook(limits: limits)
  var taken: [UInt64] = []
  do {
    for part in parts {
      let request = try FilesV1.AskRequest(decoding: part)
      for opening in request.openings {
        var holding = FilesV1.Holding()
        holding.first = opening.first
        try book.open(opening, manifest(of: opening.blob), holding)
      }
      book.withdraw(request.withdrawals)
      try book.ask(request.asks)
      precondition(book.waiting <= limits.asks, "more is asked for ahead than may be")
      // Some of it is left for the next message.
      for _ in 0..<7 {
        guard case .job(let job) = book.next() else { break }
        if case .chunk(_, _, let serial) = job { taken.append(serial) }
        if taken.count > 2 { book.done(taken.removeFirst()) }
      }
    }
    book.close()
    while case .job = book.next() {}
    precondition(book.next() == .over, "a call that is closed goes on")
  } catch {
    precondition(!"\(error)".isEmpty, "an error says nothing")
  }
}

// MARK: - The taker

private func take(_ parts: [[UInt8]], wantsManifest: Bool) {
  let firsts: [UInt32] = [0, 1, 9, 40]
  var inbox = SourceInbox(opening: firsts, wantsManifest: wantsManifest)
  let lengths: [UInt32: Int] = [0: 1, 1: 5, 2: 40, 9: 300, 40: 2]
  var chunks: [UInt32: Int] = [:]
  for (number, length) in lengths { inbox.ask(number, length: length) }
  inbox.ask(2, length: 40)
  inbox.withdraw(2)
  do {
    for part in parts {
      let reply = try FetchReply(decoding: part)
      for event in try inbox.take(reply) {
        switch event {
        case .chunk(let number, let bytes):
          precondition(bytes.count == lengths[number], "a chunk of a length that none has")
          chunks[number, default: 0] += 1
          precondition(chunks[number] ?? 0 <= (number == 2 ? 2 : 1), "a chunk came too often")
        case .holding(let blob, let holding):
          precondition(firsts[blob] == holding.first, "an answer for another blob")
        case .manifest(let bytes):
          precondition(bytes.count <= 1 << 16, "a manifest longer than what came")
        case .part(let bytes), .manifestPart(let bytes):
          precondition(bytes > 0, "a part of nothing")
        case .gone(let number): precondition(lengths[number] != nil, "what was not asked is gone")
        }
      }
    }
  } catch {
    precondition(!"\(error)".isEmpty, "an error says nothing")
  }
}
