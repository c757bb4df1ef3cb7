// # The disk
//
// Everything that keeps bytes does it through this seam, so that a simulated disk can fail,
// fill up or lose what was not synced at any call. The real one runs each call on a thread that
// may block.
//
// Terms: a file is *synced* when its bytes survive a power cut, a folder when the names in it
// do. A new file needs both, and so does a rename: `replace` does it in the right order.
//
// Paths are UTF-8 text. A symbolic link as the last part of a path is refused unless the caller
// asks to follow it: a state folder is no place for somebody else's links.

/// Files and folders. Every call may take as long as the device does.
package protocol Disk: Sendable {
  /// Opens or makes a regular file; anything else at that path is refused.
  func open(_ path: String, _ opening: FileOpening) async throws(SystemError) -> any DiskFile

  /// What is at the path (a link itself, not its target); nil when nothing is.
  func info(_ path: String) async throws(SystemError) -> FileInfo?

  /// The names in a folder, sorted. More than `limit` are an error. Names that are not UTF-8
  /// are left out: nothing of ours has one.
  func list(_ folder: String, limit: Int) async throws(SystemError) -> [String]

  /// Makes the folder and those above it that are missing, and syncs each into its parent.
  /// One that is there already keeps its mode.
  func makeFolders(_ path: String, mode: UInt32) async throws(SystemError)

  /// Atomically gives a file another name, replacing what had it.
  func rename(_ path: String, to other: String) async throws(SystemError)

  /// Removes a file or an empty folder.
  func remove(_ path: String) async throws(SystemError)

  /// Makes the names in a folder survive a power cut.
  func syncFolder(_ folder: String) async throws(SystemError)

  /// Takes the advisory lock that this file stands for and writes our process number into it.
  /// Held by another, it fails at once with `.locked(byProcess:)`. Held until `release`, the
  /// last reference or the end of the process, however that comes about.
  func lock(_ path: String) async throws(SystemError) -> any DiskLock
}

/// An open regular file, closed with its last reference. Calls may overlap.
package protocol DiskFile: AnyObject, Sendable {
  func info() async throws(SystemError) -> FileInfo

  /// Up to `count` bytes; fewer only at the end of the file.
  func read(at offset: Int64, count: Int) async throws(SystemError) -> [UInt8]

  /// The same into memory that is there already. Nobody touches the buffer meanwhile.
  func read(into buffer: PageBuffer, at offset: Int64, count: Int) async throws(SystemError)

  /// Writes everything, or throws with an unknown part of it written.
  func write(_ bytes: [UInt8], at offset: Int64) async throws(SystemError)

  /// The same for less, of bytes that nobody is about to read.
  func write(_ buffer: PageBuffer, at offset: Int64) async throws(SystemError)

  /// These bytes are zeros from here on, and take no room where the file system knows holes.
  func discard(_ range: Range<Int64>) async throws(SystemError)

  func truncate(to size: Int64) async throws(SystemError)

  /// Makes the bytes survive a power cut. After a failure nothing is known about what was
  /// written since the last success: write it again elsewhere.
  func sync() async throws(SystemError)
}

package protocol DiskLock: AnyObject, Sendable {
  func release()
}

/// How to open a file.
package struct FileOpening: Sendable, Equatable {
  package enum Creation: Sendable, Equatable {
    case never
    case ifMissing(mode: UInt32)
    /// Fails with `.alreadyExists` when something is there.
    case exclusive(mode: UInt32)
  }

  package var writes: Bool
  package var creation: Creation
  package var followsLinks: Bool

  package init(writes: Bool, creation: Creation = .never, followsLinks: Bool = false) {
    self.writes = writes
    self.creation = creation
    self.followsLinks = followsLinks
  }

  package static let reading = FileOpening(writes: false)
  package static let writing = FileOpening(writes: true)

  package static func creating(mode: UInt32) -> FileOpening {
    FileOpening(writes: true, creation: .exclusive(mode: mode))
  }
}
