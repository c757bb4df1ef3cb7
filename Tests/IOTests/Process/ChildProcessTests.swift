import Glibc
import IO
import Testing

@Suite final class ChildProcessTests {
  let loop: EventLoop

  init() throws { loop = try EventLoop() }

  deinit { loop.stop() }

  private func shell(_ script: String) -> Command {
    Command("/bin/sh", ["-c", script], environment: ["PATH": "/usr/bin:/bin"])
  }

  /// What the command prints.
  private func output(_ command: Command) async throws -> String {
    var command = command
    command.output = .pipe
    return try await ChildProcess.running(command, on: loop) { child in
      let bytes = try await child.stream?.readAll(limit: 1 << 20) ?? []
      return String(decoding: bytes, as: UTF8.self)
    }
  }

  @Test(arguments: [0, 1, 7, 255])
  func `an exit code arrives`(code: Int32) async throws {
    let child = try await ChildProcess.spawn(shell("exit \(code)"), on: loop)
    let exit = try await child.exit()
    #expect(exit.reason == .exited(code: code))
    #expect(exit.isSuccess == (code == 0))
    #expect(exit.peakMemory > 100_000)
    #expect(child.exitIfEnded == exit)
  }

  @Test(arguments: [Signal.terminate, .kill, .interrupt, .hangUp])
  func `a signal that ends the child is named`(signal: Signal) async throws {
    let child = try await ChildProcess.spawn(Command("/bin/sleep", ["1000"]), on: loop)
    child.send(signal)
    #expect(try await child.exit().reason == .signalled(signal))
    child.send(signal)
  }

  @Test func `processor time of the child is counted`() async throws {
    let script = "i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done"
    let child = try await ChildProcess.spawn(shell(script), on: loop)
    let exit = try await child.exit()
    #expect(exit.userTime + exit.systemTime > .milliseconds(1))
  }

  @Test func `the child has the environment and folder it was given and no other`() async throws {
    var command = Command("/usr/bin/env", environment: ["ONE": "1", "TWO": "a b"])
    let lines = try await output(command).split(separator: "\n").sorted()
    #expect(lines == ["ONE=1", "TWO=a b"])
    command = Command("/bin/pwd", folder: "/usr/bin")
    #expect(try await output(command) == "/usr/bin\n")
  }

