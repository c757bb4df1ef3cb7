import Foundation
import IO
import Primitives
import Security
import Testing

extension TrustError {
  /// The code of the error that `body` throws; nil when it throws none or another kind.
  static func code(_ body: () throws -> Void) -> Code? {
    do {
      try body()
      return nil
    } catch { return (error as? TrustError)?.code }
  }
}

func hex(_ text: String) throws -> [UInt8] {
  try #require(Hex.decode(text.filter { !$0.isWhitespace }))
}

/// A folder of this test alone.
final class TemporaryFolder {
  let path: String
  init() throws {
    path =
      FileManager.default.temporaryDirectory
      .appending(path: "apus-security-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }
  deinit { try? FileManager.default.removeItem(atPath: path) }

  func write(_ name: String, _ text: String, mode: Int = 0o600) throws {
    _ = FileManager.default.createFile(
      atPath: "\(path)/\(name)", contents: Data(text.utf8),
      attributes: [.posixPermissions: mode])
    try FileManager.default.setAttributes(
      [.posixPermissions: mode], ofItemAtPath: "\(path)/\(name)")
  }

  func read(_ name: String) throws -> String {
    let bytes = try #require(FileManager.default.contents(atPath: "\(path)/\(name)"))
    return String(decoding: bytes, as: UTF8.self)
  }

  func names() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path).sorted()
  }

  func mode(_ name: String) throws -> Int? {
    try FileManager.default.attributesOfItem(atPath: "\(path)/\(name)")[.posixPermissions] as? Int
  }
}

/// What every way of showing a value says.
func everythingShown(_ value: Any) -> String {
  var dumped = ""
  dump(value, to: &dumped)
  return "\(value) \(String(reflecting: value)) \(dumped)"
}
