import CSystem
import Glibc

extension WorkFolder {
  /// How `/work` stands when nothing is in it: whether anything was done to it takes four calls
  /// then, and not the forty of a listing.
  ///
  /// The size of a folder of tmpfs is the number of its names, each worth the same. So a folder of
  /// the size for three names, in which the three are found, has no other; and one of the size of
  /// an empty folder is empty.
  struct Standing: Equatable {
    private struct Place: Equatable {
      var device: UInt64
      var inode: UInt64
      var links: UInt64
      var mode: UInt32
      var size: Int64

      init?(_ path: String) {
        var status = apus_status()
        guard apus_status_of(path, &status) == 0 else { return nil }
        device = status.device
        inode = status.inode
        links = status.links
        mode = status.mode
        size = status.size
      }
    }

    private let places: [Place]

    /// Of an emptied folder; nil where the sizes of folders do not tell.
    static func ofEmpty() -> Self? {
      guard let empty = look() else { return nil }
      let trial = "\(path)/tmp/trial"
      guard mkdir(trial, 0o700) == 0 else { return nil }
      let other = look()
      guard rmdir(trial) == 0, let other, other.places[tmp].size != empty.places[tmp].size,
        look() == empty
      else { return nil }
      return empty
    }

    /// Nil when something is missing.
    static func look() -> Self? {
      let places = Self.paths.compactMap { Place($0) }
      return places.count == Self.paths.count ? Self(places: places) : nil
    }

    private static let paths = [path] + standing.map { "\(path)/\($0)" }
    private static let tmp = 2
  }
}
