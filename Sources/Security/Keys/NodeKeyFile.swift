import Glibc
import IO
import Primitives

// # The key file
//
// `node.key` in the state folder, mode 0600, three lines:
//
//     apus-node-key 1
//     id <NodeID>
//     seed <64 hexadecimal digits>
//
// The id line lets a damaged seed be told from another node's. A new file is written under a
// temporary name, synced, renamed, and the folder is synced: whenever the process dies, the
// folder holds either no key (perhaps a temporary, removed at the next start) or a whole one.
// The folder is locked meanwhile, so that two starts at once end with one key.

/// Where a node's private key is kept.
package struct NodeKeyFile: Sendable {
  package static let name = "node.key"
  private static let temporaryName = "node.key.new"
  private static let header = "apus-node-key 1"
  /// A longer file is none of ours.
  private static let maximumBytes = 1024

  /// The points between which a crash can fall.
  enum Step: Int, CaseIterable, Sendable, Codable {
    case locked, created, written, synced, renamed, folderSynced
  }

  private let folder: String
  package var path: String { "\(folder)/\(Self.name)" }
  private var temporaryPath: String { "\(folder)/\(Self.temporaryName)" }

  package init(folder: String) { self.folder = folder }

  /// The key in the folder, made now when there is none. Blocks on the disk for a moment.
  package func loadOrCreate() throws(TrustError) -> SigningKey {
    try loadOrCreate { _ in }
  }

  func loadOrCreate(after step: (Step) -> Void) throws(TrustError) -> SigningKey {
    let folderDescriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard folderDescriptor >= 0 else { throw failed("opening the state folder \(folder)") }
    defer { close(folderDescriptor) }
    while flock(folderDescriptor, LOCK_EX) != 0 {
      guard errno == EINTR else { throw failed("locking the state folder \(folder)") }
    }
    step(.locked)
    if let key = try load() { return key }
    let key = SigningKey()
    try write(key, after: step)
    step(.renamed)
    guard fsync(folderDescriptor) == 0 else { throw failed("syncing the state folder \(folder)") }
    step(.folderSynced)
    return key
  }

  /// The key in the folder; nil when there is none. Refuses a file that others can read or change.
  package func load() throws(TrustError) -> SigningKey? {
    let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else {
      switch errno {
      case ENOENT: return nil
      case ELOOP: throw exposed("is a symbolic link; put the file itself there")
      default: throw failed("opening \(path)")
      }
    }
    defer { close(descriptor) }
    try checkProtection(descriptor)
    var text = [UInt8](repeating: 0, count: Self.maximumBytes + 1)
    let count = Glibc.read(descriptor, &text, text.count)
    guard count >= 0 else { throw failed("reading \(path)") }
    return try parse(String(decoding: text.prefix(count), as: UTF8.self))
  }

  private func checkProtection(_ descriptor: Int32) throws(TrustError) {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw failed("looking at \(path)") }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw exposed("is no regular file; move it away, and a new key is made at the next start")
    }
    guard status.st_uid == geteuid() else {
      let (owner, user) = (status.st_uid, geteuid())
      throw exposed("belongs to user \(owner), not to \(user); run: chown \(user) \(path)")
    }
    let mode = status.st_mode & 0o777
    guard mode & 0o077 == 0 else {
      throw exposed(
        "is open to other users (mode \(String(mode, radix: 8))); run: chmod 600 \(path)")
    }
  }

  private func parse(_ text: String) throws(TrustError) -> SigningKey {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    guard lines.count == 4, lines[3].isEmpty, lines[1].hasPrefix("id "),
      lines[2].hasPrefix("seed "), let seed = Hex.decode(lines[2].dropFirst(5)), seed.count == 32
    else { throw damaged("is damaged or empty") }
    guard lines[0] == Self.header else {
      throw damaged("is of a version this program does not know")
    }
    let key = try SigningKey(seed: SecretBytes(seed))
    guard lines[1].dropFirst(3) == key.id.description else {
      throw damaged("is damaged: its seed does not belong to its id")
    }
    return key
  }

  // MARK: - Writing

  private func write(_ key: SigningKey, after step: (Step) -> Void) throws(TrustError) {
    // Left by a process that died; under the lock it can be nobody else's.
    guard unlink(temporaryPath) == 0 || errno == ENOENT else {
      throw failed("removing \(temporaryPath)")
    }
    let descriptor = open(
      temporaryPath, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw failed("creating \(temporaryPath)") }
    defer { close(descriptor) }
    step(.created)
    // The process's umask may have taken more away than others' permissions.
    guard fchmod(descriptor, 0o600) == 0 else { throw failed("protecting \(temporaryPath)") }
    let seed = key.seed.withBytes { Hex.encode($0) }
    try writeAll(Array("\(Self.header)\nid \(key.id)\nseed \(seed)\n".utf8), descriptor)
    step(.written)
    guard fsync(descriptor) == 0 else { throw failed("syncing \(temporaryPath)") }
    step(.synced)
    guard rename(temporaryPath, path) == 0 else { throw failed("renaming \(temporaryPath)") }
  }

  private func writeAll(_ bytes: [UInt8], _ descriptor: Int32) throws(TrustError) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0 {
        if errno == EINTR { continue }
        throw failed("writing \(temporaryPath)")
      }
      rest = rest.dropFirst(count)
    }
  }

  // MARK: - Errors

  private func failed(_ doing: String) -> TrustError {
    TrustError(.keyFileFailed, "the node key is out of reach", cause: SystemError(doing))
  }

  private func exposed(_ what: String) -> TrustError {
    TrustError(.exposedKeyFile, "\(path) \(what)")
  }

  private func damaged(_ what: String) -> TrustError {
    TrustError(
      .invalidKeyFile,
      "\(path) \(what); restore it from a copy, or move it away to start as a new node")
  }
}
