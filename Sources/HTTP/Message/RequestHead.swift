/// What a request says before its body.
package struct RequestHead: Sendable, Equatable {
  package var method: Method
  /// The path with its query, as sent: `/blobs/abc?download=1`; `*` for OPTIONS.
  package var target: String
  /// Host and port as the client named them; empty when it did not.
  package var authority: String
  package var headers: Headers

  package init(
    method: Method = .get, target: String, authority: String = "", headers: Headers = [:]
  ) {
    self.method = method
    self.target = target
    self.authority = authority
    self.headers = headers
  }

  /// The target up to the question mark, still percent-encoded.
  package var path: Substring { target.prefix { $0 != "?" } }

  /// What follows the question mark; nil when there is none.
  package var query: Substring? {
    guard let mark = target.firstIndex(of: "?") else { return nil }
    return target[target.index(after: mark)...]
  }
}

package struct Method: Hashable, Sendable, CustomStringConvertible {
  package let name: String
  package init(_ name: String) { self.name = name }
  package var description: String { name }

  package static let get = Method("GET")
  package static let head = Method("HEAD")
  package static let post = Method("POST")
  package static let put = Method("PUT")
  package static let patch = Method("PATCH")
  package static let delete = Method("DELETE")
  package static let options = Method("OPTIONS")
  package static let connect = Method("CONNECT")
}
