package import Primitives

/// A record as a line of text, with its newline.
package enum LogLine {
  package enum Format: Sendable, Equatable {
    case json
    case human(colours: Bool)

    /// What the setting `log.format` means for one output.
    package init(_ setting: LogFormat, isTerminal: Bool, environment: [String: String]) {
      let colours = ColourRule.allows(isTerminal: isTerminal, environment: environment)
      switch setting {
      case .json: self = .json
      case .human: self = .human(colours: colours)
      case .auto: self = isTerminal ? .human(colours: colours) : .json
      }
    }
  }

  /// What one message or value may take; the rest is cut.
  static let valueBytes = 8 * 1024

  package static func text(_ record: LogRecord, _ format: Format) -> [UInt8] {
    switch format {
    case .json: json(record).bytes + [UInt8(ascii: "\n")]
    case .human(let colours): Array(human(record, colours: colours).utf8)
    }
  }

  /// `{"time", "level", "module", "message", "fields"}`; of fields with one name the last stays.
  package static func json(_ record: LogRecord) -> JSON {
    var object: JSONObject = [
      "time": record.time.json, "level": .string(record.level.description),
      "module": .string(record.module), "message": .string(cut(record.message)),
    ]
    var fields = JSONObject()
    for field in record.fields { fields[field.name] = .string(cut(field.value)) }
    if !fields.isEmpty { object["fields"] = .object(fields) }
    return .object(object)
  }

  private static func human(_ record: LogRecord, colours: Bool) -> String {
    let level = record.level.description
    var padding = String(repeating: " ", count: max(0, 7 - level.utf8.count))
    padding += " "
    var line = colours ? "\u{1B}[2m\(record.time)\u{1B}[0m " : "\(record.time) "
    line += colours ? "\(colour(record.level))\(level)\u{1B}[0m" : level
    line += padding + record.module + ": " + printable(cut(record.message))
    for field in record.fields {
      line += colours ? " \u{1B}[2m\(field.name)=\u{1B}[0m" : " \(field.name)="
      line += quoted(cut(field.value))
    }
    return line + "\n"
  }

  private static func colour(_ level: LogLevel) -> String {
    switch level {
    case .trace, .debug: "\u{1B}[2m"
    case .info: "\u{1B}[32m"
    case .notice: "\u{1B}[36m"
    case .warning: "\u{1B}[33m"
    case .error: "\u{1B}[1;31m"
    }
  }

  /// As it is when it is one plain word, else as JSON has it.
  private static func quoted(_ value: String) -> String {
    let isWord =
      !value.isEmpty && value.unicodeScalars.allSatisfy { $0 != " " && $0 != "\"" && $0 != "=" }
    return printable(isWord ? value : JSON.string(value).text)
  }

  /// Nothing in a record may move the cursor or begin a line of its own.
  private static func printable(_ text: String) -> String {
    guard !text.unicodeScalars.allSatisfy(\.properties.isPrintable) else { return text }
    var printable = ""
    for scalar in text.unicodeScalars {
      if scalar.properties.isPrintable {
        printable.unicodeScalars.append(scalar)
      } else {
        printable += "\\u{\(String(scalar.value, radix: 16))}"
      }
    }
    return printable
  }

  private static func cut(_ text: String) -> String {
    guard text.utf8.count > valueBytes else { return text }
    // A character cut in two becomes one that says so.
    return String(decoding: text.utf8.prefix(valueBytes), as: UTF8.self) + "..."
  }
}

/// Colours only where a person looks: https://no-color.org.
package enum ColourRule {
  package static func allows(isTerminal: Bool, environment: [String: String]) -> Bool {
    isTerminal && environment["NO_COLOR", default: ""].isEmpty && environment["TERM"] != "dumb"
  }
}
