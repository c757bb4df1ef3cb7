import CSystem
import Glibc
import IO

/// Says that there is somebody who keeps boxes in a folder, to all on the machine, whichever
/// container they are in. Ends with its process. Calls block.
final class BoxFolderLease: Sendable {
  private let descriptor: Int32

  /// Makes the folder where there is none, and removes from it what keepers left behind that are
  /// gone. What lives is left alone: beside the node, others of its owner may have boxes in it.
  init(_ folder: String) throws(RuntimeError) {
    if mkdir(folder, 0o700) != 0 && errno != EEXIST {
      throw RuntimeError(SystemError("making \(folder)"))
    }
    descriptor = apus_open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0)
    guard descriptor >= 0 else { throw RuntimeError(SystemError("opening \(folder)")) }
    // Where folders cannot be locked nobody else is known of, nor known not to be.
    let isAlone = flock(descriptor, LOCK_EX | LOCK_NB) == 0
    for name in ControlFile.names(in: folder) {
      switch ProcessMark(folderName: name)?.life {
      case .living?: continue
      case .elsewhere? where !isAlone: continue
      case .elsewhere?, .gone?, nil: BoxHome.removeFolder("\(folder)/\(name)")
      }
    }
    while flock(descriptor, LOCK_SH) != 0 && errno == EINTR {}
  }

  deinit { close(descriptor) }
}
