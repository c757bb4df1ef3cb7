import Foundation
import Glibc
import Primitives
import Testing

@testable import IO
@testable import Runtimes

@Suite(.serialized) struct BoxTests {
  let bench: BoxBench

  init() throws { bench = try BoxBench() }

  @Test func `a program runs and its exit arrives`() async throws {
    let result = try await bench.run(bench.shell("echo out; echo err >&2; exit 3"))
    #expect(result.ending == .exited(status: 3))
    #expect(result.text == "out\n")
    #expect(result.complaint == "err\n")
    #expect(bench.leftovers == [])
  }

  @Test func `a group that outlives its box is left over`() {
    let groups: Set = [
      "apus-1-2-0.3-0123456789abcdef", "apus-1-2-0.3-0123456789abcdee", "apus-1-2-0.3-probe",
    ]
    let left = BoxBench.groupsWithoutBox(groups, folders: ["1-2-0.3-0123456789abcdef"])
    #expect(left == ["apus-1-2-0.3-0123456789abcdee"])
  }

  @Test func `every wall stands here`() async throws {
    let reports = try await bench.serving { boxes in
      _ = try await boxes.run(bench.shell("true"))
      return boxes.reports
    }
    let layers = try #require(reports.first?.layers)
    #expect(Set(layers.map(\.layer)) == Set(BoxPlan.Layer.allCases))
    // An ordinary user has no other user to give, and perhaps no groups.
    let absent = Set(layers.filter { $0.absence != nil }.map(\.layer))
    #expect(absent.isSubset(of: geteuid() == 0 ? [] : [.user, .group]))
  }

  @Test func `devices are written to, and stay as they are`() async throws {
    let result = try await bench.run(
      bench.shell(
        "echo x > /dev/null && cut -d ' ' -f 5,6 /proc/self/mountinfo | grep '^/dev/' | sort"))
    let mounts = result.text.split(separator: "\n")
    #expect(mounts.count == MountPlan.devices.count)
    #expect(mounts.allSatisfy { $0.contains(" ro,") }, "\(result.text)")
  }

  @Test func `where programs are allowed by name, what an attempt brings is data`() async throws {
    let script = """
      cp /bin/true work; ./work && echo ran
      $(ls /lib64/ld-linux* /lib/ld-linux* | head -1) ./work && echo ran
      """
    let bench = try BoxBench { $0.rules.programs = .named(["sh"]) }
    let held = try await bench.run(bench.shell(script))
    #expect(held.text == "" && held.complaint.contains("denied"), "\(held)")
    let free = try await self.bench.run(self.bench.shell(script))
    #expect(free.text.hasPrefix("ran\n"), "\(free)")
  }

  @Test func `what dies in a box leaves no core to a program of the machine`() async throws {
    // Nothing stops one that the kernel pipes away but the limit of one byte (core(5)).
    let result = try await bench.run(bench.shell("grep core /proc/self/limits"))
    let words = result.text.split(separator: " ").map(String.init)
    #expect(words.filter { $0 == "1" }.count == 2, "\(result.text)")
  }

  @Test func `arguments, variables, input and the folder of inputs arrive`() async throws {
    var attempt = bench.shell("echo $0 $WORD; cat; cat /in/a /in/below/b; pwd")
    attempt.arguments.append("zero")
    attempt.environment = ["WORD": "a b"]
    attempt.input = Array(repeating: UInt8(ascii: "x"), count: 200_000) + [10]
    let inputs = "\(bench.folder)/inputs"
    try FileManager.default.createDirectory(
      atPath: "\(inputs)/below", withIntermediateDirectories: true)
    try "A\n".write(toFile: "\(inputs)/a", atomically: false, encoding: .utf8)
    try "B\n".write(toFile: "\(inputs)/below/b", atomically: false, encoding: .utf8)
    attempt.folder = inputs
    let result = try await bench.run(attempt)
    #expect(result.ending.isSuccess)
    let expected = "zero a b\n" + String(decoding: attempt.input, as: UTF8.self)
    #expect(result.text == expected + "A\nB\n/work\n")
  }

