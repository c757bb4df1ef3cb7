import Calls
import Primitives

/// What a gRPC peer sends beside protobuf: the framing of messages, which must come out the same
/// at any split, and the small texts in headers and trailers, which must survive being written
/// again.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzFraming(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = unsafe Array(UnsafeBufferPointer(start: start, count: count))
  guard let seed = bytes.first else { return 0 }
  let body = Array(bytes.dropFirst())

  let whole = frames(of: [body])
  precondition(frames(of: pieces(of: body, seed: seed)) == whole, "frames depend on splits")
  precondition(frames(of: body.map { [$0] }) == whole, "frames depend on splits")
  let written = whole.frames.flatMap {
    FrameWriter.frame(payload: $0.payload, isCompressed: $0.isCompressed)
  }
  precondition(body.starts(with: written), "frames are not written as they were read")
  precondition(!whole.isClean || written.count == body.count, "a clean end left bytes behind")

  checkTexts(String(decoding: body, as: UTF8.self), body)
  return 0
}

private struct Outcome: Equatable {
  var frames: [FrameParser.Frame] = []
  var failure: Status?
  var isClean = false
}

private func frames(of pieces: [[UInt8]]) -> Outcome {
  var parser = FrameParser(maximumMessageSize: 300)
  var outcome = Outcome()
  do {
    for piece in pieces {
      parser.feed(piece)
      while let frame = try parser.next() { outcome.frames.append(frame) }
    }
    try parser.finish()
    outcome.isClean = true
  } catch {
    outcome.failure = error
  }
  return outcome
}

private func pieces(of body: [UInt8], seed: UInt8) -> [[UInt8]] {
  var pieces: [[UInt8]] = []
  var rest = body[...]
  var state = UInt32(seed) &* 2_654_435_761 | 1
  while !rest.isEmpty {
    state = state &* 1_664_525 &+ 1_013_904_223
    let count = min(rest.count, Int(state >> 24) % 17)
    pieces.append(Array(rest.prefix(count)))
    rest = rest.dropFirst(count)
  }
  return pieces
}

private func checkTexts(_ text: String, _ bytes: [UInt8]) {
  precondition(Base64.decode(Base64.encode(bytes)) == bytes, "base64 lost bytes")
  if let decoded = Base64.decode(text) {
    let unpadded = text.utf8.filter { $0 != UInt8(ascii: "=") }
    precondition(Base64.encode(decoded).utf8.elementsEqual(unpadded), "base64 has two texts")
  }
  let encoded = StatusText.encode(text)
  precondition(encoded.utf8.allSatisfy { 0x20...0x7E ~= $0 }, "status text is not printable")
  precondition(StatusText.decode(encoded) == text, "status text changed on its way")
  precondition(StatusText.encode(text, limit: 20).utf8.count <= 20, "status text is too long")
  _ = StatusText.decode(text)
  if let duration = Deadline.parse(text) {
    let again = Deadline.parse(Deadline.format(duration))
    precondition(again.map { $0 >= duration } == true, "a timeout became shorter")
  }
  if let trace = TraceContext(traceparent: text) {
    precondition(TraceContext(traceparent: trace.traceparent) == trace, "a trace does not reread")
  }
  checkMetadata(text)
  _ = Status(trailerCode: String(text.prefix(3)), message: text, details: bytes)
}

private func checkMetadata(_ text: String) {
  let parts = text.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
  var metadata = Metadata()
  do {
    try metadata.add(wire: String(parts[0]), String(parts.last ?? ""))
    let entry = metadata.entries[0]
    precondition(!Metadata.isReserved(entry.name), "a reserved name was taken")
    precondition(metadata.values(entry.name) == [entry.value], "metadata lost an entry")
    _ = metadata.bytes(entry.name)
  } catch {
    precondition(metadata.isEmpty && metadata.size == 0, "a refused entry was kept")
  }
}
