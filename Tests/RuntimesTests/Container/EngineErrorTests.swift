import Foundation
import Glibc
import Primitives
import Testing

@testable import IO
@testable import Runtimes

/// What an engine may answer, or not answer, and what the person who reads it is told.
@Suite(.timeLimit(.minutes(2))) struct EngineErrorTests {
  private static let id = String(repeating: "a1", count: 32)

  @Test(arguments: [
    (404, #"{"message":"No such image: x"}"#, RuntimeError.Code.absent, "No such image"),
    (403, #"{"message":"denied"}"#, .refused, "does not allow"),
    (409, #"{"message":"name in use"}"#, .busy, "name in use"),
    (400, #"{"message":"bad parameter"}"#, .refused, "bad parameter"),
    (
      500, #"{"message":"mkdir /var/x: no space left on device"}"#, .busy,
      "docker system prune"
    ),
    (500, "<html>", .failed, "status 500"), (200, "{\"Id\":", .damaged, "JSON"),
    (200, #"{"Id":"../../x"}"#, .damaged, "is no id"), (200, "[]", .damaged, "otherwise"),
  ])
  func `a refusal is told with what to do`(
    status: Int, body: String, code: RuntimeError.Code, words: String
  ) async throws {
    let script = try ScriptedEngine([
      ("/containers/create", ScriptedEngine.answer(status, body))
    ])
    let error = await #expect(throws: RuntimeError.self) {
      try await script.with { try await $0.create(ContainerPlan(image: "x")) }
    }
    #expect(error?.code == code)
    #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
  }

  @Test func `an error at the end of a pull is one`() async throws {
    let text = """
      {"status":"Pulling","id":"layer","progressDetail":{"current":3,"total":10}}
      {"errorDetail":{"message":"write /x: no space left on device"},"error":"no space"}
      """
    let script = try ScriptedEngine([("/images/create", ScriptedEngine.answer(200, text))])
    let steps = Locked<[ContainerEngine.Progress]>([])
    let error = await #expect(throws: RuntimeError.self) {
      try await script.with { engine in
        try await engine.pull("example.org:5000/a/b:1.2") { step in
          steps.withLock { $0.append(step) }
        }
      }
    }
    #expect(error?.message.contains("docker system prune") == true)
    #expect(steps.withLock { $0.first?.done } == 3)
    let asked = script.questions.last ?? ""
    #expect(asked.contains("fromImage=example.org%3A5000%2Fa%2Fb&tag=1.2"), "\(asked)")
  }

  @Test func `no engine, no permission and a wrong address say what to do`() async throws {
    let loops = try LoopGroup(count: 1)
    defer { loops.stop() }
    let table: [(String, RuntimeError.Code, String)] = [
      ("unix:///nowhere/docker.sock", .absent, "install docker.io"),
      ("ssh://host", .refused, "ssh -N -L"), ("tcp://192.0.2.1:2375", .refused, "of this machine"),
      ("tcp://127.0.0.1:1", .absent, "systemctl status docker"),
    ]
    for (text, code, words) in table {
      let error = await #expect(throws: RuntimeError.self) {
        try await ContainerEngine.find(["DOCKER_HOST": text], on: loops.next())
      }
      #expect(error?.code == code, "\(text)")
      #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
    }
  }

  @Test func `what is no engine is told apart`() async throws {
    let loops = try LoopGroup(count: 1)
    defer { loops.stop() }
    for answer in [
      ScriptedEngine.answer(200, "{}"), ScriptedEngine.answer(200, #"{"ApiVersion":"1.24"}"#),
      Array("SSH-2.0-OpenSSH\r\n".utf8), [],
    ] {
      let script = try ScriptedEngine([("/version", answer)])
      await #expect(throws: RuntimeError.self) {
        try await ContainerEngine.connect(to: script.address, on: loops.next())
      }
    }
  }

  @Test func `a newer engine is spoken to in its oldest words`() async throws {
    let script = try ScriptedEngine([
      ("/version", ScriptedEngine.answer(200, #"{"ApiVersion":"1.52","MinAPIVersion":"1.44"}"#))
    ])
    let version = try await script.with { $0.version }
    #expect(version.interface == "v1.44")
    #expect(version.kind == .docker)
  }

  @Test func `a stream that the engine refuses is an error`() async throws {
    let script = try ScriptedEngine([
      ("/containers/c/attach", ScriptedEngine.answer(404, #"{"message":"No such container"}"#)),
      ("/containers/d/attach", ScriptedEngine.answer(200, "")),
    ])
    try await script.with { engine in
      for name in ["c", "d"] {
        await #expect(throws: RuntimeError.self) {
          _ = try await engine.attach(name, takesInput: false)
        }
      }
    }
  }

  @Test(arguments: ["", "../x", "a/b", "a?b", ".hidden", "a b", String(repeating: "a", count: 256)])
  func `names that lead elsewhere are never asked for`(name: String) async throws {
    let script = try ScriptedEngine([])
    try await script.with { engine in
      await #expect(throws: RuntimeError.self) { try await engine.start(name) }
      await #expect(throws: RuntimeError.self) { try await engine.remove(name) }
    }
    #expect(script.questions == ["/version"])
  }

  @Test func `a list is read as an enemy's`() throws {
    let good: JSON = [
      "Id": .string(Self.id), "Names": ["/x"], "Labels": ["a": "b"], "State": "running",
      "Config": .object(JSONObject()),
    ]
    #expect(try ContainerSummary(JSONField(good)).name == "x")
    var random = SplitMix(seed: 3)
    let text = """
      {"Id":"\(Self.id)","State":{"Running":false,"Pid":7,"ExitCode":3,"OOMKilled":true},\
      "Config":{"Labels":{"x":"y"}},"NetworkSettings":{"Ports":{"22/tcp":[{"HostPort":"99"}]}}}
      """
    let state = try ContainerState(JSON.parse(Array(text.utf8)))
    #expect(state.status == 3 && state.hadNoMemory && state.process == nil)
    #expect(state.bindings.map(\.hostPort) == [99])
    for _ in 0..<3000 {
      var bytes = Array(text.utf8)
      for _ in 0..<2 {
        bytes[Int(random.next() % UInt64(bytes.count))] = UInt8(random.next() % 95 + 32)
      }
      // Only that nothing traps.
      if let json = try? JSON.parse(bytes) { _ = try? ContainerState(json) }
    }
  }
}
