import Glibc

/// What a WASI function answers (wasi_snapshot_preview1, `errno`).
enum WasiErrno: UInt16, Error {
  case success = 0
  case tooBig = 1
  case access = 2
  case again = 6
  case badDescriptor = 8
  case busy = 10
  case quota = 19
  case exists = 20
  case fault = 21
  case fileTooBig = 22
  case illegalSequence = 25
  case interrupted = 27
  case invalid = 28
  case io = 29
  case isFolder = 31
  case loop = 32
  case tooManyDescriptors = 33
  case tooManyLinks = 34
  case nameTooLong = 37
  case noEntry = 44
  case noMemory = 48
  case noSpace = 51
  case noSystemCall = 52
  case notFolder = 54
  case notEmpty = 55
  case notSocket = 57
  case notSupported = 58
  case notTerminal = 59
  case noDevice = 60
  case overflow = 61
  case notPermitted = 63
  case brokenPipe = 64
  case readOnly = 69
  case illegalSeek = 70
  case textBusy = 74
  case otherDevice = 75

  private static let names: [Int32: WasiErrno] = [
    E2BIG: .tooBig, EACCES: .access, EAGAIN: .again, EBADF: .badDescriptor, EBUSY: .busy,
    EDQUOT: .quota, EEXIST: .exists, EFAULT: .fault, EFBIG: .fileTooBig, EINTR: .interrupted,
    EINVAL: .invalid, EISDIR: .isFolder, ELOOP: .loop, EMFILE: .tooManyDescriptors,
    ENFILE: .tooManyDescriptors, EMLINK: .tooManyLinks, ENAMETOOLONG: .nameTooLong,
    ENOENT: .noEntry, ENOMEM: .noMemory, ENOSPC: .noSpace, ENOSYS: .noSystemCall,
    ENOTDIR: .notFolder, ENOTEMPTY: .notEmpty, ENOTSUP: .notSupported, ENXIO: .noDevice,
    EOVERFLOW: .overflow, EPERM: .notPermitted, EPIPE: .brokenPipe, EROFS: .readOnly,
    ESPIPE: .illegalSeek, ETXTBSY: .textBusy,
    // A path that leaves its folder (openat2(2), RESOLVE_BENEATH).
    EXDEV: .notPermitted,
  ]

  /// What the system's error number is to a guest.
  init(system number: Int32) { self = Self.names[number] ?? .io }

  /// What the system said last, on this thread.
  static var last: WasiErrno { WasiErrno(system: errno) }

  /// Throws what the system said when `result` is negative.
  @discardableResult
  static func check(_ result: Int32) throws(WasiErrno) -> Int32 {
    if result < 0 { throw last }
    return result
  }

  @discardableResult
  static func check(_ result: Int) throws(WasiErrno) -> Int {
    if result < 0 { throw last }
    return result
  }
}
