import Foundation
import Glibc
import Primitives
import Testing

@testable import IO
@testable import Runtimes

/// One attack, and how it is shown that it would reach something if the box did not hold.
struct Attack: Sendable, CustomTestStringConvertible {
  enum Proof: Sendable {
    /// It works for an ordinary program of this machine.
    case outside
    /// It works in a box without these walls.
    case without(Set<BoxPlan.Layer>)
    /// It works in a box with higher limits.
    case within(@Sendable (inout AttemptLimits) -> Void)
    /// Not shown: it would harm, or this machine has not what it is after.
    case none
  }

  var words: [String]
  var proof: Proof
  var limits: @Sendable (inout AttemptLimits) -> Void = { _ in }
  /// Nil is any but success.
  var ending: Ending?

  init(
    _ words: String, _ proof: Proof, ending: Ending? = nil,
    limits: @escaping @Sendable (inout AttemptLimits) -> Void = { _ in }
  ) {
    self.words = words.split(separator: " ").map(String.init)
    self.proof = proof
    self.ending = ending
    self.limits = limits
  }

  var testDescription: String { words.joined(separator: " ") }
}

@Suite(.serialized) struct HostilityTests {
  static let program = AttackProgram()
  let targets: AttackTargets
  let bench: BoxBench

  init() throws {
    let bench = try Self.bench()
    self.bench = bench
    targets = try AttackTargets(in: bench.folder)
  }

  static func bench(disabled: Set<BoxPlan.Layer> = []) throws -> BoxBench {
    let program = try program.path.get()
    return try BoxBench {
      $0.binds = [BoxPlan.Bind(program, at: "/opt/attack", isOptional: false)]
      $0.disabled = disabled
    }
  }

  private func attempt(_ attack: Attack) -> Attempt {
    var attempt = bench.attempt("/opt/attack", attack.words.map(targets.fill))
    attack.limits(&attempt.limits)
    return attempt
  }

  static let attacks: [Attack] = [
    // Too much of something.
    Attack("forks 200", .within { $0.processes = 400 }),
    Attack("threads 200", .within { $0.processes = 400 }),
    Attack("memory 200", .within { $0.memory = 512 << 20 }, ending: .outOfMemory) {
      $0.memory = 64 << 20
    },
    Attack("huge 1000", .within { $0.memory = 512 << 20 }, ending: .outOfMemory) {
      $0.memory = 64 << 20
    },
    Attack("shared 50", .within { $0.memory = 512 << 20 }, ending: .outOfMemory) {
      $0.memory = 32 << 20
    },
    Attack("loop", .none, ending: .timedOut) { $0.time = .milliseconds(200) },
    Attack("sleep", .none, ending: .timedOut) { $0.time = .milliseconds(200) },
    Attack("flood 3", .within { $0.outputBytes = 16 << 20 }, ending: .outputLimit) {
      $0.outputBytes = 1 << 20
    },
    Attack("files 10000", .within { $0.files = 20_000 }),
    Attack("disk 80", .within { $0.fileBytes = 100 << 20 }),
    Attack("sparse", .none),
    Attack("descriptors 2000", .within { $0.descriptors = 4000 }),
    Attack("deep 5000", .within { $0.files = 6000 }),
    Attack("overflow", .none, ending: .signalled(SIGSEGV)),
    // The machine's files.
    Attack("read FOLDER/secret", .outside),
    Attack("link FOLDER/secret", .outside),
    Attack("read /proc/self/root/FOLDER/secret", .outside),
    Attack("read /proc/PROCESS/root/FOLDER/secret", .outside),
    Attack("read /proc/PROCESS/environ", .outside),
    Attack("open /proc/1/mem", .none),
    Attack("read /etc/shadow", .outside),
    Attack("read /proc/self/root/../../FOLDER/secret", .outside),
    Attack("write FOLDER/written", .outside),
    Attack("write /usr/bin/apus-attack", .none),
    Attack("write /etc/apus-attack", .none),
    Attack("write /in/apus-attack", .none),
    Attack("write /apus-attack", .none),
    Attack("write /dev/apus-attack", .none),
    Attack("open /proc/sysrq-trigger", .none),
    Attack("open /sys/fs/cgroup/memory/cgroup.procs", .outside),
    Attack("open /proc/self/oom_score_adj", .without([.landlock])),
    Attack("device", .outside),
    Attack("variable ATTACK_SECRET", .outside),
    Attack("inherited", .outside),
    // The network.
    Attack("tcp PORT", .outside),
    Attack("udp PORT", .outside),
    Attack("unix FOLDER/socket", .outside),
    Attack("abstract ABSTRACT", .outside),
    Attack("raw", .outside),
    Attack("packet", .outside),
    Attack("netlink", .outside),
    Attack("vsock", .without([.filter])),
    Attack("pair", .outside),
    // What others do on the machine.
    Attack("watch /usr/bin", .without([.filter])),
    Attack("notify /usr/bin", .without([.filter])),
    // Other processes and the kernel.
    Attack("signal PROCESS", .outside),
    Attack("limits", .without([.filter])),
    Attack("ptrace", .without([.filter])),
    Attack("peek", .without([.filter])),
    Attack("mount", .without([.filter, .privileges, .landlock])),
    Attack("root", .without([.filter, .privileges, .landlock])),
    Attack("users", .without([.filter])),
    Attack("clone", .without([.filter])),
    Attack("ring", .without([.filter])),
    Attack("key", .without([.filter])),
    Attack("perf", .outside),
    Attack("shm", .without([.filter])),
    Attack("personality", .without([.filter])),
    Attack("foreign", .without([.filter]), ending: .signalled(SIGSYS)),
    Attack("time", .outside),
    Attack("clock", .outside),
    Attack("bpf", .outside),
    Attack("reboot", .outside),
    Attack("handle", .outside),
    Attack("fault", .outside),
    Attack("kexec", .none),
    Attack("module", .none),
  ]

