import CSystem
import Glibc
package import Primitives
package import Security

/// Compiled modules on disk: machine code, and so each with a seal that only this node can make.
/// What has no seal of ours, or was meant for another module, is removed and never loaded.
///
/// A file is the seal (32 bytes) and the compiled form. It appears under its name when all of it is
/// on the disk; the file that was used longest ago goes first. Every call may block.
package struct WasmSeals: Sendable {
  private static let seal = MessageCode.count
  private static let unfinished = ".new"

  let folder: String
  private let key: SecretBytes
  /// Of all files.
  private let limit: Int64
  /// Of one file.
  private let fileLimit: Int

  /// Makes the folder, and removes what a crash left unfinished.
  package init(
    folder: String, key: SecretBytes, limit: Int64, fileLimit: Int
  ) throws(RuntimeError) {
    self.folder = folder
    self.key = key
    self.limit = limit
    self.fileLimit = fileLimit
    if mkdir(folder, 0o700) != 0, errno != EEXIST {
      throw RuntimeError(.failed, "the folder \(folder) cannot be made: error \(errno)")
    }
    for name in names() where name.hasSuffix(Self.unfinished) { unlink(path(name)) }
  }

  /// Nil when there is none that can be trusted.
  package func read(_ name: Digest) -> SealedImage? {
    let place = path(name.description)
    let file = open(place, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    if file < 0 { return nil }
    defer { close(file) }
    var seal = [UInt8](repeating: 0, count: Self.seal)
    guard Glibc.read(file, &seal, seal.count) == seal.count,
      // One that is too large, or that the system cannot read, is none.
      let image = try? SealedImage(after: seal.count, of: file, limit: fileLimit),
      isGood(seal, name, image)
    else {
      // Damaged, forged or sealed with another key: it is built again.
      unlink(place)
      return nil
    }
    // Used now.
    _ = apus_set_file_times(file, nil, Int64(APUS_TIME_NOW), Int64(APUS_TIME_NOW))
    return image
  }

  /// True when it is on the disk to stay. Losing it costs compiling it again.
  package func write(_ name: Digest, _ image: SealedImage) -> Bool {
    guard Int64(image.count) <= limit, image.count <= fileLimit else { return false }
    makeRoom(for: Int64(image.count + Self.seal))
    let random = Hex.encode(SecureRandom.bytes(8))
    let place = path("\(name).\(random)\(Self.unfinished)")
    let file = open(place, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    if file < 0 { return false }
    defer { close(file) }
    let isWritten =
      fill(file, seal(name, image), image) && fsync(file) == 0
      && Glibc.rename(place, path(name.description)) == 0
    if !isWritten { unlink(place) }
    return isWritten
  }

  /// False when the disk takes no more, which is no reason to refuse an attempt.
  private func fill(_ file: Int32, _ seal: [UInt8], _ image: SealedImage) -> Bool {
    do {
      try SealedImage.write(seal, to: file)
      try MappedFile(image.descriptor, "an image").withBytes { (bytes) throws(RuntimeError) in
        try SealedImage.write(bytes, to: file)
      }
      return true
    } catch {
      return false
    }
  }

  /// What the files take.
  var size: Int64 { files().reduce(0) { $0 + $1.size } }

  // MARK: Seals

  /// Over the name as well: a good file under another's name is no good.
  private func seal(_ name: Digest, _ image: SealedImage) -> [UInt8] {
    MessageCode.make(name.bytes + image.digest.bytes, key: key)
  }

  private func isGood(_ seal: [UInt8], _ name: Digest, _ image: SealedImage) -> Bool {
    ConstantTime.areEqual(seal, self.seal(name, image))
  }

  // MARK: Room

  private func makeRoom(for count: Int64) {
    let files = files().sorted { $0.used < $1.used }
    var total = files.reduce(0) { $0 + $1.size } + count
    for file in files where total > limit {
      unlink(path(file.name))
      total -= file.size
    }
  }

  private func files() -> [(name: String, size: Int64, used: Int64)] {
    names().compactMap { name in
      var status = apus_status()
      guard apus_status_of(path(name), &status) == 0 else { return nil }
      return (name, status.size, status.written)
    }
  }

  private func names() -> [String] {
    guard let stream = opendir(folder) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      if !name.hasPrefix(".") { names.append(name) }
    }
    return names
  }

  private func path(_ name: String) -> String { "\(folder)/\(name)" }
}