  @Test func `a program is carried in beside inputs of any name`() async throws {
    let inputs = "\(bench.folder)/inputs"
    mkdir(inputs, 0o700)
    try "theirs".write(toFile: "\(inputs)/.program", atomically: false, encoding: .utf8)
    let tool = "\(bench.folder)/tool"
    try "#!/bin/sh\ncat /in/.program\n".write(toFile: tool, atomically: false, encoding: .utf8)
    var attempt = bench.attempt("tool")
    attempt.file = tool
    attempt.folder = inputs
    #expect(try await bench.run(attempt).text == "theirs")
    attempt.folder = nil
    attempt.file = "/bin/pwd"
    #expect(try await bench.run(attempt).text == "/work\n")
  }

  @Test func `an input is not counted among what the program makes`() async throws {
    var attempt = bench.shell("cat > /dev/null; head -c 40000 | wc -c")
    attempt.limits.fileBytes = 1 << 16
    attempt.limits.memory = 64 << 20
    attempt.input = Array(repeating: UInt8(ascii: "x"), count: 70 << 20)
    let result = try await bench.run(attempt)
    #expect(result.ending.isSuccess && result.text == "0\n", "\(result)")
    // Neither to be written nor to be run.
    attempt.arguments[1] = "echo x >> /proc/self/fd/0; /proc/self/fd/0"
    let held = try await bench.run(attempt)
    #expect(!held.ending.isSuccess && held.complaint.contains("ermi"), "\(held)")
  }

  @Test func `result files come out as they were`() async throws {
    var attempt = bench.shell(
      """
      cd out; mkdir -p a/b empty; head -c 300000 /dev/zero > a/b/zeros; echo '#!/bin/sh' > tool
      chmod +x tool; : > nothing
      """)
    let results = "\(bench.folder)/results"
    mkdir(results, 0o700)
    attempt.results = results
    let result = try await bench.run(attempt)
    #expect(result.ending.isSuccess, "\(result)")
    #expect(Set(result.files.map(\.path)) == ["a/b/zeros", "tool", "nothing"])
    #expect(result.files.filter(\.isExecutable).map(\.path) == ["tool"])
    #expect(FileManager.default.contents(atPath: "\(results)/a/b/zeros") == Data(count: 300_000))
    #expect(access("\(results)/tool", X_OK) == 0 && access("\(results)/empty", F_OK) == 0)
  }

  @Test func `a box is used again for its creator, and clean each time`() async throws {
    try await bench.serving { boxes in
      for round in 0..<5 {
        let result = try await boxes.run(
          bench.shell(
            "find . -mindepth 1 | sort; echo left > left; echo x > tmp/x; mkdir -p deep/er"))
        #expect(result.text == "./out\n./shm\n./tmp\n", "\(round)")
      }
      #expect(boxes.reports.count == 1)
      var other = bench.shell("true")
      other.creator = "somebody else"
      _ = try await boxes.run(other)
      #expect(Set(boxes.reports.map(\.creator)) == ["somebody", "somebody else"])
      #expect(Set(boxes.reports.map(\.process)).count == 2)
    }
    #expect(bench.leftovers == [])
  }

  @Test func `what is not there, or too much, says what to do`() async throws {
    let missing = try await bench.run(bench.attempt("no-such-program"))
    guard case .refused(let error) = missing.ending else {
      Issue.record("\(missing)")
      return
    }
    #expect(error.code == .absent && error.message.contains("/usr"))
    var greedy = bench.shell("true")
    greedy.limits.memory = 1
    let refused = await #expect(throws: RuntimeError.self) { try await bench.run(greedy) }
    #expect(refused?.code == .refused)
    var wasm = bench.shell("true")
    wasm.runtime = .container
    let absent = await #expect(throws: RuntimeError.self) { try await bench.run(wasm) }
    #expect(absent?.code == .absent)
  }