  @Test(arguments: attacks)
  func `an attack is held off, and would not be without the box`(attack: Attack) async throws {
    let result = try await bench.serving { boxes in
      let result = try await boxes.run(attempt(attack))
      // Whatever it did, the next attempt of its creator finds a clean box.
      let after = try await boxes.run(bench.shell("find /work -mindepth 2; ls /work"))
      #expect(after.text == "out\nshm\ntmp\n" && after.ending.isSuccess, "\(after)")
      return result
    }
    #expect(!result.ending.isSuccess, "\(result.text)")
    #expect(!result.text.hasPrefix("got"))
    // A watchdog sees no file in memory: there is none to be had then.
    if let ending = attack.ending, BoxBench.groups.canHold || attack.words[0] != "shared" {
      #expect(result.ending == ending)
    }
    #expect(bench.leftovers == [])
    if geteuid() == 0 { try await prove(attack) }
  }

  private func prove(_ attack: Attack) async throws {
    switch attack.proof {
    case .none: break
    case .outside:
      let exit = try await targets.runOutside(attack.words)
      #expect(exit == 0, "the attack does not work outside of a box either")
    case .without(let layers):
      let weak = try Self.bench(disabled: layers)
      let result = try await weak.run(attempt(attack))
      #expect(result.ending.isSuccess, "another wall holds as well: \(result.text)")
    case .within(let change):
      var attempt = attempt(attack)
      change(&attempt.limits)
      let result = try await bench.run(attempt)
      #expect(result.ending.isSuccess, "\(result.ending) \(result.text)")
    }
  }

  // MARK: - Staying behind

  @Test func `nobody stays behind in a box`() async throws {
    try await bench.serving { boxes in
      let stays = try await boxes.run(attempt(Attack("linger", .none)))
      #expect(stays.ending.isSuccess && stays.text == "got a process that stays\n")
      let finds = try await boxes.run(attempt(Attack("others", .none)))
      #expect(finds.text.hasPrefix("held"), "\(finds.text)")
      #expect(boxes.reports.count == 1)
    }
    // The finder finds, when there is somebody.
    let both = try await bench.run(bench.shell("/opt/attack linger; /opt/attack others"))
    #expect(both.text.contains("got somebody"))
  }

  @Test func `a box outlives signals to its first process and pipes in flight`() async throws {
    try await bench.serving { boxes in
      for attack in ["keeper", "flight"] {
        let result = try await boxes.run(attempt(Attack(attack, .none)))
        #expect(result.ending.isSuccess, "\(attack): \(result)")
      }
      #expect(boxes.reports.count == 1)
    }
  }

  @Test(arguments: [
    "results link /etc/passwd", "results pipe", "results socket", "results name",
  ])
  func `what is no result file is refused`(words: String) async throws {
    var attempt = attempt(Attack(words, .none))
    attempt.results = "\(bench.folder)/results"
    try FileManager.default.createDirectory(
      atPath: "\(bench.folder)/results", withIntermediateDirectories: false)
    let result = try await bench.run(attempt)
    guard case .refused(let error) = result.ending else {
      Issue.record("\(result)")
      return
    }
    #expect(error.code == .refused)
    #expect(try FileManager.default.contentsOfDirectory(atPath: "\(bench.folder)/results") == [])
  }
}
