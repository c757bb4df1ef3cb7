import Primitives

/// The output of an attempt that nobody follows.
final class Gathered: Sendable {
  private let bytes = Locked<[BoxStream: [UInt8]]>([:])

  var sink: BoxSink {
    { [self] (stream, piece) throws(RuntimeError) in
      bytes.withLock { $0[stream, default: []] += piece }
    }
  }

  func move(to result: inout AttemptResult) {
    let all = bytes.withLock { $0 }
    result.output = all[.output] ?? []
    result.errors = all[.errors] ?? []
  }
}