  @Test func `time that is up ends the attempt and its box alone`() async throws {
    try await bench.serving { boxes in
      var slow = bench.shell("echo begun; sleep 100")
      slow.limits.time = .milliseconds(300)
      async let other = boxes.run(bench.shell("sleep 1; echo done"))
      let result = try await boxes.run(slow)
      #expect(result.ending == .timedOut && result.text == "begun\n")
      #expect(try await other.text == "done\n")
      #expect(boxes.reports.count == 1)
    }
    #expect(bench.leftovers == [])
  }

  @Test func `the owner and whoever asked can end it`() async throws {
    try await bench.serving { boxes in
      let started = Gate()
      async let killed = boxes.run(bench.shell("echo x; sleep 100")) { (_, _) in started.open() }
      await started.wait()
      let name = try #require(boxes.reports.first?.name)
      #expect(boxes.kill(name, reason: "the owner said so"))
      #expect(try await killed.ending == .killed(reason: "the owner said so"))
      #expect(!boxes.kill("nobody", reason: ""))

      let again = Gate()
      let ending = try await withThrowingTaskGroup(of: Ending.self) { group in
        group.addTask {
          try await boxes.run(bench.shell("echo x; sleep 100")) { (_, _) in again.open() }.ending
        }
        await again.wait()
        group.cancelAll()
        return try await group.next()
      }
      #expect(ending == .killed(reason: "nobody wants it any more"))
    }
    #expect(bench.leftovers == [])
  }

  @Test func `a box that died on the shelf costs nobody an attempt`() async throws {
    try await bench.serving { boxes in
      _ = try await boxes.run(bench.shell("true"))
      let process = try #require(boxes.reports.first?.process)
      kill(process, SIGKILL)
      while ProcessMark.startOf(process) != nil { await Task.yield() }
      let result = try await boxes.run(bench.shell("echo alive"))
      #expect(result.text == "alive\n")
    }
  }

