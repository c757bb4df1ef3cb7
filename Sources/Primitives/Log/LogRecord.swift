/// How much a record matters. The order is the order of the cases.
package enum LogLevel: Int, Sendable, Comparable, CaseIterable, CustomStringConvertible {
  case trace, debug, info, notice, warning, error

  package init?(_ name: String) {
    guard let level = Self.allCases.first(where: { $0.description == name }) else { return nil }
    self = level
  }

  package var description: String {
    switch self {
    case .trace: "trace"
    case .debug: "debug"
    case .info: "info"
    case .notice: "notice"
    case .warning: "warning"
    case .error: "error"
    }
  }

  package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// One line of the log. Fields carry what varies, so that the message stays constant and
/// repeats can be recognised. Never put a secret into either.
package struct LogRecord: Sendable, Equatable {
  package var time: WallTime
  package var level: LogLevel
  package var module: String
  package var message: String
  package var fields: [LogField]

  package init(
    time: WallTime, level: LogLevel, module: String, message: String, fields: [LogField] = []
  ) {
    self.time = time
    self.level = level
    self.module = module
    self.message = message
    self.fields = fields
  }
}

package struct LogField: Sendable, Equatable {
  package var name: String
  package var value: String

  package init(_ name: String, _ value: some CustomStringConvertible) {
    self.name = name
    self.value = value.description
  }
}
