import Foundation
import Glibc
import Primitives
import Security
import Testing

@testable import IO
@testable import Runtimes

/// A folder, loops and boxes for one test.
final class BoxBench: Sendable {
  let folder: String
  let loops: LoopGroup
  let settings: BoxSettings
  private let key = SecretBytes.random(count: 32)

  /// The program whose word `box` is tested: what was built with these tests.
  static let program: String = {
    if let named = ProcessInfo.processInfo.environment["APUS_PROGRAM"] { return named }
    let places = CommandLine.arguments.map { URL(fileURLWithPath: $0).deletingLastPathComponent() }
    for place in places {
      let path = place.appendingPathComponent("apus").path
      if access(path, X_OK) == 0 { return path }
    }
    return "/nowhere/apus"
  }()

  static let groups = ControlGroups.ofThisMachine().groups

  /// Its folder is our own: a box's user could not even walk to it.
  init(
    in parent: String = "/tmp", _ change: (inout BoxSettings) -> Void = { _ in }
  ) throws {
    folder = "\(parent)/apus-boxes-\(UUID().uuidString.prefix(13))"
    try FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
    loops = try LoopGroup(count: 2)
    var settings = BoxSettings(folder: "\(folder)/boxes")
    settings.program = Self.program
    settings.groups = Self.groups
    settings.allowsUngrouped = !Self.groups.canHold
    change(&settings)
    self.settings = settings
    mkdir(settings.folder, 0o700)
  }

  deinit {
    loops.stop()
    try? FileManager.default.removeItem(atPath: folder)
  }

  func attempt(_ program: String, _ arguments: [String] = []) -> Attempt {
    var attempt = Attempt(.process, creator: "somebody", program, arguments)
    attempt.limits.time = .seconds(20)
    return attempt
  }

  func shell(_ script: String) -> Attempt { attempt("/bin/sh", ["-c", script]) }

  /// Boxes that serve for as long as `body` runs.
  func serving<Value: Sendable>(
    limits: BoxShelf.Limits = BoxShelf.Limits(), cache: WasmCache? = nil,
    sharing: Boxes.Sharing = Boxes.Sharing(), _ body: @Sendable (Boxes) async throws -> Value
  ) async throws -> Value {
    let boxes = Boxes(settings, cache: cache, limits: limits, sharing: sharing, on: loops)
    return try await boxes.serving { try await body(boxes) }
  }

  /// Compiled modules in the folder of this test, whoever opened them before.
  func cache() throws -> WasmCache {
    try WasmCache(
      folder: "\(folder)/wasm", key: key, machine: WasmCache.thisProcessor())
  }

  /// One attempt in a box of its own.
  func run(_ attempt: Attempt) async throws -> AttemptResult {
    try await serving { boxes in try await boxes.run(attempt) }
  }

  /// What of ours is left on the machine: folders of this test, and groups of no box.
  var leftovers: [String] {
    let folders = (try? FileManager.default.contentsOfDirectory(atPath: settings.folder)) ?? []
    return Self.groupsWithoutBox + folders
  }

  /// A box has its folder before its group, and for longer: a group without one was left behind,
  /// whichever test it was of.
  private static var groupsWithoutBox: [String] {
    let before = groups.ownNames()
    let kept = ControlFile.names(in: "/tmp").filter { $0.hasPrefix("apus-boxes-") }
      .flatMap { ControlFile.names(in: "/tmp/\($0)/boxes") }
    // Those of other tests may have gone while we looked.
    return groupsWithoutBox(before.intersection(groups.ownNames()), folders: kept)
  }

  static func groupsWithoutBox(_ groups: Set<String>, folders: [String]) -> [String] {
    groups.subtracting(folders.map { "apus-\($0)" })
      .filter { $0.split(separator: "-").last?.count == 16 }.sorted()
  }
}

extension AttemptResult {
  var text: String { String(decoding: output, as: UTF8.self) }
  var complaint: String { String(decoding: errors, as: UTF8.self) }
}
