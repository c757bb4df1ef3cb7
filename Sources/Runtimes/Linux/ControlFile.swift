import CBox
import Glibc

/// The short files of /proc and of control groups, read and written in one call.
enum ControlFile {
  /// Nil when it cannot be read.
  static func read(_ path: String) -> String? {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 4096)
    while bytes.count < 1 << 20 {
      let count = Glibc.read(file, &piece, piece.count)
      if count <= 0 { break }
      bytes += piece[..<count]
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  static func number(_ path: String) -> Int64? {
    read(path).flatMap { Int64($0.prefix { !$0.isWhitespace }) }
  }

  /// The number behind a word: `oom_kill 3`.
  static func number(_ path: String, _ word: String) -> Int64? {
    for line in (read(path) ?? "").split(separator: "\n") {
      let parts = line.split(separator: " ")
      if parts.count == 2, parts[0] == word { return Int64(parts[1]) }
    }
    return nil
  }

  /// False, with `errno`, when it could not be written.
  @discardableResult
  static func write(_ text: String, to path: String) -> Bool {
    let file = open(path, O_WRONLY | O_CLOEXEC)
    guard file >= 0 else { return false }
    defer { close(file) }
    let bytes = Array(text.utf8)
    return Glibc.write(file, bytes, bytes.count) == bytes.count
  }

  /// What is in a folder; nothing when it cannot be listed.
  static func names(in folder: String) -> [String] { namesIfReadable(in: folder) ?? [] }

  static func namesIfReadable(in folder: String) -> [String]? {
    guard let stream = opendir(folder) else { return nil }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names
  }
}
