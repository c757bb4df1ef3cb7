package import IO
import Primitives

/// An HTTP/1.1 connection we opened: one request at a time, reused while both sides keep it.
/// It needs no task of its own; the caller's does the reading and writing.
/// Guard: confinement to the transport's loop.
package final class LineClientConnection: ClientConnection, @unchecked Sendable {
  package struct Limits: Sendable {
    package var headBytes = 64 * 1024
    package var headFields = 200
    /// Answers with a status of 1xx before the one that counts.
    package var informationalHeads = 16
    /// Between two bytes of an answer's body, and while the server takes nothing.
    package var bodyTimeout = Duration.seconds(60)
    /// Bytes of an answer nobody reads that are dropped so that the connection can be kept.
    package var drainBytes = 64 * 1024
    package init() {}
  }

  let wire: LineWire
  let limits: Limits
  private var current: LineClientStream?
  private var isFinished = false

  package init(transport: any Transport, limits: Limits = Limits()) {
    wire = LineWire(transport)
    self.limits = limits
  }

  package var capacity: Int? {
    if isFinished || wire.isClosed { return nil }
    return current == nil ? 1 : 0
  }

  package func open(_ head: RequestHead, endsWithHead: Bool) throws -> any ClientStream {
    wire.loop.checkIsCurrent("open")
    guard capacity == 1 else {
      throw MessageError(.refused, "the connection is busy or closed")
    }
    let stream = try LineClientStream(head, endsWithHead: endsWithHead, on: self)
    current = stream
    return stream
  }

  package func close() {
    isFinished = true
    wire.close()
  }

  /// The exchange on `stream` is over; with `keep` another may follow.
  func ended(_ stream: LineClientStream, keep: Bool) {
    guard current === stream else { return }
    current = nil
    if !keep || wire.hasReceived || wire.hasOutput { close() }
  }
}
