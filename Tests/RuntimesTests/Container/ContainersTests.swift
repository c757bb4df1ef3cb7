import Foundation
import Glibc
import Primitives
import Testing

@testable import IO
@testable import Runtimes

/// Containers for a task that outlives whoever serves them.
final class Handoff: Sendable {
  private let containers = Locked<Containers?>(nil)
  private let isGiven = Gate()

  func give(_ given: Containers) {
    containers.withLock { $0 = given }
    isGiven.open()
  }

  func take() async throws -> Containers {
    await isGiven.wait()
    return try #require(containers.withLock { $0 })
  }
}

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

  private func end(
    of attempt: Attempt, _ handoff: Handoff
  ) async throws -> RuntimeError.Code? {
    let containers = try await handoff.take()
    do throws(RuntimeError) {
      _ = try await containers.run(attempt)
      return nil
    } catch {
      return error.code
    }
  }

  @Test func `what a killed node left is removed, whatever one of it does`() async throws {
    let list = Self.ids.map {
      #"{"Id":"\#($0)","Names":["/x"],"Labels":{"org.apus.node":"n","org.apus.kind":"attempt"}}"#
    }.joined(separator: ",")
    let script = try ScriptedEngine([
      ("/containers/json", ScriptedEngine.answer(200, "[\(list)]")),
      ("/containers/\(Self.ids[0])", ScriptedEngine.answer(500, #"{"message":"busy"}"#)),
      ("/containers/\(Self.ids[1])", ScriptedEngine.answer(200, "")),
    ])
    try await serving(script) { containers in
      async let first = containers.engine()
      async let second = containers.engine()
      let engines = try await (first, second)
      #expect(engines.0 === engines.1)
    }
    let removed = script.questions.filter { $0.contains("force=true") }
    #expect(removed.count == 2 && removed.last?.contains(Self.ids[1]) == true, "\(removed)")
    #expect(script.questions.filter { $0.contains("/containers/json") }.count == 1)
  }

  @Test func `for others than the owner only what the owner named is fetched`() async throws {
    let script = try ScriptedEngine([("/images/create", ScriptedEngine.answer(200, ""))])
    let asks = { @Sendable in script.questions.filter { $0.contains("/images/create") }.count }
    try await serving(script) { containers in
      let ticket = AttemptTicket(1)
      for pulls in [false, true] {
        let error = await #expect(throws: RuntimeError.self) {
          try await containers.run(attempt(), ticket, on: nil, pulls: pulls, nil, nil)
        }
        #expect(error?.code == .absent && asks() == (pulls ? 1 : 0), "\(error?.message ?? "")")
      }
    }
  }

  @Test func `the time to get an image is the attempt's`() async throws {
    let script = try ScriptedEngine([("/images/create", ScriptedEngine.silence)])
    let result = try await serving(script) { try await $0.run(attempt(.milliseconds(300))) }
    #expect(result.ending == .timedOut)
  }

  @Test func `the node's end ends what waits for an image`() async throws {
    let script = try ScriptedEngine([("/images/create", ScriptedEngine.silence)])
    let handoff = Handoff()
    async let code = end(of: attempt(), handoff)
    try await serving(script) { containers in
      handoff.give(containers)
      while !script.questions.contains(where: { $0.contains("/images/create") }) {
        await Task.yield()
      }
    }
    #expect(try await code == .cancelled)
  }

  @Test func `a container that cannot be removed counts until it is`() async throws {
    let script = try ScriptedEngine([
      Self.image,
      ("/containers/create", ScriptedEngine.answer(201, #"{"Id":"\#(Self.ids[0])"}"#)),
      ("/containers/apus-", ScriptedEngine.answer(500, #"{"message":"it hangs"}"#)),
    ])
    try await serving(script) {
      $0.limits.containers = 1
      $0.limits.grace = .milliseconds(100)
    } _: { containers in
      let first = await #expect(throws: RuntimeError.self) {
        try await containers.run(attempt())
      }
      #expect(first?.code == .failed && containers.reports.count == 1)
      let second = await #expect(throws: RuntimeError.self) {
        try await containers.run(attempt())
      }
      #expect(second?.code == .busy, "\(second?.message ?? "")")
    }
    // And is tried again.
    #expect(script.questions.filter { $0.contains("force=true") }.count >= 2)
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
      do {
        try await engine.copyOut(of: "c", path: "/x", limit: 10) { (_) throws(RuntimeError) in }
        return true
      } catch {
        return false
      }
    }
    #expect(outcome == isGood)
  }
}
