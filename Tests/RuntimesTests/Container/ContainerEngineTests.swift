import Foundation
import Glibc
import Primitives
import Security
import Testing

@testable import IO
@testable import Runtimes

extension ContainerTests {
  /// A plan that sleeps until it is told otherwise.
  private func sleeper(_ change: (inout ContainerPlan) -> Void = { _ in }) -> ContainerPlan {
    var plan = ContainerPlan(image: EngineLab.image)
    plan.command = [
      "sh", "-c", "echo begun; trap 'echo ended; exit 5' TERM; while :; do sleep 0.1; done",
    ]
    change(&plan)
    return plan
  }

  @Test func `an engine says who it is`() async throws {
    for lab in EngineLab.all {
      #expect(lab.engine.version.kind == lab.kind)
      #expect(lab.engine.version.interface == "v1.41")
      try await lab.engine.ping()
    }
  }

  @Test func `a service starts, is seen, followed, stopped and removed`() async throws {
    for lab in EngineLab.all {
      try await lab.serving { containers in
        let name = "service-\(lab.kind.rawValue)"
        let id = try await containers.launch(sleeper(), name: name, creator: "me")
        let engine = try await containers.engine(for: id, of: "me")
        await #expect(throws: RuntimeError.self) {
          _ = try await containers.engine(for: id, of: "you")
        }
        #expect(try await containers.services(of: "me").map(\.name) == [name])
        #expect(try await containers.services(of: "you").isEmpty)
        let text = Locked("")
        async let following: Void = engine.logs(id, follows: true) {
          (_, bytes) throws(RuntimeError) in
          text.withLock { $0 += String(decoding: bytes, as: UTF8.self) }
        }
        let usage = try await engine.usage(of: id)
        #expect(usage.memory > 0 && usage.processes > 0, "\(lab.kind) \(usage)")
        try await engine.stop(id, grace: .seconds(20))
        try await following
        #expect(text.withLock { $0 } == "begun\nended\n", "\(lab.kind)")
        #expect(try await engine.inspect(id).status == 5)
        try await engine.stop(id)
        #expect(try await engine.kill(id) == false)
        try await engine.remove(id)
        try await engine.remove(id)
        #expect(try await containers.services().isEmpty)
      }
    }
  }

  @Test func `a service outlives its node, which finds it again`() async throws {
    for lab in EngineLab.all {
      let id = try await lab.serving(node: "again") {
        try await $0.launch(sleeper(), name: "lasting", creator: "me")
      }
      let others = try await lab.serving(node: "other") { try await $0.services() }
      #expect(others.isEmpty)
      try await lab.serving(node: "again") { containers in
        let found = try await containers.services()
        #expect(found.map(\.id) == [id] && found[0].isRunning, "\(lab.kind)")
        let answers = await containers.each([id, "none"]) { (engine, one) throws(RuntimeError) in
          try await engine.remove(one)
        }
        #expect(answers.map { $0.problem?.code } == [nil, .absent])
      }
      #expect(try await lab.engine.list(labels: [:]).isEmpty)
    }
  }

  @Test func `a program in a container talks, with a terminal and without`() async throws {
    for lab in EngineLab.all {
      let id = try await lab.engine.create(sleeper())
      try await lab.engine.start(id)
      var execution = ContainerEngine.Execution(["sh", "-c", "read x; echo got $x $A; exit 7"])
      execution.takesInput = true
      execution.environment = ["A": "b"]
      var (exec, streams) = try await lab.engine.execute(execution, in: id)
      try await streams.loop.run { [streams] in
        try await streams.write(Array("word\n".utf8))
        var text: [UInt8] = []
        while let (_, bytes) = try await streams.next() { text += bytes }
        #expect(String(decoding: text, as: UTF8.self) == "got word b\n", "\(lab.kind)")
        streams.close()
      }
      #expect(try await lab.engine.status(ofExecution: exec) == 7)
      execution.command = ["sh", "-c", "test -t 0 && echo terminal"]
      execution.terminal = ContainerEngine.TerminalSize(columns: 80, rows: 24)
      (exec, streams) = try await lab.engine.execute(execution, in: id)
      try await streams.loop.run { [streams] in
        var text: [UInt8] = []
        while let (_, bytes) = try await streams.next() { text += bytes }
        #expect(String(decoding: text, as: UTF8.self) == "terminal\r\n", "\(lab.kind)")
        streams.close()
      }
      try await lab.engine.remove(id)
    }
  }

  @Test func `files go in and out of a container that may be written to`() async throws {
    for lab in EngineLab.all {
      let folder = "\(lab.folder)/copied"
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      let plan = sleeper {
        $0.mounts = [ContainerPlan.Mount(folder, at: "/work", isWritable: true)]
      }
      let id = try await lab.engine.create(plan)
      try await lab.engine.start(id)
      let entry = TarEntry(path: "a", kind: .file, mode: 0o644, size: 3)
      try await lab.engine.copyIn(
        to: id, path: "/work", [(entry: entry, bytes: Array("abc".utf8))], seconds: 0)
      await #expect(throws: RuntimeError.self) {
        let evil = TarEntry(path: "../a", kind: .file, mode: 0o644)
        try await lab.engine.copyIn(to: id, path: "/work", [(entry: evil, bytes: [])], seconds: 0)
      }
      let parts = Locked<[TarReader.Part]>([])
      try await lab.engine.copyOut(of: id, path: "/work/a", limit: 10) {
        (part) throws(RuntimeError) in parts.withLock { $0.append(part) }
      }
      #expect(parts.withLock { $0.last } == .bytes(Array("abc".utf8)), "\(lab.kind)")
      await #expect(throws: RuntimeError.self) {
        try await lab.engine.copyOut(of: id, path: "/work/a", limit: 2) {
          (_) throws(RuntimeError) in
        }
      }
      try await lab.engine.remove(id)
    }
  }

  @Test func `an image in a tar runs, and takes the name of no other`() async throws {
    for lab in EngineLab.all {
      let inputs = "\(lab.folder)/tars"
      try FileManager.default.createDirectory(atPath: inputs, withIntermediateDirectories: true)
      let before = try #require(try await lab.engine.image(EngineLab.image)).id
      let layer = try EngineLab.busybox()
      try Data(Self.saved(layer, as: EngineLab.image)).write(
        to: URL(fileURLWithPath: "\(inputs)/image.tar"))
      var attempt = lab.attempt("")
      attempt.program = "/in/image.tar"
      attempt.folder = inputs
      attempt.arguments = []
      let result = try await lab.run(attempt)
      #expect(result.text == "of the tar\n", "\(lab.kind) \(result)")
      #expect(try await lab.engine.image(EngineLab.image)?.id == before)
      try Data([1, 2, 3]).write(to: URL(fileURLWithPath: "\(inputs)/image.tar"))
      let broken = attempt
      await #expect(throws: RuntimeError.self) { _ = try await lab.run(broken) }
      #expect(try await lab.leftovers() == [])
    }
  }

  @Test func `an image's volumes have bounds, and are nobody else's`() async throws {
    for lab in EngineLab.all {
      var attempt = lab.attempt(
        "head -c 30m /dev/zero > /data/x; stat -c %s /data/x; grep ' /data ' /proc/mounts")
      let file = "\(lab.folder)/volume.tar"
      try Data(Self.saved(EngineLab.busybox(), as: "v:1", volume: "/data"))
        .write(to: URL(fileURLWithPath: file))
      attempt.file = file
      attempt.limits.fileBytes = 4 << 20
      let wanted = attempt
      try await lab.serving {
        $0.keeps = .seconds(60)
      } _: { containers in
        let result = try await containers.run(wanted)
        let lines = result.text.split(separator: "\n")
        #expect(Int64(lines.first ?? "").map { $0 <= 4 << 20 } == true, "\(lab.kind) \(result)")
        #expect(lines.last?.hasPrefix("tmpfs /data tmpfs") == true, "\(lab.kind) \(result)")
        // It cannot be emptied, so nobody gets it after.
        #expect(containers.reports.isEmpty)
      }
      #expect(try await lab.leftovers() == [])
    }
  }

  @Test func `images that came for attempts go again, the least used first`() async throws {
    for lab in EngineLab.all {
      let names = Locked<[String]>([])
      try await lab.serving {
        $0.keeps = .zero
        $0.limits.images = 2
      } _: { containers in
        for number in 0..<4 {
          let file = "\(lab.folder)/many.tar"
          try Data(Self.saved(EngineLab.busybox(), as: "many:\(number)", volume: "/v\(number)"))
            .write(to: URL(fileURLWithPath: file))
          var attempt = lab.attempt("true")
          attempt.file = file
          #expect(try await containers.run(attempt).ending.isSuccess)
          let archive = try ImageArchive(FileHandle(path: file, .reading), most: 1 << 30)
          names.withLock { $0.append(archive.name) }
        }
      }
      let all = names.withLock { $0 }
      let left = try await lab.engine.images().map(\.name).filter(all.contains)
      #expect(Set(left) == Set(all.suffix(2)), "\(lab.kind)")
    }
  }

  /// As `docker save` writes an image of one layer.
  static func saved(_ layer: [UInt8], as name: String, volume: String? = nil) -> [UInt8] {
    let volumes = volume.map { ",\"Volumes\":{\"\($0)\":{}}" } ?? ""
    let hash = { (bytes: [UInt8]) in Hex.encode(Digest.sha256(of: bytes).value.bytes) }
    let config = """
      {"architecture":"amd64","os":"linux",\
      "config":{"Cmd":["sh","-c","echo of the tar"]\(volumes)},\
      "rootfs":{"type":"layers","diff_ids":["sha256:\(hash(layer))"]},\
      "history":[{"created":"2020-01-01T00:00:00Z"}]}
      """
    let configName = "\(hash(Array(config.utf8))).json"
    let manifest = """
      [{"Config":"\(configName)","RepoTags":["\(name)"],"Layers":["one/layer.tar"]}]
      """
    let files: [(String, [UInt8])] = [
      ("manifest.json", Array(manifest.utf8)), ("repositories", Array("{}".utf8)),
      (configName, Array(config.utf8)), ("one/layer.tar", layer),
    ]
    return files.flatMap { name, bytes in
      TarEntry(path: name, kind: .file, mode: 0o644, size: Int64(bytes.count)).head(seconds: 0)
        + bytes + TarEntry.filling(Int64(bytes.count))
    } + TarEntry.end
  }

  @Test func `a template is built once`() async throws {
    for lab in EngineLab.all where lab.kind == .docker {
      let folder = "\(lab.folder)/template"
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      try "FROM {{ . }}\nCOPY said /said\nCMD [\"cat\", \"/said\"]\n".write(
        toFile: "\(folder)/Dockerfile", atomically: false, encoding: .utf8)
      try "by the template\n".write(toFile: "\(folder)/said", atomically: false, encoding: .utf8)
      let template = try ContainerTemplate(folder)
      let steps = Locked(0)
      for round in 0..<2 {
        let before = steps.withLock { $0 }
        let tag = try await lab.engine.build(
          template, base: EngineLab.image, allowsNetwork: false
        ) { _ in steps.withLock { $0 += 1 } }
        var attempt = lab.attempt("")
        attempt.program = tag
        attempt.arguments = []
        #expect(try await lab.run(attempt).text == "by the template\n")
        // The second time there is nothing to do.
        #expect((steps.withLock { $0 } == before) == (round == 1))
      }
    }
  }

  @Test func `health is told`() async throws {
    for lab in EngineLab.all where lab.kind == .docker {
      var health = ContainerPlan.Health(["sh", "-c", "exit 1"])
      health.every = .milliseconds(100)
      health.retries = 1
      let plan = sleeper { $0.health = health }
      let id = try await lab.engine.create(plan)
      try await lab.engine.start(id)
      var seen = ContainerState.Health.none
      for _ in 0..<200 where seen != .unhealthy {
        seen = try await lab.engine.inspect(id).health
        try await lab.engine.loop.run { try await lab.engine.loop.sleep(for: .milliseconds(50)) }
      }
      #expect(seen == .unhealthy)
      try await lab.engine.remove(id)
    }
  }

  @Test func `a missing image and a missing program say so`() async throws {
    for lab in EngineLab.all {
      var attempt = lab.attempt("")
      attempt.program = "not-there:1"
      let missing = attempt
      let error = await #expect(throws: RuntimeError.self) { try await lab.run(missing) }
      #expect(error?.code == .absent && error?.message.contains("not-there:1") == true)
      attempt.program = EngineLab.image
      attempt.arguments = ["/not/there"]
      let wrong = attempt
      let other = await #expect(throws: RuntimeError.self) { try await lab.run(wrong) }
      #expect(other?.message.contains("/not/there") == true, "\(lab.kind) \(other?.message ?? "")")
      #expect(try await lab.leftovers() == [])
    }
  }
}
