import Glibc

/// What a guest holds open.
struct WasiDescriptor {
  enum Kind {
    case input
    case output(BoxStream)
    case folder(WasiFolder)
    case file(Int32)
  }

  /// The kinds of files (wasi_snapshot_preview1, `filetype`).
  enum FileType: UInt8 {
    case unknown = 0
    case block = 1
    case character = 2
    case folder = 3
    case regular = 4
    case stream = 6
    case link = 7

    init(mode: mode_t) {
      self =
        switch mode & S_IFMT {
        case S_IFBLK: .block
        case S_IFCHR: .character
        case S_IFDIR: .folder
        case S_IFREG: .regular
        case S_IFSOCK: .stream
        case S_IFLNK: .link
        default: .unknown
        }
    }
  }

  struct Flags: OptionSet {
    let rawValue: UInt16
    static let append = Flags(rawValue: 1)
    static let dataSync = Flags(rawValue: 2)
    static let nonBlocking = Flags(rawValue: 4)
    static let readSync = Flags(rawValue: 8)
    static let sync = Flags(rawValue: 16)

    var system: Int32 {
      var flags: Int32 = 0
      if contains(.append) { flags |= O_APPEND }
      if contains(.dataSync) || contains(.readSync) { flags |= O_DSYNC }
      if contains(.sync) { flags |= O_SYNC }
      return flags
    }
  }

  /// What may be done with it; told to the guest and held where it matters: reading and writing.
  struct Rights: OptionSet {
    let rawValue: UInt64
    init(rawValue: UInt64) { self.rawValue = rawValue }
    init(bits: UInt64...) { rawValue = bits.reduce(0) { $0 | 1 << $1 } }

    static let read = Rights(bits: 1)
    static let write = Rights(bits: 6)
    /// Opening for these means opening for writing: bytes, room, size.
    static let writing = Rights(bits: 6, 8, 22)
    static let setTimes = Rights(bits: 23)
    /// What streams can: flags, status, poll.
    static let stream = Rights(bits: 3, 21, 27)
    static let onFiles = Rights(bits: 0, 1, 2, 3, 4, 5, 6, 7, 8, 21, 22, 23, 27)
    static let onFolders = Rights(
      bits: 3, 4, 7, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 23, 24, 25, 26)
    /// What a read-only folder, and everything in it, is without.
    static let change = Rights(
      bits: 6, 8, 9, 10, 11, 12, 16, 17, 19, 20, 22, 23, 24, 25, 26)
  }

  var kind: Kind
  var flags: Flags = []
  var rights: Rights
  var inheriting: Rights = []

  /// The system's descriptor behind it; nil for a stream of the attempt.
  var system: Int32? {
    switch kind {
    case .input, .output: nil
    case .folder(let folder): folder.system
    case .file(let system): system
    }
  }
}

/// An open folder of a guest.
struct WasiFolder {
  struct Entry {
    var name: [UInt8]
    var inode: UInt64
    var type: WasiDescriptor.FileType
  }

  var system: Int32
  /// What the guest calls it, when it was open from the start.
  var name: String?
  var isReadOnly: Bool
  /// What was in it when the guest began to list it.
  var entries: [Entry] = []
}
