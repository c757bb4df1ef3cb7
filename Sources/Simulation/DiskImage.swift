import Glibc
import IO
import Primitives

// # What a disk holds, and what it would hold after a power cut
//
// Every file has the bytes that its readers see and those that are on the platter; between them
// lie changes that no sync has covered. Names are the same: a new file, a rename or a removal is
// on the platter once its folder was synced. A crash keeps of all these any part: of the name
// changes the first so many, of each write any of its sectors, so torn writes come by themselves.
//
// A sync that fails leaves its changes visible and forgets that the platter lacks them, as
// Linux does: a later sync that succeeds does not bring them there.

/// A value: the same calls with the same seed come to the same disk.
struct DiskImage {
  struct File {
    var isFolder: Bool
    var mode: UInt32
    var content: [UInt8] = []
    var durable: [UInt8] = []
    var pending: [Change] = []
    /// Bytes that were discarded and take no room, until a crash: what stands there then is
    /// counted anew.
    var discarded = 0
  }

  enum Change {
    case write(offset: Int, bytes: [UInt8])
    case truncate(size: Int)
  }

  /// Takes place as a whole.
  struct NameChange {
    var assignments: [(path: String, file: Int?)]

    func touches(_ folder: String) -> Bool {
      assignments.contains { DiskImage.folder(of: $0.path) == folder }
    }
  }

  var conditions: SimulatedDisk.Conditions
  var plan: FaultPlan?
  var now = Instant(nanoseconds: 0)
  private(set) var random: SeededRandom
  private(set) var files: [File] = []
  private(set) var names: [String: Int] = [:]
  private var durableNames: [String: Int] = [:]
  private var pendingNames: [NameChange] = []
  private var usedBytes = 0
  private var locks: Set<String> = []
  /// Changes so far, of any kind.
  private(set) var changes = 0
  private(set) var hasCrashed = false
  var crashesAt: Int?
  /// Files opened before the last crash are of an older one.
  private(set) var generation = 0

  init(conditions: SimulatedDisk.Conditions, seed: UInt64) {
    self.conditions = conditions
    random = SeededRandom(seed: seed)
    files.append(File(isFolder: true, mode: 0o755))
    names = ["/": 0]
    durableNames = names
  }

  // MARK: - Names

  func number(of path: String) -> Int? { names[path] }

  mutating func open(_ path: String, _ opening: FileOpening) throws(SystemError) -> Int {
    try checkAlive(path)
    if let number = names[path] {
      if case .exclusive = opening.creation { throw SystemError(errno: EEXIST, "opening \(path)") }
      if files[number].isFolder { throw SystemError(errno: EISDIR, "opening \(path)") }
      return number
    }
    switch opening.creation {
    case .never: throw SystemError(errno: ENOENT, "opening \(path)")
    case .ifMissing(let mode), .exclusive(let mode):
      guard let folder = names[Self.folder(of: path)], files[folder].isFolder else {
        throw SystemError(errno: ENOENT, "opening \(path)")
      }
      files.append(File(isFolder: false, mode: mode))
      try change([(path, files.count - 1)], "making \(path)")
      return files.count - 1
    }
  }

  /// Without a name: gone with the crash.
  mutating func openNameless() -> Int {
    files.append(File(isFolder: false, mode: 0o600))
    return files.count - 1
  }

  mutating func makeFolders(_ path: String, mode: UInt32) throws(SystemError) {
    var folder = ""
    for part in path.split(separator: "/") {
      folder += "/\(part)"
      if let number = names[folder] {
        guard files[number].isFolder else { throw SystemError(errno: EEXIST, "making \(folder)") }
        continue
      }
      files.append(File(isFolder: true, mode: mode))
      try change([(folder, files.count - 1)], "making the folder \(folder)")
      try syncFolder(Self.folder(of: folder))
    }
  }

  mutating func rename(_ path: String, to other: String) throws(SystemError) {
    guard let number = names[path] else { throw SystemError(errno: ENOENT, "renaming \(path)") }
    try change([(path, nil), (other, number)], "renaming \(path) to \(other)")
  }

