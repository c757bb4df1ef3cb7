/// Output of a container without a terminal as an engine sends it: frames of a stream's number,
/// three zeros, a length in four bytes and that many bytes. Fed bytes cut anywhere; gives what has
/// come of a frame at once, so that no frame is held.
package struct EngineFrames: Sendable {
  package struct Limits: Sendable {
    /// Engines cut at 32 KiB; what says more is no such stream.
    package var frameBytes = 16 << 20
    /// What an engine may say of its own trouble.
    package var troubleBytes = 4096
    package init() {}
  }

  private let limits: Limits
  private var head: [UInt8] = []
  private var stream: UInt8 = 0
  private var left = 0
  private var trouble: [UInt8] = []
  private var waiting: [UInt8] = []
  private var start = 0

  package init(limits: Limits = Limits()) { self.limits = limits }

  package mutating func feed(_ bytes: [UInt8]) {
    waiting = start == waiting.count ? bytes : Array(waiting[start...]) + bytes
    start = 0
  }

  /// False in the middle of a frame: the stream did not end there.
  package var isAtBoundary: Bool { head.isEmpty && left == 0 && start == waiting.count }

  package mutating func next() throws(RuntimeError) -> (stream: BoxStream, bytes: [UInt8])? {
    while start < waiting.count {
      if left == 0, try !readHead() { continue }
      let end = min(waiting.count, start + left)
      let piece = Array(waiting[start..<end])
      start = end
      left -= piece.count
      switch stream {
      case 0, 1: return (.output, piece)
      case 2: return (.errors, piece)
      default: try hear(piece)
      }
    }
    return nil
  }

  /// True once the bytes of a frame can follow.
  private mutating func readHead() throws(RuntimeError) -> Bool {
    head.append(waiting[start])
    start += 1
    guard head.count == 8 else { return false }
    defer { head = [] }
    guard head[0] <= 3, head[1...3].allSatisfy({ $0 == 0 }) else { throw Self.damaged }
    stream = head[0]
    left = head[4...].reduce(0) { $0 << 8 | Int($1) }
    guard left <= (stream == 3 ? limits.troubleBytes : limits.frameBytes) else {
      throw Self.damaged
    }
    return left > 0 && start < waiting.count
  }

  private mutating func hear(_ piece: [UInt8]) throws(RuntimeError) {
    trouble += piece
    guard left == 0 else { return }
    let text = String(decoding: trouble, as: UTF8.self)
    throw RuntimeError(.failed, "the container engine gave up on the output: \(text)")
  }

  private static let damaged = RuntimeError(
    .damaged, "the container engine sends output that breaks its own format")
}
