import Apus
import Glibc
import IO
import Primitives

/// What the process was started with.
enum Surroundings {
  static let environment = IO.Command.inheritedEnvironment

  static var workingDirectory: String {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    guard unsafe getcwd(&buffer, buffer.count) != nil else { return "/" }
    return text(buffer)
  }

  static var hostName: String {
    var buffer = [CChar](repeating: 0, count: 256)
    guard unsafe gethostname(&buffer, 255) == 0 else { return "" }
    return text(buffer)
  }

  /// The file this process runs, wherever it was found.
  static var executable: String { "/proc/self/exe" }

  private static func text(_ buffer: [CChar]) -> String {
    String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}
