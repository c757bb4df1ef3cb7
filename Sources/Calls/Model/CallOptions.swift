package import Primitives

/// What a caller may say about one call.
package struct CallOptions: Sendable {
  package var metadata = Metadata()
  /// Inherited from the call being answered, or made from a timeout; nil waits for ever.
  package var deadline: Deadline?
  package var trace: TraceContext?
  /// Compresses what is sent.
  package var isCompressed = false
  /// Waits, up to the deadline, for a connection that cannot be made now, instead of failing with
  /// `unavailable` as soon as an attempt has. For channels; a `CallClient` has its connection.
  package var waitsForConnection = false
  /// Filled with what the server sends along.
  package var received: ReceivedMetadata?

  package init() {}

  package init(timeout: Duration, now: Instant = .now()) {
    deadline = Deadline(now.advanced(by: timeout))
  }

  /// For a call made while answering another: its deadline and trace go along.
  package init(continuing context: CallContext, randomSpan: UInt64) {
    deadline = context.deadline
    trace = context.trace.child(randomSpan: randomSpan)
  }
}
