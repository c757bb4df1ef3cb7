import IO
import Primitives
import Security

/// A box's `in` folder, seen by the box as `/in`, where its keeper puts what an attempt is to read.
/// Calls block.
struct InputFolder: Sendable {
  enum Limits {
    static let entries = 100_000
    static let depth = 200
    static let pieceBytes = 1 << 20
    /// Of all files together.
    static let bytes: Int64 = 64 << 30
  }

  let path: String

  init(_ path: String) { self.path = path }

  /// Copies files and folders, for everybody in the box to read. Links are refused: what they lead
  /// to is not in the box. Stops half-way when nobody wants it any more.
  func fill(
    from source: String, limit: Int64 = Limits.bytes, while isWanted: () -> Bool = { true }
  ) throws(RuntimeError) {
    var room = limit
    do throws(SystemError) {
      _ = try Self.copy(
        try FolderHandle(source), to: try FolderHandle(path), depth: 0, &room, isWanted)
    } catch {
      throw RuntimeError(error)
    }
  }

  /// Where the program of an attempt lies that brought its own, beside what `fill` copied; with
  /// something random behind it where the inputs have one of that name.
  private static let programFolder = ".program"

  /// Copies one file, for everybody in the box to read and to start. Says where the box sees it.
  func add(program file: String, as name: String) throws(RuntimeError) -> String {
    do throws(SystemError) {
      guard try FolderHandle.look(at: file)?.kind == .file else {
        throw SystemError(.invalidInput, "the program \(file) is not a file: name one")
      }
      let folder = try FolderHandle(path)
      var place = Self.programFolder
      if try folder.info(place) != nil { place += "-" + Hex.encode(SecureRandom.bytes(8)) }
      try folder.makeFolder(place, mode: 0o755)
      let inside = try folder.folder(place)
      try inside.setMode(0o755)
      let to = try inside.file(name, .creating(mode: 0o755))
      var room = Limits.bytes
      _ = try Self.copy(try FileHandle(path: file, .reading), to: to, &room) { true }
      try to.setMode(0o755)
      return "/in/\(place)/\(name)"
    } catch {
      throw RuntimeError(error)
    }
  }

  func empty() throws(RuntimeError) {
    do throws(SystemError) {
      let folder = try FolderHandle(path)
      for entry in try folder.entries(limit: Limits.entries) { try folder.remove(entry.name) }
    } catch {
      throw RuntimeError(error)
    }
  }

  /// False when it stopped before its end.
  private static func copy(
    _ source: FolderHandle, to target: FolderHandle, depth: Int, _ room: inout Int64,
    _ isWanted: () -> Bool
  ) throws(SystemError) -> Bool {
    guard depth < Limits.depth else {
      throw SystemError(.invalidInput, "the inputs in \(source.path) lie too deep")
    }
    for entry in try source.entries(limit: Limits.entries) {
      switch entry.info.kind {
      case .folder:
        try target.makeFolder(entry.name, mode: 0o755)
        let inside = try target.folder(entry.name)
        try inside.setMode(0o755)
        let from = try source.folder(entry.name)
        guard try copy(from, to: inside, depth: depth + 1, &room, isWanted) else { return false }
      case .file:
        let from = try source.file(entry.name, .reading)
        let mode: UInt32 = entry.info.mode & 0o100 != 0 ? 0o755 : 0o644
        let to = try target.file(entry.name, .creating(mode: mode))
        guard try copy(from, to: to, &room, isWanted) else { return false }
      case .link, .other:
        throw SystemError(
          .invalidInput,
          "the input \(source.path)/\(entry.name) is neither a file nor a folder: give its target")
      }
    }
    return true
  }

  private static func copy(
    _ from: FileHandle, to: FileHandle, _ room: inout Int64, _ isWanted: () -> Bool
  ) throws(SystemError) -> Bool {
    var place: Int64 = 0
    while isWanted() {
      let bytes = try from.read(at: place, count: Limits.pieceBytes)
      if bytes.isEmpty { return true }
      room -= Int64(bytes.count)
      guard room >= 0 else {
        throw SystemError(
          .invalidInput, "the inputs are more than a box is given: give it fewer of them")
      }
      try to.write(bytes, at: place)
      place += Int64(bytes.count)
    }
    return false
  }
}
