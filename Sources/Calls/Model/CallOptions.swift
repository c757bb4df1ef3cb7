/// What a caller may say about one call.
package struct CallOptions: Sendable {
  package var metadata = Metadata()
  /// Inherited from the call being answered, or made from a timeout; nil waits for ever.
  package var deadline: Deadline?
  package var trace: TraceContext?
  /// Compresses what is sent.
  package var isCompressed = false

  package init() {}

  /// For a call made while answering another: its deadline and trace go along.
  package init(continuing context: CallContext, randomSpan: UInt64) {
    deadline = context.deadline
    trace = context.trace.child(randomSpan: randomSpan)
  }
}
