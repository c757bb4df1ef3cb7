package import Primitives

/// Progress as an engine tells it: a JSON value after the other. Fed bytes cut anywhere.
package struct EngineLines: Sendable {
  package struct Limits: Sendable {
    /// One value.
    package var lineBytes = 1 << 20
    package init() {}
  }

  private let limits: Limits
  private var waiting: [UInt8] = []
  private var start = 0
  /// Up to here there is no end of a line.
  private var searched = 0

  package init(limits: Limits = Limits()) { self.limits = limits }

  package mutating func feed(_ bytes: [UInt8]) {
    waiting.removeFirst(start)
    searched -= start
    start = 0
    waiting += bytes
  }

  /// The next whole value. With `isEnd`, what has no end of a line is one too.
  package mutating func next(isEnd: Bool = false) throws(RuntimeError) -> JSON? {
    while true {
      let found = waiting[searched...].firstIndex(of: UInt8(ascii: "\n"))
      let end = found ?? waiting.count
      searched = end
      guard end - start <= limits.lineBytes else {
        throw RuntimeError(
          .damaged, "the container engine sends more than \(limits.lineBytes) bytes in one piece")
      }
      guard found != nil || isEnd else { return nil }
      let line = waiting[start..<end]
      start = min(end + 1, waiting.count)
      searched = start
      if line.allSatisfy({ $0 <= 0x20 }) {
        if found == nil { return nil }
        continue
      }
      return try EngineAnswer.json(Array(line))
    }
  }
}
