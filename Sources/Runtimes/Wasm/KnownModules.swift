import CSystem
import Glibc
import IO
package import Primitives

/// Which bytes the files of modules hold, so that a file which nobody has touched since is neither
/// read nor hashed again.
///
/// That needs more than to compare times. A file is remembered only when nobody could write to it
/// while it was read (a lease, fcntl(2): whoever opens it for writing, or holds it mapped so,
/// prevents or breaks that), and when its last change lies so far back that the next one gets
/// another time: clocks of files tick every few milliseconds, on some disks every two seconds.
/// Nobody can set the time of a change (`ctime`). Where there are no leases, such as on another
/// user's file, nothing is remembered.
package final class KnownModules: Sendable {
  package struct Limits: Sendable {
    package var files = 1024
    /// How far back the last change of a file must lie, in nanoseconds.
    package var settled: Int64 = 2_500_000_000
    package init() {}
  }

  /// One state of one file.
  private struct Identity: Hashable {
    var device: UInt64
    var inode: UInt64
    var size: Int64
    var written: Int64
    var changed: Int64

    /// Nil for all but a regular file.
    init?(_ file: Int32) {
      var status = apus_status()
      guard apus_status(file, &status) == 0, status.mode & S_IFMT == S_IFREG else { return nil }
      device = status.device
      inode = status.inode
      size = status.size
      written = status.written
      changed = status.changed
    }
  }

  private struct State {
    var digests: [Identity: Digest] = [:]
    /// The first one goes first.
    var order: [Identity] = []
  }

  private let limits: Limits
  private let now: @Sendable () -> WallTime
  private let state = Locked(State())

  package init(limits: Limits = Limits(), now: @escaping @Sendable () -> WallTime = WallTime.now) {
    self.limits = limits
    self.now = now
  }

  package var count: Int { state.withLock { $0.digests.count } }

  /// Of what is in the file, when that is known without reading it.
  package func digest(of file: Int32) -> Digest? {
    guard let identity = Identity(file) else { return nil }
    return state.withLock { $0.digests[identity] }
  }

  /// Reads the file, and remembers it where that is safe; nil when it is no regular file.
  package func read(_ file: Int32, limit: Int) throws(RuntimeError) -> SealedImage? {
    guard Identity(file) != nil else { return nil }
    let isHeld = Self.hold(file)
    defer { if isHeld { Self.release(file) } }
    let before = Identity(file)
    let image = try SealedImage(of: file, limit: limit)
    guard isHeld, Self.isHeld(file), let before, before == Identity(file),
      before.size == Int64(image.count),
      before.changed < now().nanoseconds - limits.settled
    else { return image }
    remember(before, image.digest)
    return image
  }

  private func remember(_ identity: Identity, _ digest: Digest) {
    state.withLock { state in
      guard state.digests.updateValue(digest, forKey: identity) == nil else { return }
      state.order.append(identity)
      if state.order.count > limits.files {
        state.digests[state.order.removeFirst()] = nil
      }
    }
  }

  // MARK: - Leases

  private enum Lease {
    static let setSignal: Int32 = 10
    static let set: Int32 = 1024
    static let get: Int32 = 1025
  }

  /// False when somebody has it open for writing, or when the system gives us no lease on it.
  private static func hold(_ file: Int32) -> Bool {
    // What tells of its end is to end nothing: SIGIO would.
    fcntl(file, Lease.setSignal, SIGURG) == 0
      && fcntl(file, Lease.set, Int32(F_RDLCK)) == 0
  }

  private static func isHeld(_ file: Int32) -> Bool {
    fcntl(file, Lease.get, 0) == Int32(F_RDLCK)
  }

  private static func release(_ file: Int32) {
    _ = fcntl(file, Lease.set, Int32(F_UNLCK))
  }
}
