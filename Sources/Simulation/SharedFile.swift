import CSQLite

/// The locks of one database among the connections of this process, and the memory they share.
/// SQLite's rules: sqlite.org/lockingv3.html and, for the slots, sqlite.org/walformat.html 2.3.
struct SharedFile {
  /// What one connection holds.
  private struct Holder {
    var level = SQLITE_LOCK_NONE
    var sharedSlots: UInt32 = 0
    var exclusiveSlots: UInt32 = 0
    var isMapped = false
  }

  private var holders: [ObjectIdentifier: Holder] = [:]
  private var regions: [UnsafeMutableRawPointer] = []

  var isUnused: Bool { holders.isEmpty && regions.isEmpty }

  mutating func lock(_ connection: ObjectIdentifier, to level: Int32) -> Bool {
    let others = holders.filter { $0.key != connection }.values
    var mine = holders[connection] ?? Holder()
    guard level > mine.level else { return true }
    switch level {
    case SQLITE_LOCK_SHARED:
      if others.contains(where: { $0.level >= SQLITE_LOCK_PENDING }) { return false }
    case SQLITE_LOCK_RESERVED:
      if others.contains(where: { $0.level >= SQLITE_LOCK_RESERVED }) { return false }
    default:
      if others.contains(where: { $0.level >= SQLITE_LOCK_RESERVED }) { return false }
      if others.contains(where: { $0.level >= SQLITE_LOCK_SHARED }) {
        // Keeps new readers out while the old ones finish.
        mine.level = SQLITE_LOCK_PENDING
        holders[connection] = mine
        return false
      }
    }
    mine.level = level
    holders[connection] = mine
    return true
  }

  mutating func unlock(_ connection: ObjectIdentifier, to level: Int32) {
    guard let held = holders[connection], held.level > level else { return }
    holders[connection]?.level = level
    forgetIfIdle(connection)
  }

  var isReserved: Bool { holders.values.contains { $0.level >= SQLITE_LOCK_RESERVED } }

  /// False when another connection is in the way.
  mutating func lockSlots(
    _ connection: ObjectIdentifier, offset: Int32, count: Int32, flags: Int32
  ) -> Bool {
    let mask = (UInt32(1) << UInt32(count) - 1) << UInt32(offset)
    var mine = holders[connection] ?? Holder()
    let others = holders.filter { $0.key != connection }.values
    let isShared = flags & SQLITE_SHM_SHARED != 0
    if flags & SQLITE_SHM_UNLOCK != 0 {
      if isShared { mine.sharedSlots &= ~mask } else { mine.exclusiveSlots &= ~mask }
    } else {
      if others.contains(where: { $0.exclusiveSlots & mask != 0 }) { return false }
      if !isShared, others.contains(where: { $0.sharedSlots & mask != 0 }) { return false }
      if isShared { mine.sharedSlots |= mask } else { mine.exclusiveSlots |= mask }
    }
    holders[connection] = mine
    return true
  }

  mutating func region(
    _ connection: ObjectIdentifier, _ number: Int, bytes: Int, extends: Bool
  ) -> UnsafeMutableRawPointer? {
    holders[connection, default: Holder()].isMapped = true
    while extends, regions.count <= number {
      let region = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 4096)
      region.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
      regions.append(region)
    }
    return number < regions.count ? regions[number] : nil
  }

  mutating func unmap(_ connection: ObjectIdentifier) {
    holders[connection]?.isMapped = false
    holders[connection]?.sharedSlots = 0
    holders[connection]?.exclusiveSlots = 0
    forgetIfIdle(connection)
    guard !holders.values.contains(where: \.isMapped) else { return }
    for region in regions { region.deallocate() }
    regions = []
  }

  private mutating func forgetIfIdle(_ connection: ObjectIdentifier) {
    guard let held = holders[connection], held.level == SQLITE_LOCK_NONE, !held.isMapped else {
      return
    }
    holders[connection] = nil
  }
}
