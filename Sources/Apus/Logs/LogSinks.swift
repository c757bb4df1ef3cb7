package import Primitives

/// Writes records as lines to one output, on a thread of its own.
package final class LineSink<Output: LineOutput>: LogSink {
  private let format: LogLine.Format
  private let queue: LineQueue<Output>

  package init(
    name: String, output: Output, format: LogLine.Format,
    limits: LineQueue<Output>.Limits = .init()
  ) {
    self.format = format
    queue = LineQueue(name: name, output: output, limits: limits) { lost in
      LogLine.text(
        LogRecord(
          time: .now(), level: .warning, module: "Log",
          message: "records were lost: the output was full or too slow",
          fields: [LogField("records", lost)]),
        format)
    }
  }

  package func write(_ record: LogRecord) { queue.append(LogLine.text(record, format)) }

  /// Returns when everything written before is out or lost. Call it before the process ends.
  package func flush() async { await queue.flush() }
}

extension LineSink where Output == DescriptorOutput {
  /// Standard error.
  package convenience init(console format: LogLine.Format) {
    self.init(name: "log-console", output: DescriptorOutput(2), format: format)
  }
}

extension LineSink where Output == RotatingFile {
  /// A rotated file of JSON lines.
  package convenience init(file path: String, limits: RotatingFile.Limits = .init()) {
    self.init(
      name: "log-file", output: RotatingFile(path: path, limits: limits), format: .json)
  }
}

/// Writes every record to several sinks, in their order.
package struct FanOutSink: LogSink {
  private let sinks: [any LogSink]

  package init(_ sinks: [any LogSink]) { self.sinks = sinks }

  package func write(_ record: LogRecord) {
    for sink in sinks { sink.write(record) }
  }
}
