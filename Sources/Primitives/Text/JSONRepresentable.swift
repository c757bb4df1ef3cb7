/// Knows its JSON form: names in lower camel case, times as RFC 3339 in UTC, durations in
/// seconds, sizes in bytes, ids as text.
package protocol JSONRepresentable {
  var json: JSON { get }
}

extension JSON: JSONRepresentable {
  package var json: JSON { self }
}
extension JSONObject: JSONRepresentable {
  package var json: JSON { .object(self) }
}
extension String: JSONRepresentable {
  package var json: JSON { .string(self) }
}
extension Bool: JSONRepresentable {
  package var json: JSON { .bool(self) }
}
extension Double: JSONRepresentable {
  package var json: JSON { .number(self) }
}
extension Int: JSONRepresentable {
  package var json: JSON { .integer(Int64(self)) }
}
extension Int64: JSONRepresentable {
  package var json: JSON { .integer(self) }
}
extension Duration: JSONRepresentable {
  package var json: JSON {
    let nanoseconds = self.nanoseconds
    let seconds = nanoseconds / 1_000_000_000
    return seconds * 1_000_000_000 == nanoseconds ? .integer(seconds) : .number(inSeconds)
  }
}
extension WallTime: JSONRepresentable {
  package var json: JSON { .string(description) }
}
extension NodeID: JSONRepresentable {
  package var json: JSON { .string(description) }
}
extension Digest: JSONRepresentable {
  package var json: JSON { .string(description) }
}
extension ByteSize: JSONRepresentable {
  package var json: JSON { .integer(bytes) }
}
extension Array: JSONRepresentable where Element: JSONRepresentable {
  package var json: JSON { .array(map(\.json)) }
}
extension Optional: JSONRepresentable where Wrapped: JSONRepresentable {
  package var json: JSON { self?.json ?? .null }
}
