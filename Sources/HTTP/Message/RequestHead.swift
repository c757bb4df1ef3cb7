/// What a request says before its body. Handed from layer to layer, so it is one reference.
package struct RequestHead: Sendable, Equatable {
  private final class Parts: @unchecked Sendable {  // guard: changed only while uniquely held
    var method: Method
    var target: String
    var authority: String
    var headers: Headers

    init(_ method: Method, _ target: String, _ authority: String, _ headers: Headers) {
      self.method = method
      self.target = target
      self.authority = authority
      self.headers = headers
    }
  }

  private var parts: Parts

  package init(
    method: Method = .get, target: String, authority: String = "", headers: Headers = [:]
  ) {
    parts = Parts(method, target, authority, headers)
  }

  package var method: Method {
    get { parts.method }
    set {
      separate()
      parts.method = newValue
    }
  }

  /// The path with its query, as sent: `/blobs/abc?download=1`; `*` for OPTIONS.
  package var target: String {
    get { parts.target }
    set {
      separate()
      parts.target = newValue
    }
  }

  /// Host and port as the client named them; empty when it did not.
  package var authority: String {
    get { parts.authority }
    set {
      separate()
      parts.authority = newValue
    }
  }

  package var headers: Headers {
    _read { yield parts.headers }
    _modify {
      separate()
      yield &parts.headers
    }
  }

  private mutating func separate() {
    if isKnownUniquelyReferenced(&parts) { return }
    parts = Parts(parts.method, parts.target, parts.authority, parts.headers)
  }

  /// The target up to the question mark, still percent-encoded.
  package var path: Substring { target.prefix { $0 != "?" } }

  /// What follows the question mark; nil when there is none.
  package var query: Substring? {
    guard let mark = target.firstIndex(of: "?") else { return nil }
    return target[target.index(after: mark)...]
  }

  package static func == (left: Self, right: Self) -> Bool {
    left.method == right.method && left.target == right.target
      && left.authority == right.authority && left.headers == right.headers
  }
}

package struct Method: Hashable, Sendable, CustomStringConvertible {
  package let name: String
  package init(_ name: String) { self.name = name }

  /// A known method costs no string of its own.
  init(_ name: UnsafeBufferPointer<UInt8>) {
    var word: UInt32 = 0
    if name.count <= 4 { for byte in name { word = word << 8 | UInt32(byte) } }
    self =
      switch word {
      case 0x47_4554: .get
      case 0x504F_5354: .post
      default: Method(String(decoding: name, as: UTF8.self))
      }
  }

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
