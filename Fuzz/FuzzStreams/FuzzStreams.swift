import Primitives
import Runtimes

/// What arrives in pieces from archives and from an engine of containers, and the lines of the log
/// of what ran. The first byte says which, and how it is cut; what comes out does not depend on
/// that.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzStreams(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = unsafe Array(UnsafeBufferPointer(start: start, count: count))
  guard let kind = bytes.first else { return 0 }
  let body = Array(bytes.dropFirst())
  let cut = Int(kind >> 2) + 1
  switch kind % 4 {
  case 0: archive(kind & 4 == 0 ? body : summed(body), cut)
  case 1: same(frames(body, .max), frames(body, cut))
  case 2: same(lines(body, .max), lines(body, cut))
  default: record(body)
  }
  return 0
}

private func same<Value: Equatable>(_ one: Value, _ other: Value) {
  precondition(one == other, "what comes out depends on how it was cut")
}

private func pieces(_ body: [UInt8], _ cut: Int) -> [[UInt8]] {
  stride(from: 0, to: body.count, by: min(cut, max(1, body.count))).map {
    Array(body[$0..<min(body.count, $0 + min(cut, body.count))])
  }
}

// MARK: - Archives

private struct Archive: Equatable {
  var entries: [TarEntry] = []
  var contents: [[UInt8]] = []
  var isComplete = false
  var error: TarError?

  init(_ body: [UInt8], cut: Int) {
    var limits = TarReader.Limits()
    limits.entries = 64
    var reader = TarReader(limits: limits)
    do throws(TarError) {
      for piece in pieces(body, cut) {
        reader.feed(piece)
        while let part = try reader.next() { take(part) }
      }
    } catch {
      self.error = error
    }
    isComplete = reader.isComplete
  }

  private mutating func take(_ part: TarReader.Part) {
    switch part {
    case .entry(let entry):
      entries.append(entry)
      contents.append([])
    case .bytes(let bytes):
      precondition(!contents.isEmpty && !bytes.isEmpty, "bytes of nothing")
      contents[contents.count - 1] += bytes
    }
  }
}

/// With a sum that fits in every block, which chance does not find.
private func summed(_ body: [UInt8]) -> [UInt8] {
  var body = body
  for start in stride(from: 0, to: body.count, by: TarEntry.block) {
    let place = start + 148
    guard start + TarEntry.block <= body.count,
      body[start..<start + TarEntry.block].contains(where: { $0 != 0 })
    else { continue }
    for digit in place..<place + 8 { body[digit] = UInt8(ascii: " ") }
    var sum = body[start..<start + TarEntry.block].reduce(0) { $0 + Int($1) }
    for digit in (place..<place + 7).reversed() {
      body[digit] = UInt8(ascii: "0") + UInt8(sum % 8)
      sum /= 8
    }
  }
  return body
}

private func archive(_ body: [UInt8], _ cut: Int) {
  let whole = Archive(body, cut: .max)
  same(whole, Archive(body, cut: cut * 8))
  for (entry, bytes) in zip(whole.entries, whole.contents) {
    precondition(bytes.count <= entry.size, "more bytes than an entry has")
    let again = Archive(entry.head(seconds: 0), cut: .max)
    precondition(again.entries == [entry] && again.error == nil, "an entry changed on the way")
  }
}

// MARK: - An engine

private struct Output: Equatable {
  var bytes: [BoxStream: [UInt8]] = [:]
  var isAtBoundary = false
  var error: RuntimeError?
}

private func frames(_ body: [UInt8], _ cut: Int) -> Output {
  var frames = EngineFrames()
  var output = Output()
  do throws(RuntimeError) {
    for piece in pieces(body, cut) {
      frames.feed(piece)
      while let (stream, bytes) = try frames.next() {
        precondition(!bytes.isEmpty, "a piece of nothing")
        output.bytes[stream, default: []] += bytes
      }
    }
    output.isAtBoundary = frames.isAtBoundary
  } catch {
    output.error = error
  }
  return output
}

private struct Values: Equatable {
  var values: [JSON] = []
  var error: RuntimeError?
}

private func lines(_ body: [UInt8], _ cut: Int) -> Values {
  var limits = EngineLines.Limits()
  limits.lineBytes = 512
  var lines = EngineLines(limits: limits)
  var values = Values()
  do throws(RuntimeError) {
    for piece in pieces(body, cut) {
      lines.feed(piece)
      while let value = try lines.next() { values.values.append(value) }
    }
    while let value = try lines.next(isEnd: true) { values.values.append(value) }
  } catch {
    values.error = error
  }
  return values
}

// MARK: - The log

/// A record that was read is the same after it was written.
private func record(_ body: [UInt8]) {
  guard let record = read(body) else { return }
  let line = Array(record.json.text.utf8)
  precondition(!line.contains(0x0A), "a record of two lines")
  precondition(read(line) == record, "a record changed on the way")
}

private func read(_ line: [UInt8]) -> AuditRecord? {
  do {
    return try AuditRecord(JSONField(try JSON.parse(line)))
  } catch {
    return nil
  }
}