  @Test func `more attempts than boxes wait their turn`() async throws {
    var limits = BoxShelf.Limits()
    limits.boxes = 2
    try await bench.serving(limits: limits) { boxes in
      let texts = try await withThrowingTaskGroup(of: String.self) { group in
        for number in 0..<20 {
          group.addTask {
            var attempt = bench.shell("echo \(number)")
            attempt.creator = "\(number % 3)"
            return try await boxes.run(attempt).text
          }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(Set(texts).count == 20)
      #expect(boxes.reports.count <= 2)
    }
    #expect(bench.leftovers == [])
  }

  @Test func `a node that is killed leaves nothing that the next start does not remove`()
    async throws
  {
    let folder = bench.folder
    await #expect(processExitsWith: .signal(SIGKILL)) { [folder = folder as String] in
      let bench = try BoxBench(in: folder) { $0.folder = "\(folder)/boxes" }
      try await bench.serving { boxes in
        _ = try await boxes.run(bench.shell("true"))
        var other = bench.shell("echo $$; sleep 1000")
        other.creator = "other"
        _ = try await boxes.run(other) { (_, _) in
          let processes = boxes.reports.compactMap(\.process).map { "\($0)" }.joined(
            separator: "\n")
          try? processes.write(toFile: "\(folder)/processes", atomically: true, encoding: .utf8)
          kill(getpid(), SIGKILL)
        }
      }
    }
    let text = try String(contentsOfFile: "\(folder)/processes", encoding: .utf8)
    let processes = text.split(separator: "\n").compactMap { Int32($0) }
    #expect(processes.count == 2)
    // They go with their parent, in the time the kernel takes.
    let end = Instant.now().advanced(by: .seconds(10))
    while processes.contains(where: { kill($0, 0) == 0 }), Instant.now() < end {
      await Task.yield()
    }
    #expect(processes.allSatisfy { kill($0, 0) != 0 })
    #expect(ControlFile.names(in: bench.settings.folder).count == 2)
    try await bench.serving { boxes in
      #expect(ControlFile.names(in: bench.settings.folder) == [])
      let next = try await boxes.run(bench.shell("echo on"))
      #expect(next.text == "on\n")
    }
    let groups = BoxBench.groups.places.values.flatMap { ControlFile.names(in: $0.folder) }
    let dead = groups.filter { ProcessMark(groupName: $0)?.life == .gone }
    #expect(dead == [])
  }

  /// Boxes are killed in the middle of attempts, on the shelf and while they are made.
  @Test(arguments: [1, 2, 3] as [UInt64])
  func `attempts with random kills leave nothing behind`(seed: UInt64) async throws {
    var limits = BoxShelf.Limits()
    limits.boxes = 4
    let endings = try await bench.serving(limits: limits) { boxes in
      try await Self.storm(boxes, bench, seed: seed)
    }
    let killed = endings.filter { $0 != .exited(status: 0) }
    #expect(endings.count == 80 && !killed.isEmpty && killed.count < 80)
    let reasons = [Box.endedEarly.message, Box.ended]
    #expect(killed.allSatisfy { reasons.map(Ending.killed(reason:)).contains($0) }, "\(killed)")
    #expect(bench.leftovers == [])
    // Others on the machine may mount what they like meanwhile.
    let mounts = ControlFile.read("/proc/self/mountinfo")
    #expect(mounts?.contains(bench.folder) == false)
  }

  private static func storm(
    _ boxes: Boxes, _ bench: BoxBench, seed: UInt64
  ) async throws -> [Ending] {
    try await withThrowingTaskGroup(of: [Ending].self) { group in
      for worker in 0..<4 {
        group.addTask {
          var random = SplitMix(seed: seed &* 100 &+ UInt64(worker))
          var endings: [Ending] = []
          for number in 0..<20 {
            if random.next() % 3 == 0,
              let victim = boxes.reports.randomElement(using: &random)?.process
            {
              kill(victim, SIGKILL)
            }
            var attempt = bench.shell("sleep 0.0\(random.next() % 4); echo x > out/file")
            attempt.creator = "\(number % 2)"
            do {
              endings.append(try await boxes.run(attempt).ending)
            } catch let error as RuntimeError where error == Box.endedEarly {
              endings.append(.killed(reason: error.message))
            }
          }
          return endings
        }
      }
      return try await group.reduce(into: []) { $0 += $1 }
    }
  }

  @Test(
    .enabled(
      if: BoxBench.groups.places[.processors] != nil && BoxBench.groups.canHold,
      "no processors can be set aside here"))
  func `boxes keep to the processors they are given`() async throws {
    let bench = try BoxBench { $0.processors = "0" }
    #expect(try await bench.run(bench.shell("nproc")).text == "1\n")
  }

  @Test func `a grant shows the machine, and nothing more`() async throws {
    let script = "test -e /proc/cpuinfo && echo shown; echo x > /proc/sys/kernel/hostname"
    let hidden = try await bench.run(bench.shell(script))
    #expect(hidden.text == "" && !hidden.ending.isSuccess)
    var attempt = bench.shell(script)
    attempt.grants = .machine
    let shown = try await bench.run(attempt)
    #expect(shown.text == "shown\n" && !shown.ending.isSuccess)
  }

  @Test func `usage is what was used`() async throws {
    let result = try await bench.run(
      bench.shell(
        """
        i=0; while [ $i -lt 30000 ]; do i=$((i+1)); done
        head -c 20000000 /dev/zero | sort | wc -c
        """
      ))
    #expect(result.ending.isSuccess, "\(result)")
    #expect(result.usage.userTime > .milliseconds(5))
    #expect(result.usage.time >= .milliseconds(5) && result.usage.outputBytes == 9)
    if BoxBench.groups.canHold { #expect((result.usage.peakMemory ?? 0) > 15 << 20) }
  }
}