  mutating func remove(_ path: String) throws(SystemError) {
    guard let number = names[path] else { throw SystemError(errno: ENOENT, "removing \(path)") }
    if files[number].isFolder, names.keys.contains(where: { Self.folder(of: $0) == path }) {
      throw SystemError(errno: ENOTEMPTY, "removing \(path)")
    }
    usedBytes -= files[number].content.count - files[number].discarded
    try change([(path, nil)], "removing \(path)")
  }

  func list(_ folder: String) throws(SystemError) -> [String] {
    try checkAlive(folder)
    guard let number = names[folder], files[number].isFolder else {
      throw SystemError(errno: ENOENT, "listing \(folder)")
    }
    return names.keys.filter { $0 != "/" && Self.folder(of: $0) == folder }
      .map { String($0[$0.index($0.lastIndex(of: "/") ?? $0.startIndex, offsetBy: 1)...]) }
      .sorted()
  }

  mutating func syncFolder(_ folder: String) throws(SystemError) {
    if try beginChange(folder) { throw crash(folder) }
    var rest: [NameChange] = []
    for change in pendingNames {
      if change.touches(folder) {
        Self.apply(change, to: &durableNames)
      } else {
        rest.append(change)
      }
    }
    pendingNames = rest
  }

  mutating func lock(_ path: String) throws(SystemError) {
    try checkAlive(path)
    guard locks.insert(path).inserted else {
      throw SystemError(.locked(byProcess: nil), "locking \(path): somebody has it")
    }
  }

  mutating func unlock(_ path: String, generation: Int) {
    if generation == self.generation { locks.remove(path) }
  }

  // MARK: - Bytes

  mutating func read(_ file: Int, _ name: String, at offset: Int, count: Int) throws(SystemError)
    -> ArraySlice<UInt8>
  {
    try checkAlive(name)
    try failPerhaps(name)
    let content = files[file].content
    guard offset < content.count else { return [] }
    return content[offset..<min(content.count, offset + count)]
  }

  mutating func write(_ file: Int, _ name: String, _ bytes: [UInt8], at offset: Int)
    throws(SystemError)
  {
    let isLast = try beginChange(name)
    let growth = max(0, offset + bytes.count - files[file].content.count)
    guard usedBytes + growth <= conditions.capacity else {
      throw SystemError(errno: ENOSPC, "writing \(name)")
    }
    usedBytes += growth
    let write = Change.write(offset: offset, bytes: bytes)
    Self.apply(write, to: &files[file].content)
    files[file].pending.append(write)
    if isLast { throw crash(name) }
  }

  mutating func truncate(_ file: Int, _ name: String, to size: Int) throws(SystemError) {
    let isLast = try beginChange(name)
    usedBytes += size - files[file].content.count
    Self.apply(.truncate(size: size), to: &files[file].content)
    files[file].pending.append(.truncate(size: size))
    if isLast { throw crash(name) }
  }

  /// Zeros in their place, which are written in bytes of no account.
  mutating func discard(_ file: Int, _ name: String, _ range: Range<Int>) throws(SystemError) {
    let isLast = try beginChange(name)
    let range = range.clamped(to: 0..<files[file].content.count)
    let zeros = Change.write(
      offset: range.lowerBound, bytes: Array(repeating: 0, count: range.count))
    Self.apply(zeros, to: &files[file].content)
    files[file].pending.append(zeros)
    files[file].discarded += range.count
    usedBytes -= range.count
    if isLast { throw crash(name) }
  }

  mutating func sync(_ file: Int, _ name: String) throws(SystemError) {
    // The changes are lost to later syncs, too, when this one fails: see above.
    let pending = files[file].pending
    let isLast: Bool
    do throws(SystemError) {
      isLast = try beginChange(name)
    } catch {
      if !hasCrashed { files[file].pending = [] }
      throw error
    }
    if isLast { throw crash(name) }
    if conditions.lies { return }
    for change in pending { Self.apply(change, to: &files[file].durable) }
    files[file].pending = []
  }

