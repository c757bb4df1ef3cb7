/// One request seen from the client, whichever version of HTTP carries it. Confined to the loop
/// of its connection. Cancelling the task does not end it: call `abort` (the client does).
package protocol ClientStream: AnyObject, Sendable {
  /// Sends a piece of the request's body; waits while the server is slow.
  func write(_ bytes: [UInt8]) async throws

  /// Ends the request's body.
  func finish(trailers: Headers?) throws

  /// The head of the answer, past any informational ones.
  func head() async throws -> ResponseHead

  /// The next piece of the answer's body, nil at its end.
  func nextBody() async throws -> [UInt8]?

  /// Filled once `nextBody` returned nil.
  var responseTrailers: Headers { get }

  /// Gives up: the server is told and waiting calls fail. Harmless after the end.
  func abort()
}

/// A connection that carries requests, one at a time (HTTP/1.1) or many (HTTP/2).
package protocol ClientConnection: AnyObject, Sendable {
  /// Streams that may still be opened now; 0 when busy, nil once the connection takes no more.
  var capacity: Int? { get }

  /// `endsWithHead` says that no body follows.
  func open(_ head: RequestHead, endsWithHead: Bool) throws -> any ClientStream

  /// Ends the connection; open streams fail.
  func close()
}
