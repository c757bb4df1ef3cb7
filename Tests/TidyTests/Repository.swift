import Foundation

/// The files of the checkout this test was built from.
struct Repository {
  static let here = Repository(
    root: URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent())

  let root: URL

  func text(_ path: String) throws -> String {
    try String(contentsOf: root.appending(path: path), encoding: .utf8)
  }

  func exists(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: root.appending(path: path).path())
  }

  /// Paths below the root of all files in a folder, sorted, none when there is no such folder.
  func files(below folder: String, suffixes: [String]) -> [String] {
    let start = root.appending(path: folder)
    guard let walk = FileManager.default.enumerator(atPath: start.path()) else { return [] }
    return walk.compactMap { $0 as? String }
      .filter { name in suffixes.contains { name.hasSuffix($0) } }
      .map { folder + "/" + $0 }.filter { !isFolder($0) }.sorted()
  }

  private func isFolder(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    let file = root.appending(path: path).path()
    return FileManager.default.fileExists(atPath: file, isDirectory: &isFolder)
      && isFolder.boolValue
  }

  func folders(in folder: String) -> [String] {
    let names = try? FileManager.default.contentsOfDirectory(  // no folder, no names
      atPath: root.appending(path: folder).path())
    return (names ?? []).filter { isFolder(folder + "/" + $0) }.sorted()
  }

  func swiftSources(below folder: String) throws -> [SwiftSource] {
    try files(below: folder, suffixes: [".swift"]).map {
      SwiftSource(path: $0, text: try text($0))
    }
  }

  /// Everything people write by hand.
  var writtenFiles: [String] {
    let suffixes = [".swift", ".h", ".modulemap", ".md", ".py", ".sh", ".proto"]
    let folders = ["Sources", "Tests", "Fuzz", "docs", "proto"]
      .flatMap { files(below: $0, suffixes: suffixes) }
    let scripts = files(below: "Scripts", suffixes: [""]).filter { !$0.hasSuffix(".txt") }
    let top = [
      "Package.swift", "Makefile", "README.md", "CONTRIBUTING.md", ".editorconfig", ".swift-format",
      ".ci/run",
    ]
    return (folders + scripts + top).filter { !Rules.isGenerated($0) }
  }
}
