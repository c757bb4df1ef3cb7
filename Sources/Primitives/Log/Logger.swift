import Synchronization

/// Where records go. The assembly installs one; until then they are dropped.
package protocol LogSink: Sendable {
  func write(_ record: LogRecord)
}

/// A module's voice in the log. Cheap to make and to copy; a record below the level costs one
/// atomic read and no string.
package struct Logger: Sendable {
  package let module: String
  private let system: LogSystem

  package init(_ module: String, system: LogSystem = .shared) {
    self.module = module
    self.system = system
  }

  package func trace(_ message: @autoclosure () -> String, _ fields: LogField...) {
    log(.trace, message, fields)
  }
  package func debug(_ message: @autoclosure () -> String, _ fields: LogField...) {
    log(.debug, message, fields)
  }
  package func info(_ message: @autoclosure () -> String, _ fields: LogField...) {
    log(.info, message, fields)
  }
  package func notice(_ message: @autoclosure () -> String, _ fields: LogField...) {
    log(.notice, message, fields)
  }
  package func warning(_ message: @autoclosure () -> String, _ fields: LogField...) {
    log(.warning, message, fields)
  }
  package func error(_ message: @autoclosure () -> String, _ fields: LogField...) {
    log(.error, message, fields)
  }

  private func log(_ level: LogLevel, _ message: () -> String, _ fields: [LogField]) {
    guard system.wants(level, from: module) else { return }
    system.write(
      LogRecord(
        time: .now(), level: level, module: module, message: message(), fields: fields))
  }
}
