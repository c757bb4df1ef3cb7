import Glibc
import IO
package import Primitives

/// What ran on this machine, for its owner to read: lines of JSON in files of which the oldest go.
/// Records wait in memory until `flush`, which comes every second.
package final class AuditLog: Sendable {
  package struct Limits: Sendable {
    /// Of one file, after which another is begun.
    package var fileBytes: Int64 = 4 << 20
    package var files = 4
    /// Kinds of records that wait; more are counted only.
    package var waiting = 10_000
    /// Of one creator; what else they run is one record.
    package var waitingOfOne = 100
    package init() {}
  }

  private struct State {
    var waiting: [[String]: AuditRecord] = [:]
    /// Attempts of which there will be no record.
    var lost: UInt64 = 0

    private var kinds: [String: Int] = [:]

    mutating func add(_ record: AuditRecord, _ limits: Limits) {
      var record = record
      if waiting[record.kind] == nil, kinds[record.creator, default: 0] >= limits.waitingOfOne {
        record = record.asVarious
      }
      if waiting[record.kind] != nil {
        waiting[record.kind]?.add(record)
      } else if waiting.count < limits.waiting {
        waiting[record.kind] = record
        kinds[record.creator, default: 0] += 1
      } else {
        lost &+= record.attempts
      }
    }

    mutating func takeAll() -> [AuditRecord] {
      defer { (waiting, kinds) = ([:], [:]) }
      return waiting.values.sorted { $0.began < $1.began }
    }
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
    state.withLock { $0.add(record, limits) }
  }

  package var hasWork: Bool { state.withLock { !$0.waiting.isEmpty } }
  /// Attempts that were too many to wait, since the last time that anything was written.
  var lost: UInt64 { state.withLock { $0.lost } }

  /// Puts what waits on the disk; what cannot be put there goes on waiting. Blocks.
  package func flush() throws(RuntimeError) {
    try files.withLock { _ throws(RuntimeError) in
      var records = state.withLock { $0.takeAll() }
      if records.isEmpty { return }
      do throws(RuntimeError) {
        try append(&records)
      } catch {
        state.withLock { for record in records { $0.add(record, limits) } }
        throw error
      }
      let lost = state.withLock { state in
        defer { state.lost = 0 }
        return state.lost
      }
      if lost > 0 {
        Logger("Runtimes").warning(
          "attempts were too many to record", LogField("lost", Int64(clamping: lost)))
      }
    }
  }

  // MARK: - Files

  /// 0 is the one that is written.
  private func path(_ number: Int) -> String {
    number == 0 ? "\(folder)/attempts.log" : "\(folder)/attempts.\(number).log"
  }

  /// Takes those away that are on the disk, also when it throws.
  private func append(_ records: inout [AuditRecord]) throws(RuntimeError) {
    if mkdir(folder, 0o700) != 0 && errno != EEXIST { throw failure("making \(folder)") }
    while !records.isEmpty {
      let file = open(path(0), O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
      guard file >= 0 else { throw failure("opening \(path(0))") }
      defer { close(file) }
      let size = Int64(lseek(file, 0, SEEK_END))
      // A line that a crash cut off ends here.
      var last: UInt8 = 10
      if size > 0 { pread(file, &last, 1, off_t(size - 1)) }
      var bytes: [UInt8] = last == 10 ? [] : [10]
      var taken = 0
      while taken < records.count, taken == 0 || size + Int64(bytes.count) < limits.fileBytes {
        bytes += Array((records[taken].json.text + "\n").utf8)
        taken += 1
      }
      try write(bytes, to: file, from: size)
      records.removeFirst(taken)
      if size + Int64(bytes.count) >= limits.fileBytes { try rotate() }
    }
  }

  /// All or nothing: what comes later is to find whole lines.
  private func write(
    _ bytes: [UInt8], to file: Int32, from size: Int64
  ) throws(RuntimeError) {
    var place = 0
    while place < bytes.count {
      let count = bytes[place...].withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
      guard count > 0 else {
        let error = failure("writing \(path(0))")
        ftruncate(file, off_t(size))
        throw error
      }
      place += count
    }
    fdatasync(file)
  }

  /// Makes way for a new file. The oldest goes, but for what stays of it.
  private func rotate() throws(RuntimeError) {
    let last = limits.files - 1
    let texts = (0...last).map { text($0) }
    let kept = Self.kept(of: texts[last], newer: texts[..<last], room: limits.fileBytes / 2)
    if !kept.isEmpty { try replace(path(last - 1), with: kept + texts[last - 1]) }
    for number in stride(from: last - 1, through: 0, by: -1) {
      rename(path(number), path(number + 1))
    }
  }

  /// The latest lines of every creator, as long as all that there is of them is within their share:
  /// whoever has much written about them makes nobody else's past go.
  static func kept(of oldest: [UInt8], newer: ArraySlice<[UInt8]>, room: Int64) -> [UInt8] {
    var sizes: [String: Int64] = [:]
    for text in newer {
      for line in text.split(separator: 10) {
        if let creator = record(line)?.creator { sizes[creator, default: 0] += Int64(line.count) }
      }
    }
    let lines = oldest.split(separator: 10).compactMap { line in
      record(line).map { (creator: $0.creator, line: line) }
    }
    let share = room / Int64(max(1, Set(lines.map(\.creator)).union(sizes.keys).count))
    var kept: [ArraySlice<UInt8>] = []
    for (creator, line) in lines.reversed() {
      sizes[creator, default: 0] += Int64(line.count) + 1
      if sizes[creator, default: 0] <= share { kept.append(line) }
    }
    return kept.reversed().flatMap { $0 + [10] }
  }

  private func replace(_ path: String, with bytes: [UInt8]) throws(RuntimeError) {
    let new = "\(folder)/attempts.new"
    unlink(new)
    let file = open(new, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard file >= 0 else { throw failure("opening \(new)") }
    defer { close(file) }
    try write(bytes, to: file, from: 0)
    if rename(new, path) != 0 { throw failure("renaming \(new)") }
  }

  private func failure(_ what: String) -> RuntimeError { RuntimeError(SystemError(what)) }

  // MARK: - Reading

  /// The latest `limit` records, the oldest of them first, those that wait included. Lines that are
  /// none are passed over. Blocks.
  package func records(
    creator: String? = nil, since: WallTime? = nil, limit: Int = .max
  ) -> [AuditRecord] {
    try? flush()  // What cannot be put on the disk is read where it waits.
    let (texts, waiting) = files.withLock { _ in
      let texts = (0..<limits.files).reversed().map { text($0) }
      return (texts, state.withLock { $0.waiting.values.sorted { $0.began < $1.began } })
    }
    var found = texts.flatMap { $0.split(separator: 10).compactMap(Self.record) } + waiting
    found = found.filter { record in
      (creator ?? record.creator) == record.creator && (since ?? record.began) <= record.began
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

  private func text(_ number: Int) -> [UInt8] {
    let file = open(path(number), O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard file >= 0 else { return [] }
    defer { close(file) }
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    while Int64(bytes.count) < limits.fileBytes * 2 {
      let count = read(file, &piece, piece.count)
      if count <= 0 { break }
      bytes += piece[..<count]
    }
    return bytes
  }
}
