package import IO
package import Primitives

/// The latest records of a log file, for when nobody else can tell them.
package enum LogFileTail {
  /// How much of the file's end is read.
  static let bytes: Int64 = 1 << 20

  /// Lines that are no records (one cut by a crash) are left out.
  package static func read(_ path: String, disk: any Disk = RealDisk()) async throws(SystemError)
    -> [LogRecord]
  {
    let file = try await disk.open(path, .reading)
    let size = try await file.info().size
    let start = max(0, size - bytes)
    let text = String(
      decoding: try await file.read(at: start, count: Int(size - start)), as: UTF8.self)
    var lines = text.split(separator: "\n")
    if start > 0 && !lines.isEmpty { lines.removeFirst() }
    return lines.compactMap { record(String($0)) }
  }

  static func record(_ line: String) -> LogRecord? {
    // What is no record is left out, whatever is wrong with it.
    guard let json = try? JSON.parse(Array(line.utf8)), let message = json["message"]?.string,
      let level = json["level"]?.string.flatMap({ LogLevel($0) }),
      let time = json["time"]?.string.flatMap({ WallTime($0) })
    else { return nil }
    let fields = json["fields"]?.object.map { object in
      object.map { LogField($0.name, $0.value.string ?? $0.value.text) }
    }
    return LogRecord(
      time: time, level: level, module: json["module"]?.string ?? "", message: message,
      fields: fields ?? [])
  }
}
