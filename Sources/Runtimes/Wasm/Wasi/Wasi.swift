import Glibc

/// WASI preview 1, as one attempt meets it: what the guest was given, what it holds open, and
/// how it came to stop.
///
/// Written by us rather than taken from the engine, whose own runs on threads of an asynchronous
/// runtime (no box needs any), writes output from one of those, so that no limit can stop a guest
/// at its write, and shows inodes, times and orders of the machine, which no two machines share.
/// Here every call is a plain system call on the guest's thread. Paths never leave their folder:
/// each is resolved by openat2(2) beneath it.
final class Wasi {
  /// A folder that a guest finds open.
  struct Folder {
    /// The path on this side.
    var path: String
    /// What the guest calls it.
    var name: String
    var isReadOnly: Bool

    init(_ path: String, as name: String, isReadOnly: Bool = false) {
      self.path = path
      self.name = name
      self.isReadOnly = isReadOnly
    }
  }

  struct Limits {
    var descriptors = 1024
    /// Files of one listed folder.
    var entries = 1 << 20
    /// What one poll asks for.
    var subscriptions: UInt32 = 1024
    /// A path.
    var pathBytes: UInt32 = 4096
    init() {}
  }

  /// Why the guest must not go on.
  enum Stop {
    case exited(Int32)
    case outputLimit
    /// The keeper of the box is gone.
    case failed(RuntimeError)
  }

  let arguments: [[UInt8]]
  let environment: [[UInt8]]
  let limits: Limits
  var world: WasiWorld
  var descriptors: [WasiDescriptor?]
  /// Set once; the call that sets it ends in a trap.
  private(set) var stop: Stop?

  private let input: [UInt8]
  private var inputRead = 0
  private let send: (BoxStream, UnsafeRawBufferPointer) throws(RuntimeError) -> Bool
  /// Which number a seeded guest is told for each inode that it met, in that order.
  private var inodes: [[UInt64]: UInt64] = [:]

  /// `send` passes output on, and says false when there was no room for all of it.
  init(
    _ attempt: BoxAttempt, folders: [Folder], limits: Limits = Limits(),
    send: @escaping (BoxStream, UnsafeRawBufferPointer) throws(RuntimeError) -> Bool
  ) throws(RuntimeError) {
    let texts = [attempt.program] + attempt.arguments
    arguments = texts.map { Array($0.utf8) + [0] }
    // In the order of their names, so that every machine gives the same.
    environment = attempt.environment.sorted { $0.key < $1.key }
      .map { Array("\($0.key)=\($0.value)".utf8) + [0] }
    guard (arguments + environment).allSatisfy({ $0.firstIndex(of: 0) == $0.count - 1 }) else {
      throw RuntimeError(.refused, "an argument or a variable holds a null character")
    }
    self.limits = limits
    self.send = send
    input = attempt.input
    world = WasiWorld(seed: attempt.seed)
    descriptors = [
      WasiDescriptor(kind: .input, rights: [.stream, .read]),
      WasiDescriptor(kind: .output(.output), rights: [.stream, .write]),
      WasiDescriptor(kind: .output(.errors), rights: [.stream, .write]),
    ]
    for folder in folders { try open(folder) }
  }

  deinit {
    for case let descriptor? in descriptors { close(descriptor) }
  }

  private func open(_ folder: Folder) throws(RuntimeError) {
    let system = Glibc.open(folder.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    if system < 0 {
      throw RuntimeError(.failed, "the folder \(folder.path) cannot be opened: error \(errno)")
    }
    // A guest that asks to write to a read-only folder is told so when it asks, as on any system,
    // rather than that nobody can.
    descriptors.append(
      WasiDescriptor(
        kind: .folder(
          WasiFolder(system: system, name: folder.name, isReadOnly: folder.isReadOnly)),
        rights: .onFolders, inheriting: .onFolders.union(.onFiles)))
  }

  // MARK: Descriptors

  subscript(_ number: UInt32) -> WasiDescriptor {
    get throws(WasiErrno) {
      guard number < descriptors.count, let descriptor = descriptors[Int(number)] else {
        throw .badDescriptor
      }
      return descriptor
    }
  }

  func folder(_ number: UInt32) throws(WasiErrno) -> WasiFolder {
    guard case .folder(let folder) = try self[number].kind else { throw .notFolder }
    return folder
  }

  /// The lowest free number, as everywhere.
  func insert(_ descriptor: WasiDescriptor) throws(WasiErrno) -> UInt32 {
    if let free = descriptors.firstIndex(where: { $0 == nil }) {
      descriptors[free] = descriptor
      return UInt32(free)
    }
    if descriptors.count >= limits.descriptors {
      close(descriptor)
      throw .tooManyDescriptors
    }
    descriptors.append(descriptor)
    return UInt32(descriptors.count - 1)
  }

  func close(_ descriptor: WasiDescriptor) {
    if let system = descriptor.system { Glibc.close(system) }
  }

  // MARK: Streams

  /// The next bytes of standard input; fewer when it ends.
  func readInput(_ bytes: UnsafeMutableRawBufferPointer) -> Int {
    let count = min(bytes.count, input.count - inputRead)
    if count > 0 { bytes.copyBytes(from: input[inputRead..<inputRead + count]) }
    inputRead += count
    return count
  }

  var inputLeft: Int { input.count - inputRead }

  func writeOutput(_ stream: BoxStream, _ bytes: UnsafeRawBufferPointer) throws(WasiErrno) {
    do {
      if try !send(stream, bytes) { throw halt(.outputLimit) }
    } catch let error as RuntimeError {
      throw halt(.failed(error))
    } catch {
      throw .io
    }
  }

  // MARK: Stopping

  /// Ends the guest: what it is told no longer matters.
  func halt(_ stop: Stop) -> WasiErrno {
    if self.stop == nil { self.stop = stop }
    return .io
  }

  // MARK: What a seed hides

  func inode(device: UInt64, number: UInt64) -> UInt64 {
    guard world.isSeeded else { return number }
    let next = UInt64(inodes.count) + 1
    return inodes[[device, number]]
      ?? {
        inodes[[device, number]] = next
        return next
      }()
  }
}
