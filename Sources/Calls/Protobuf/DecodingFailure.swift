/// Bytes that are no valid message: where, in which field, and what was expected there.
package struct DecodingFailure: Error, Equatable, CustomStringConvertible {
  package enum Reason: Equatable, Sendable {
    /// The input or the enclosing message ends before the value does.
    case truncated(missing: UInt64)
    case malformedVarint
    /// Field number 0 or beyond 2^29 - 1, or a wire type that does not exist.
    case malformedTag(UInt64)
    /// An end of a group that never began, or of another one.
    case unmatchedGroup
    case invalidUTF8
    case tooDeep(limit: Int)
    case tooLarge(size: Int, limit: Int)
    case tooManyElements(limit: Int)
  }

  package var reason: Reason
  /// Counted from the start of the outermost message.
  package var offset: Int
  /// The message's full name, as in the .proto file; empty until it is known.
  package var message = ""
  /// The field's name, or its number when the name is unknown.
  package var field = ""

  package init(_ reason: Reason, at offset: Int) {
    self.reason = reason
    self.offset = offset
  }

  package var description: String {
    let place = message.isEmpty ? "message" : field.isEmpty ? message : "\(message).\(field)"
    return "\(place), byte \(offset): \(expectation)"
  }

  private var expectation: String {
    switch reason {
    case .truncated(let missing): "expected more bytes before the end, missing \(missing)"
    case .malformedVarint: "expected a variable-length integer of at most 10 bytes"
    case .malformedTag(let tag): "expected a field tag, found \(tag)"
    case .unmatchedGroup: "expected the end of the group that was opened last"
    case .invalidUTF8: "expected text in UTF-8"
    case .tooDeep(let limit): "expected at most \(limit) messages inside one another"
    case .tooLarge(let size, let limit): "expected at most \(limit) bytes, found \(size)"
    case .tooManyElements(let limit): "expected at most \(limit) repeated values in all"
    }
  }

  /// Adds the innermost message and field; outer ones leave it as it is.
  func within(_ schema: MessageSchema, field number: UInt32) -> DecodingFailure {
    guard message.isEmpty else { return self }
    var copy = self
    copy.message = schema.name
    copy.field = number == 0 ? "" : schema.fieldName(number) ?? String(number)
    return copy
  }
}
