/// What a machine has, found out once at start.
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
  package var graphics: [Graphics] = []
  /// `linux`, `macos`.
  package var system = ""
  /// `x86_64`, `arm64`.
  package var architecture = ""

  package init() {}
}
