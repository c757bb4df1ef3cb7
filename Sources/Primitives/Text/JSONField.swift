/// A value with the way that led to it, for reading what others wrote: errors name the member
/// and what was expected there.
package struct JSONField: Sendable {
  /// As in `jobs[2].name`; empty for the whole.
  package let path: String
  package let value: JSON

  package init(_ value: JSON, path: String = "") {
    self.value = value
    self.path = path
  }

  /// A member that must be there.
  package func field(_ name: String) throws(JSONError) -> JSONField {
    guard let field = try optional(name) else {
      throw JSONError(path: joined(name), message: "is missing")
    }
    return field
  }

  /// Nil when the member is absent or null.
  package func optional(_ name: String) throws(JSONError) -> JSONField? {
    guard let value = try members()[name], value != .null else { return nil }
    return JSONField(value, path: joined(name))
  }

  /// Refuses members that nobody would read, naming the nearest known one.
  package func refuseOthers(than known: [String]) throws(JSONError) {
    for (name, _) in try members() where !known.contains(name) {
      let hint = Spelling.hint(for: name, among: known)
      throw JSONError(path: joined(name), message: "is not known here" + hint)
    }
  }

  package func members() throws(JSONError) -> JSONObject {
    guard let object = value.object else { throw expected("an object") }
    return object
  }

  package func elements() throws(JSONError) -> [JSONField] {
    guard let elements = value.array else { throw expected("an array") }
    return elements.enumerated().map { JSONField($1, path: "\(path)[\($0)]") }
  }

  package func string() throws(JSONError) -> String {
    guard let string = value.string else { throw expected("a text") }
    return string
  }

  package func bool() throws(JSONError) -> Bool {
    guard let bool = value.bool else { throw expected("true or false") }
    return bool
  }

  package func number() throws(JSONError) -> Double {
    guard let number = value.number else { throw expected("a number") }
    return number
  }

  package func integer(
    in range: ClosedRange<Int64> = .min ... .max
  ) throws(JSONError) -> Int64 {
    guard let integer = value.integer else { throw expected("an integer") }
    guard range.contains(integer) else {
      throw JSONError(
        path: path,
        message: "must be from \(range.lowerBound) to \(range.upperBound), not \(integer)")
    }
    return integer
  }

  package func expected(_ what: String) -> JSONError {
    JSONError(path: path, message: "must be \(what), not \(value.kind)")
  }

  private func joined(_ name: String) -> String { path.isEmpty ? name : path + "." + name }
}

/// A value that is JSON but not what its reader needs.
package struct JSONError: Error, Sendable, Equatable, CustomStringConvertible {
  package var path: String
  package var message: String

  package init(path: String, message: String) {
    self.path = path
    self.message = message
  }

  package var description: String { path.isEmpty ? "the value " + message : "\(path) \(message)" }
}
