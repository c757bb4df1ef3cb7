import Apus
import Glibc
import IO
import Primitives

/// What comes in by pipe or keyboard. Reading blocks, so it is done on a thread for that.
enum StandardInput {
  static let pieceBytes = 64 << 10

  static var isTerminal: Bool { isatty(0) == 1 }

  /// The next piece; empty at the end.
  static func read() async throws(CommandError) -> [UInt8] {
    do {
      return try await BlockingPool.shared.run {
        var buffer = [UInt8](repeating: 0, count: pieceBytes)
        while true {
          let count = unsafe Glibc.read(0, &buffer, buffer.count)
          if count >= 0 { return Array(buffer.prefix(count)) }
          guard errno == EINTR else { throw SystemError("reading standard input") }
        }
      }
    } catch {
      throw CommandError("standard input cannot be read: \(error)")
    }
  }

  /// Everything up to the end.
  static func readAll(limit: Int, instead: String? = nil) async throws(CommandError) -> [UInt8] {
    var bytes: [UInt8] = []
    while true {
      let piece = try await read()
      if piece.isEmpty { return bytes }
      bytes += piece
      guard bytes.count <= limit else {
        throw CommandError(
          "standard input has more than \(ByteSize(Int64(limit)).rounded)"
            + (instead.map { ": \($0)" } ?? ""),
          code: .validationFailure)
      }
    }
  }

  /// What a person types after a question, or the first line of a pipe. `isSecret` shows nothing
  /// of it.
  static func ask(_ question: String, isSecret: Bool) async throws(CommandError) -> String {
    guard isTerminal else { return firstLine(try await readAll(limit: pieceBytes)) }
    Output.print(question, to: 2)
    var before = termios()
    let status = unsafe tcgetattr(0, &before)
    let isHidden = isSecret && status == 0
    if isHidden {
      var quiet = before
      quiet.c_lflag &= ~UInt32(ECHO)
      _ = unsafe tcsetattr(0, TCSAFLUSH, &quiet)
    }
    defer {
      if isHidden {
        _ = unsafe tcsetattr(0, TCSAFLUSH, &before)
        Output.print("\n", to: 2)
      }
    }
    return firstLine(try await read())
  }

  private static func firstLine(_ bytes: [UInt8]) -> String {
    var line = bytes.prefix { $0 != 0x0A }
    if line.last == 0x0D { line.removeLast() }
    return String(decoding: line, as: UTF8.self)
  }
}

/// Where the password of a backup comes from.
struct PasswordOptions: ParsableArguments {
  @Option(
    help: "Take the password from this file's first line instead of asking.", completion: .file)
  var passwordFile: String?

  init() {}

  func password(isNew: Bool) async throws(CommandError) -> String {
    let password: String
    if let passwordFile {
      do throws(SystemError) {
        let bytes = try await RealDisk().read(passwordFile, limit: 4096, followsLinks: true)
        password = String(decoding: bytes.prefix { $0 != 0x0A && $0 != 0x0D }, as: UTF8.self)
      } catch {
        throw CommandError(error.message, code: .validationFailure)
      }
    } else {
      password = try await StandardInput.ask("Password of the backup: ", isSecret: true)
      if isNew && StandardInput.isTerminal {
        let again = try await StandardInput.ask("The same again: ", isSecret: true)
        guard again == password else {
          throw CommandError("the two passwords differ", code: .validationFailure)
        }
      }
    }
    guard !password.isEmpty else {
      throw CommandError("the password is empty", code: .validationFailure)
    }
    return password
  }
}
