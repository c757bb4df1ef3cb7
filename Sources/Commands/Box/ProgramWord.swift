import Glibc
import IO
import Runtimes

/// What the first word of a command line to run names.
struct ProgramWord {
  let runtime: Runtime
  /// By which the box finds it.
  let program: String
  /// The file that is carried into the box; nil for a program of the system.
  let file: String?

  /// Folders that every box for programs sees.
  private static let systemFolders = ["/usr/", "/bin/", "/sbin/", "/lib/", "/lib64/"]

  /// `runtime` is what the user said; nil looks at the file.
  init(_ word: String, runtime: Runtime?) throws(RuntimeError) {
    if runtime == .container {
      self.runtime = .container
      program = word
      file = try Self.imageFile(word)
      return
    }
    let path = Self.target(of: FilePath.absolute(word))
    let beginning = try Self.beginning(of: path)
    self.runtime = runtime ?? Runtime(ofFile: word, beginning: beginning ?? [])
    program = word
    let isFound = beginning != nil
    guard self.runtime == .process else {
      guard isFound else {
        throw RuntimeError(
          .absent, "there is no file \(path), which \(self.runtime.name) is to run")
      }
      file = path
      return
    }
    if !word.contains("/") || Self.systemFolders.contains(where: { word.hasPrefix($0) }) {
      file = nil
      return
    }
    guard isFound else { throw RuntimeError(.absent, "there is no program \(path)") }
    file = path
  }

  /// Of an image that was saved, or a folder with a Dockerfile; nil for the name of one, which may
  /// have slashes too.
  private static func imageFile(_ word: String) throws(RuntimeError) -> String? {
    let isPath = ["/", "./", "../"].contains { word.hasPrefix($0) } || word == "." || word == ".."
    if !isPath { return nil }
    let path = target(of: FilePath.absolute(word))
    do throws(SystemError) {
      guard let info = try FolderHandle.look(at: path), [.file, .folder].contains(info.kind) else {
        throw SystemError(
          .notFound, "there is neither an image nor a folder with a Dockerfile at \(path)")
      }
    } catch {
      throw RuntimeError(error)
    }
    return path
  }

  /// Where links lead; the path itself when that is nowhere.
  private static func target(of path: String) -> String {
    guard let found = unsafe realpath(path, nil) else { return path }
    defer { unsafe free(found) }
    return unsafe String(cString: found)
  }

  /// Nil when there is no such file.
  private static func beginning(of path: String) throws(RuntimeError) -> [UInt8]? {
    do throws(SystemError) {
      guard let info = try FolderHandle.look(at: path), info.kind == .file else { return nil }
      return try FileHandle(path: path, .reading).read(at: 0, count: Runtime.wasmMagic.count)
    } catch {
      throw RuntimeError(error)
    }
  }
}
