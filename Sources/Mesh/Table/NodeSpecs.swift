/// What a machine has, found out at start, but for what is free of its disk.
package struct NodeSpecs: Equatable, Sendable {
  package struct Graphics: Equatable, Sendable {
    package var name: String
    /// `nvidia`, `amd`, `apple`, ...
    package var vendor: String
    package var memoryBytes: UInt64

    package init(name: String, vendor: String, memoryBytes: UInt64) {
      self.name = name
      self.vendor = vendor
      self.memoryBytes = memoryBytes
    }
  }

  package var processor = ""
  package var cores = 0
  package var memoryBytes: UInt64 = 0
  /// Of the file system that holds the state folder.
  package var diskBytes: UInt64 = 0
  /// About what is free of it, a power of two: what comes and goes does not change the record.
  /// 0 when that is not known.
  package var freeDiskBytes: UInt64 = 0
  package var graphics: [Graphics] = []
  /// `linux`, `macos`.
  package var system = ""
  /// `x86_64`, `arm64`.
  package var architecture = ""

  package init() {}

  /// `told` stays unless there is less than half of it or four times as much.
  package static func coarse(freeDiskBytes free: UInt64, told: UInt64) -> UInt64 {
    if told > 0, free >= told / 2, free / 4 < told { return told }
    return free == 0 ? 0 : 1 << UInt64(63 - free.leadingZeroBitCount)
  }
}
