import Glibc
import IO
package import Primitives

/// What ran on this machine, for its owner to read: lines of JSON in files of which the oldest go.
/// Records wait in memory for at most a second, until `flush`.
package final class AuditLog: Sendable {
  package struct Limits: Sendable {
    /// Of one file, after which another is begun.
    package var fileBytes: Int64 = 4 << 20
    package var files = 4
    /// Kinds of records that wait; more are counted only.
    package var waiting = 10_000
    package init() {}
  }

  private struct State {
    var waiting: [[String]: AuditRecord] = [:]
    var dropped = 0
  }

  private let folder: String
  private let limits: Limits
  private let state = Locked(State())
  /// One writes or reads at a time.
  private let files = Locked(())

  /// The folder is made with the first record.
  package init(folder: String, limits: Limits = Limits()) {
    self.folder = folder
    self.limits = limits
  }

  package func add(_ record: AuditRecord) {
    state.withLock { state in
      if state.waiting[record.kind] != nil {
        state.waiting[record.kind]?.add(record)
      } else if state.waiting.count < limits.waiting {
        state.waiting[record.kind] = record
      } else {
        state.dropped += 1
      }
    }
  }

  package var hasWork: Bool { state.withLock { !$0.waiting.isEmpty } }

  /// Puts what waits on the disk. Blocks.
  package func flush() throws(RuntimeError) {
    try files.withLock { _ throws(RuntimeError) in
      let (records, dropped) = state.withLock { state in
        defer { state = State() }
        return (Array(state.waiting.values), state.dropped)
      }
      if records.isEmpty { return }
      if dropped > 0 {
        Logger("Runtimes").warning(
          "attempts were too many to record", LogField("lost", Int64(dropped)))
      }
      let lines = records.sorted { $0.began < $1.began }.map { $0.json.text + "\n" }
      try append(Array(lines.joined().utf8))
    }
  }

  // MARK: - Files

  /// 0 is the one that is written.
  private func path(_ number: Int) -> String {
    number == 0 ? "\(folder)/attempts.log" : "\(folder)/attempts.\(number).log"
  }

  private func append(_ bytes: [UInt8]) throws(RuntimeError) {
    if mkdir(folder, 0o700) != 0 && errno != EEXIST { throw failure("making \(folder)") }
    let file = open(path(0), O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard file >= 0 else { throw failure("opening \(path(0))") }
    defer { close(file) }
    let size = Int64(lseek(file, 0, SEEK_END))
    // A line that a crash cut off ends here.
    var last: UInt8 = 10
    if size > 0 { pread(file, &last, 1, off_t(size - 1)) }
    let whole = last == 10 ? bytes : [10] + bytes
    var place = 0
    while place < whole.count {
      let count = whole[place...].withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
      guard count > 0 else { throw failure("writing \(path(0))") }
      place += count
    }
    fdatasync(file)
    if size + Int64(whole.count) >= limits.fileBytes { rotate() }
  }

  private func rotate() {
    for number in stride(from: limits.files - 2, through: 0, by: -1) {
      rename(path(number), path(number + 1))
    }
  }

  private func failure(_ what: String) -> RuntimeError { RuntimeError(SystemError(what)) }

  // MARK: - Reading

  /// The latest `limit` records, the oldest of them first; what waits is put on the disk before.
  /// Lines that are none are passed over. Blocks.
  package func records(
    creator: String? = nil, since: WallTime? = nil, limit: Int = .max
  ) throws(RuntimeError) -> [AuditRecord] {
    try flush()
    let texts = files.withLock { _ in
      (0..<limits.files).reversed().map { Self.text(path($0), limits.fileBytes * 2) }
    }
    var found: [AuditRecord] = []
    for text in texts {
      for line in text.split(separator: 10) {
        guard let record = Self.record(line) else { continue }
        if let creator, record.creator != creator { continue }
        if let since, record.began < since { continue }
        found.append(record)
      }
    }
    return Array(found.suffix(limit))
  }

  private static func record(_ line: ArraySlice<UInt8>) -> AuditRecord? {
    do {
      return try AuditRecord(JSONField(try JSON.parse(Array(line))))
    } catch {
      return nil
    }
  }

  private static func text(_ path: String, _ limit: Int64) -> [UInt8] {
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard file >= 0 else { return [] }
    defer { close(file) }
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    while Int64(bytes.count) < limit {
      let count = read(file, &piece, piece.count)
      if count <= 0 { break }
      bytes += piece[..<count]
    }
    return bytes
  }
}
