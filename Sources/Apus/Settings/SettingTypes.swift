package import IO
package import Primitives

/// From where HTTP without TLS is taken.
package enum CleartextPolicy: String, SettingChoice {
  case loopback, never, anywhere
  package var description: String { rawValue }
}

/// How the log looks on standard error: `auto` is for people on a terminal and JSON elsewhere.
package enum LogFormat: String, SettingChoice {
  case auto, human, json
  package var description: String { rawValue }
}

/// The log's file: none, `apus.log` in the state folder, or a path.
package enum LogFile: SettingValue, Equatable {
  case none, standard
  case path(String)

  package static let expectation = "true, false or a path"

  package init?(text: String) {
    switch text {
    case "true", "1": self = .standard
    case "false", "0": self = .none
    case "": return nil
    default: self = .path(text)
    }
  }

  package init?(toml: TOML.Content) {
    switch toml {
    case .boolean(let isOn): self = isOn ? .standard : .none
    case .string(let path) where !path.isEmpty: self = .path(path)
    case .string, .integer, .float, .dateTime, .array, .table: return nil
    }
  }

  package var toml: String { json.text }
  package var json: JSON {
    switch self {
    case .none: false
    case .standard: true
    case .path(let path): .string(path)
    }
  }
}

/// Levels of single modules: `{ HTTP = "debug" }` in the file, `HTTP=debug,IO=trace` elsewhere.
package struct ModuleLevels: SettingValue, Equatable {
  package static let expectation =
    "levels by module, such as HTTP=debug,IO=trace, in the file { HTTP = \"debug\" }"

  package var levels: [String: LogLevel]

  package init(_ levels: [String: LogLevel] = [:]) { self.levels = levels }

  package init?(text: String) {
    levels = [:]
    for part in text.split(separator: ",") {
      let pair = part.split(separator: "=", omittingEmptySubsequences: false)
      guard pair.count == 2, Self.isModule(pair[0]), let level = LogLevel(String(pair[1])),
        levels.updateValue(level, forKey: String(pair[0])) == nil
      else { return nil }
    }
  }

  package init?(toml: TOML.Content) {
    guard case .table(let table) = toml else { return nil }
    levels = [:]
    for name in table.names {
      guard Self.isModule(name), case .string(let word)? = table[name]?.content,
        let level = LogLevel(word)
      else { return nil }
      levels[name] = level
    }
  }

  private static func isModule(_ name: some StringProtocol) -> Bool {
    !name.isEmpty && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) }
  }

  private var sorted: [(key: String, value: LogLevel)] { levels.sorted { $0.key < $1.key } }

  package var toml: String {
    if levels.isEmpty { return "{}" }
    return "{ " + sorted.map { "\($0.key) = \"\($0.value)\"" }.joined(separator: ", ") + " }"
  }
  package var json: JSON {
    .object(JSONObject(uniqueNames: sorted.map { ($0.key, .string($0.value.description)) }))
  }
}

/// Where a node listens. A missing host is every address: `:4747` and `4747` are `[::]:4747`.
package struct ListenAddresses: SettingList, Equatable {
  package static let expectation =
    "addresses such as [::]:4747, 192.0.2.1:443, localhost:0, :4747 or 4747"

  package var endpoints: [Endpoint]

  package init(_ endpoints: [Endpoint]) { self.endpoints = endpoints }

  package init?(texts: [String]) {
    var endpoints: [Endpoint] = []
    for text in texts {
      guard let endpoint = Self.endpoint(text), !endpoints.contains(endpoint) else { return nil }
      endpoints.append(endpoint)
    }
    guard !endpoints.isEmpty else { return nil }
    self.endpoints = endpoints
  }

  private static func endpoint(_ text: String) -> Endpoint? {
    let isPort = text.utf8.allSatisfy { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
    let full = isPort ? "[::]:" + text : text.hasPrefix(":") ? "[::]" + text : text
    guard let endpoint = Endpoint(full), full.utf8.last != UInt8(ascii: ":"),
      full.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "+") })
    else { return nil }
    return endpoint
  }

  package var toml: String { json.text }
  package var json: JSON { .array(endpoints.map { .string($0.description) }) }
}

/// Host names and addresses without a port.
package struct HostNames: SettingList, Equatable {
  package static let expectation = "host names or addresses without a port, such as node.example"

  package var names: [String]

  package init(_ names: [String] = []) { self.names = names }

  package init?(texts: [String]) {
    guard texts.allSatisfy(Self.isHost) else { return nil }
    names = texts
  }

  private static func isHost(_ text: String) -> Bool {
    if SocketAddress(host: text, port: 0) != nil { return true }
    return (1...253).contains(text.utf8.count)
      && text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
          UInt8(ascii: "_"):
          true
        default: false
        }
      }
  }

  package var toml: String { json.text }
  package var json: JSON { .array(names.map { .string($0) }) }
}
