import Foundation
import Glibc
import Primitives
import Testing

@testable import IO
@testable import Runtimes

/// What becomes of attempts when an engine fails or says nothing.
@Suite(.timeLimit(.minutes(2))) struct ContainersTests {
  private static let ids = ["a1", "b2"].map { String(repeating: $0, count: 32) }

  private static var image: (path: String, bytes: [UInt8]) {
    ("/images/x/json", ScriptedEngine.answer(200, #"{"Id":"sha256:\#(ids[0])","Config":{}}"#))
  }

  private func serving<Value: Sendable>(
    _ script: ScriptedEngine, _ change: (inout ContainerSettings) -> Void = { _ in },
    _ body: @Sendable (Containers) async throws -> Value
  ) async throws -> Value {
    var settings = ContainerSettings(folder: "\(script.folder)/containers", node: "n")
    settings.isWanted = false
    settings.keeps = .zero
    change(&settings)
    let containers = Containers(
      settings, environment: ["DOCKER_HOST": "unix://\(script.folder)/s"],
      on: script.loops.next())
    let scope = ComponentScope()
    return try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await containers.run(scope) }
      await scope.startedGate.wait()
      let result: Result<Value, any Error>
      do { result = .success(try await body(containers)) } catch { result = .failure(error) }
      scope.stopGate.open()
      try await group.waitForAll()
      return try result.get()
    }
  }

  private func attempt(_ time: Duration = .seconds(60)) -> Attempt {
    var attempt = Attempt(.container, creator: "somebody", "x", [])
    attempt.limits.time = time
    return attempt
  }

  @Test func `a container with room that nobody bounds never runs`() async throws {
    let inspected = """
      {"Id":"\(Self.ids[0])","State":{"Running":false},"Config":{},\
      "Mounts":[{"Type":"volume","Destination":"/data"}]}
      """
    let script = try ScriptedEngine([
      Self.image,
      ("/containers/create", ScriptedEngine.answer(201, #"{"Id":"\#(Self.ids[0])"}"#)),
      ("/containers/apus-", ScriptedEngine.answer(200, inspected)),
    ])
    let error = await #expect(throws: RuntimeError.self) {
      try await serving(script) { try await $0.run(attempt()) }
    }
    #expect(error?.code == .refused && error?.message.contains("/data") == true)
    #expect(!script.questions.contains { $0.contains("/start") })
  }

  @Test(arguments: [
    (TarEntry(path: "a/x", kind: .file, mode: 0o644), true, true),
    (TarEntry(path: "a/", kind: .folder, mode: 0o755), true, true),
    (TarEntry(path: "a/x", kind: .link, mode: 0o777, target: "../y"), true, true),
    (TarEntry(path: "a/x", kind: .link, mode: 0o777, target: "../../y"), true, false),
    (TarEntry(path: "a/x", kind: .link, mode: 0o777, target: "/etc/shadow"), true, false),
    (TarEntry(path: "a/x", kind: .hardLink, mode: 0o644, target: "y"), true, false),
    (TarEntry(path: "a/x", kind: .other, mode: 0o644), true, false),
    (TarEntry(path: "../x", kind: .file, mode: 0o644), true, false),
    (TarEntry(path: "a/x", kind: .file, mode: 0o644), false, false),
  ])
  func `what is copied out leads nowhere else and is whole`(
    entry: TarEntry, isWhole: Bool, isGood: Bool
  ) async throws {
    let tar = entry.head(seconds: 0) + (isWhole ? TarEntry.end : [])
    let script = try ScriptedEngine([
      ("/containers/c/archive", ScriptedEngine.answer(200, String(decoding: tar, as: UTF8.self)))
    ])
    let outcome = try await script.with { engine in
      do throws(RuntimeError) {
        try await engine.copyOut(of: "c", path: "/x", limit: 10) { (_) throws(RuntimeError) in }
        return true
      } catch {
        return false
      }
    }
    #expect(outcome == isGood)
  }
}
