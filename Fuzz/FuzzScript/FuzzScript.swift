import Primitives
import Runtimes

/// A task's source, and what a script does with timers. The first byte says which, and of a source
/// whether the engine's parser tells the truth.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzScript(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = unsafe Array(UnsafeBufferPointer(start: start, count: count))
  guard let kind = bytes.first else { return 0 }
  let body = Array(bytes.dropFirst())
  switch kind % 4 {
  case 0: timers(body)
  case 1: lies(body)
  default: rewriting(body)
  }
  return 0
}

// MARK: - Source

/// Whatever comes out has its lines where they were, and is what the parser takes.
private func rewriting(_ body: [UInt8]) {
  do throws(ScriptTrap) {
    let source = try ScriptSource(body, check: complaint)
    precondition(complaint(source.text) == nil, "what the parser refuses came out")
    let lines = String(decoding: body, as: UTF8.self).utf8.count { $0 == 0x0A }
    let known = source.text.utf8.count { $0 == 0x0A }
    precondition(known == lines + (source.isModule ? 1 : 0), "a line moved")
  } catch {
    // It is no script.
  }
}

/// A parser that says anything at all: the work has an end, and nothing is read that is not there.
private func lies(_ body: [UInt8]) {
  var asked = 0
  do throws(ScriptTrap) {
    _ = try ScriptSource(body) { text in
      asked += 1
      precondition(asked < 256 * 257 + 3, "the work has no end")
      let said = body.isEmpty ? 0 : body[(asked &* 7) % body.count]
      let line = said == 0xFF ? .max : Int(said % 8) - 1
      return said % 5 == 0 ? nil : .init(line: line, text: "\(said)")
    }
  } catch {
    // It lies.
  }
}

/// Of a language whose scripts have texts in double quotes, in which anything may stand, and where
/// else `export` and `@` are mistakes.
private func complaint(_ text: String) -> ScriptSource.Problem? {
  let bytes = Array(text.utf8)
  var line = 1
  var isText = false
  for (place, byte) in bytes.enumerated() {
    switch byte {
    case 0x0A: line += 1
    case UInt8(ascii: "\""): isText.toggle()
    case UInt8(ascii: "@") where !isText: return .init(line: line, text: "token")
    case UInt8(ascii: "e") where !isText && bytes[place...].starts(with: Array("export".utf8)):
      return .init(line: line, text: "keyword")
    default: break
    }
  }
  return isText ? .init(line: line, text: "end") : nil
}

// MARK: - Timers

/// They fire as those of a plain list would.
private func timers(_ body: [UInt8]) {
  var timers = ScriptTimers()
  var list: [(deadline: UInt64, order: Int, number: UInt64, interval: UInt64?)] = []
  var now: UInt64 = 0
  for (order, byte) in body.prefix(4096).enumerated() {
    let value = UInt64(byte >> 2)
    switch byte % 4 {
    case 0, 1:
      let repeats = byte % 4 == 1
      guard let number = timers.add(milliseconds: Double(value), repeats: repeats, now: now) else {
        preconditionFailure("there was room for a timer")
      }
      let delay = (repeats ? max(value, 1) : value) * 1_000_000
      list.append((now + delay, order, number, repeats ? delay : nil))
    case 2:
      let number = list.isEmpty ? value : list[Int(value) % list.count].number
      list.removeAll { $0.number == number }
      timers.cancel(number)
    default:
      now += value * 1_000_000
      let due = list.indices.filter { list[$0].deadline <= now }
        .min { (list[$0].deadline, list[$0].order) < (list[$1].deadline, list[$1].order) }
      precondition(timers.takeDue(now: now) == due.map { list[$0].number }, "not the one due")
      guard let due else { continue }
      var entry = list.remove(at: due)
      guard let interval = entry.interval else { continue }
      (entry.deadline, entry.order) = (now + interval, order)
      list.append(entry)
    }
    precondition(timers.next == list.map(\.deadline).min(), "not the next")
    precondition(timers.isEmpty == list.isEmpty)
  }
}