  @Test func `a name is looked for in the path of its environment`() async throws {
    let command = Command("echo", ["-n", "found"], environment: ["PATH": "/nowhere:/bin"])
    #expect(try await output(command) == "found")
    let error = await #expect(throws: SystemError.self) {
      _ = try await ChildProcess.spawn(Command("no-such-program"), on: loop)
    }
    #expect(error?.code == .notFound)
  }

  @Test(arguments: [
    (Command("/no/such/program"), SystemError.Code.notFound),
    (Command("/etc/passwd"), .notPermitted),
    (Command("/bin/true", folder: "/no/such/folder"), .notFound),
    (Command("/bin/echo", ["a\0b"]), .invalidInput),
  ])
  func `what cannot be started says why`(command: Command, code: SystemError.Code) async throws {
    let error = await #expect(throws: SystemError.self) {
      _ = try await ChildProcess.spawn(command, on: loop)
    }
    #expect(error?.code == code)
  }

  @Test func `descriptors are closed but for the ones passed on`() async throws {
    let extra = open("/etc/hostname", O_RDONLY)
    let leaked = open("/etc/hostname", O_RDONLY)
    defer {
      close(extra)
      close(leaked)
    }
    var command = Command("/bin/ls", ["/proc/self/fd"])
    // ls opens the folder itself, as the next free number.
    #expect(try await output(command) == "0\n1\n2\n3\n")
    command.passed = [extra]
    #expect(try await output(command) == "0\n1\n2\n3\n4\n")
  }

  @Test func `no signal is blocked or ignored in the child`() async throws {
    Signals.ignoreBrokenPipes()
    let status = try await output(Command("/bin/cat", ["/proc/self/status"]))
    for field in ["SigBlk", "SigIgn"] {
      let line = try #require(status.split(separator: "\n").first { $0.hasPrefix(field) })
      let mask = try #require(UInt64(line.drop { $0 != "\t" }.dropFirst(), radix: 16))
      // The C library keeps signals 32 and 33 to itself.
      #expect(mask & ~(3 << 31) == 0)
    }
  }

  @Test func `standard error is a stream of its own`() async throws {
    var command = shell("echo out; echo err >&2")
    (command.output, command.errors) = (.pipe, .pipe)
    try await ChildProcess.running(command, on: loop) { child in
      let output = try await child.stream?.readAll(limit: 100)
      let errors = try await child.errors?.readAll(limit: 100)
      #expect(output == Array("out\n".utf8))
      #expect(errors == Array("err\n".utf8))
    }
  }

  @Test func `signals reach the whole group`() async throws {
    // The grandchild holds the pipe: reading ends only once it is gone too.
    var command = shell("sleep 1000 & echo started; wait")
    command.output = .pipe
    try await ChildProcess.running(command, on: loop) { child in
      _ = try await child.stream?.read { _ in }
      child.send(.kill)
      #expect(try await child.exit().reason == .signalled(.kill))
      #expect(try await child.stream?.readAll(limit: 100) == [])
    }
  }

  @Test func `what a child leaves in its group is killed with its end`() async throws {
    var command = shell("sleep 1000 & echo started")
    command.output = .pipe
    try await ChildProcess.running(command, on: loop) { child in
      let output = try await child.stream?.readAll(limit: 100)
      let exit = try await child.exit()
      #expect(output == Array("started\n".utf8))
      #expect(exit.isSuccess)
    }
  }

  @Test func `a child that ignores the request to end is killed after the grace`() async throws {
    var command = shell("trap '' TERM; echo ready; while :; do sleep 1000; done")
    command.output = .pipe
    let child = try await ChildProcess.spawn(command, on: loop)
    try await loop.run {
      _ = try await child.stream?.read { _ in }
      let exit = await child.terminate(grace: .milliseconds(20))
      #expect(exit.reason == .signalled(.kill))
      child.closePipes()
    }
  }

  @Test func `a cancelled run leaves no process behind`() async throws {
    let started = Gate()
    let (loop, numbers) = (loop, Numbers())
    await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        try await ChildProcess.running(Command("/bin/sleep", ["1000"]), on: loop) { child in
          numbers.add(child.process)
          started.open()
          _ = try await child.exit()
        }
      }
      await started.wait()
      group.cancelAll()
      let error = await #expect(throws: SystemError.self) { try await group.waitForAll() }
      #expect(error?.code == .cancelled)
    }
    let process = try #require(numbers.all.first)
    // Neither running nor a zombie: the number is free.
    #expect(kill(process, 0) == -1 && errno == ESRCH)
  }

  @Test func `a reader of a cancelled run is set free`() async throws {
    let started = Gate()
    let loop = loop
    // The grandchild leaves the group with the pipe, so that no end of file comes.
    var command = shell("setsid sleep 5 & echo started; exec sleep 1000")
    command.output = .pipe
    await withTaskGroup(of: Bool.self) { group in
      group.addTask { [command] in
        do {
          return try await ChildProcess.running(command, on: loop) { child in
            while try await child.stream?.read({ _ in started.open() }) == true {}
            return true
          }
        } catch { return (error as? SystemError)?.code == .closed }
      }
      await started.wait()
      group.cancelAll()
      for await wasFreed in group { #expect(wasFreed) }
    }
  }

  @Test func `two hundred children leave no descriptor and no zombie`() async throws {
    let path = "/bin/true"
    let loop = loop
    let numbers = Numbers()
    let before = try await openDescriptors()
    for _ in 0..<10 {
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<20 {
          group.addTask {
            var command = Command(path)
            (command.input, command.output, command.errors) = (.pipe, .pipe, .pipe)
            try await ChildProcess.running(command, on: loop) { child in
              numbers.add(child.process)
              let exit = try await child.exit()
              #expect(exit.isSuccess)
            }
          }
        }
        try await group.waitForAll()
      }
    }
    // Tests beside this one hold a few descriptors; a leak here would be hundreds.
    #expect(try await openDescriptors() < before + 100)
    #expect(numbers.all.count == 200)
    #expect(numbers.all.allSatisfy { kill($0, 0) == -1 && errno == ESRCH })
  }

  /// The user maps are for the starter to write: until then the child is nobody, with all powers
  /// over what is its own.
  @Test func `a child in namespaces of its own is at home alone`() async throws {
    var command = shell(
      """
      read word; echo $$; id -u; hostname; hostname box; hostname; ls /sys/class/net
      grep CapEff /proc/self/status
      """)
    command.namespaces = [.processes, .users, .mounts, .hostName, .network, .messages]
    command.input = .pipe
    command.output = .pipe
    try await ChildProcess.running(command, on: loop) { child in
      let map = "/proc/\(child.process)/uid_map"
      let file = open(map, O_WRONLY)
      let text = "0 \(geteuid()) 1"
      #expect(write(file, text, text.utf8.count) == text.utf8.count)
      close(file)
      try await child.stream?.write(Array("go\n".utf8))
      let bytes = try await child.stream?.readAll(limit: 1 << 16) ?? []
      let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
      try #require(lines.count >= 5)
      #expect(lines[0] == "1" && lines[1] == "0")
      #expect(lines[2] != "box" && lines[3] == "box")
      // What a program of user 0 gets on exec is every capability of its own namespace.
      let powers = try #require(lines.last?.split(separator: "\t").last)
      #expect((UInt64(powers, radix: 16) ?? 0) & (1 << 21) != 0)
    }
  }
}