  // MARK: - Crashes

  /// The power fails now.
  mutating func crash() { hasCrashed = true }

  /// A process that was killed, and not the machine: what it wrote is there, synced or not.
  mutating func restartProcess() {
    locks = []
    hasCrashed = false
    crashesAt = nil
    generation += 1
  }

  /// Decides what the platter kept and starts from there.
  mutating func restart() {
    let kept = pendingNames.isEmpty ? 0 : Int.random(in: 0...pendingNames.count, using: &random)
    for change in pendingNames.prefix(kept) { Self.apply(change, to: &durableNames) }
    pendingNames = []
    names = durableNames
    for number in files.indices where !files[number].isFolder {
      keepSome(of: number)
      files[number].content = files[number].durable
      files[number].discarded = 0
    }
    let named = Set(names.values)
    for number in files.indices where !named.contains(number) {
      files[number] = File(isFolder: false, mode: 0)
    }
    usedBytes = files.reduce(0) { $0 + $1.content.count }
    locks = []
    hasCrashed = false
    crashesAt = nil
    generation += 1
  }

  /// Nothing, everything, or each sector by its own luck.
  private mutating func keepSome(of number: Int) {
    let pending = files[number].pending
    files[number].pending = []
    guard !pending.isEmpty else { return }
    let mood = Int.random(in: 0..<4, using: &random)
    if mood == 0 { return }
    let chance = mood == 1 ? 1.0 : random.fraction()
    for change in pending {
      switch change {
      case .truncate:
        if random.chance(chance) { Self.apply(change, to: &files[number].durable) }
      case .write(let offset, let bytes):
        var start = 0
        while start < bytes.count {
          let next = ((offset + start) / conditions.sectorBytes + 1) * conditions.sectorBytes
          let end = min(bytes.count, next - offset)
          if random.chance(chance) {
            let part = Change.write(offset: offset + start, bytes: Array(bytes[start..<end]))
            Self.apply(part, to: &files[number].durable)
          }
          start = end
        }
      }
    }
  }

  // MARK: - Helpers

  static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return "/" }
    return String(path[..<slash])
  }

  func checkAlive(_ name: String) throws(SystemError) {
    if hasCrashed { throw SystemError(errno: EIO, "\(name): the simulated machine has crashed") }
  }

  private mutating func failPerhaps(_ name: String) throws(SystemError) {
    if conditions.errors > 0, random.chance(conditions.errors) {
      throw SystemError(errno: EIO, name)
    }
    if plan?.decide(on: .disk(node: conditions.node, path: name), now: now) == .fail {
      throw SystemError(errno: EIO, name)
    }
  }

  /// True when the power fails in the middle of this one.
  private mutating func beginChange(_ name: String) throws(SystemError) -> Bool {
    try checkAlive(name)
    try failPerhaps(name)
    changes += 1
    return changes == crashesAt
  }

  private mutating func crash(_ name: String) -> SystemError {
    hasCrashed = true
    return SystemError(errno: EIO, "\(name): the simulated machine crashed")
  }

  private mutating func change(
    _ assignments: [(path: String, file: Int?)], _ doing: String
  ) throws(SystemError) {
    let isLast = try beginChange(doing)
    let change = NameChange(assignments: assignments)
    Self.apply(change, to: &names)
    pendingNames.append(change)
    if isLast { throw crash(doing) }
  }

  private static func apply(_ change: NameChange, to names: inout [String: Int]) {
    for (path, file) in change.assignments { names[path] = file }
  }

  private static func apply(_ change: Change, to bytes: inout [UInt8]) {
    switch change {
    case .truncate(let size):
      if size <= bytes.count {
        bytes.removeLast(bytes.count - size)
      } else {
        bytes += [UInt8](repeating: 0, count: size - bytes.count)
      }
    case .write(let offset, let new):
      let end = offset + new.count
      if end > bytes.count {
        bytes += [UInt8](repeating: 0, count: end - bytes.count)
      }
      bytes.replaceSubrange(offset..<end, with: new)
    }
  }
}
