import Testing

@testable import Runtimes

struct RuntimeRulesTests {
  private static func attempt(
    _ program: String, _ change: (inout Attempt) -> Void = { _ in }
  ) -> Attempt {
    var attempt = Attempt(.process, creator: "somebody", program)
    change(&attempt)
    return attempt
  }

  @Test func `wasm runs by itself, all else when its owner says so`() {
    let rules = RuntimeRules()
    #expect(rules.allows(.wasm) && !rules.allows(.script) && !rules.allows(.process))
    #expect(throws: Never.self) { try rules.check(Attempt(.wasm, creator: "x", "/in/m")) }
    for runtime in [Runtime.script, .process, .container] {
      let error = #expect(throws: RuntimeError.self) {
        try rules.check(Attempt(runtime, creator: "x", "a"))
      }
      #expect(error?.message.contains("runtimes.\(runtime.name).allowed") == true)
    }
  }

  @Test(arguments: [
    ("python3", true), ("/usr/bin/python3", true), ("/bin/python3", true), ("python", false),
    ("/work/out/python3", false), ("/tmp/python3", false), ("../bin/python3", false), ("", false),
    ("python3/", false),
  ])
  func `a program allowed by name is the system's`(_ program: String, _ isAllowed: Bool) {
    var rules = RuntimeRules()
    rules.programs = .named(["python3"])
    let isTaken = (try? rules.check(Self.attempt(program))) != nil
    #expect(isTaken == isAllowed)
  }

  @Test(arguments: [
    ("busybox", true), ("busybox:1.36", true), ("docker.io/library/busybox", true),
    ("busybox@sha256:00", true), ("example.org:5000/a/b", true), ("example.org:5000/a/b:1", true),
    ("tools:2", true), ("tools", false), ("tools:3", false), ("example.org/busybox", false),
    ("busybox2", false), ("example.org", false), ("example.org:5000/a", false),
    ("/in/busybox", false), ("", false), ("sha256:00", false), ("library/busybox:1", true),
  ])
  func `an image allowed by name is so with any tag, or with that one`(
    _ image: String, _ isAllowed: Bool
  ) {
    var rules = RuntimeRules()
    rules.images = .named(["busybox", "example.org:5000/a/b", "docker.io/tools:2"])
    let isTaken = (try? rules.check(Attempt(.container, creator: "x", image))) != nil
    #expect(isTaken == isAllowed)
    var own = Attempt(.container, creator: "x", image)
    own.file = "/tmp/image.tar"
    #expect(throws: RuntimeError.self) { try rules.check(own) }
    #expect(throws: Never.self) { try RuntimeRules.open.check(own) }
  }

  @Test func `a name allows neither a file of that name nor another way to it`() {
    var rules = RuntimeRules()
    rules.programs = .named(["python3"])
    let own = Self.attempt("python3") { $0.file = "/tmp/python3" }
    let path = Self.attempt("python3") { $0.environment["PATH"] = "/work" }
    for attempt in [own, path] {
      #expect(throws: RuntimeError.self) { try rules.check(attempt) }
      #expect(throws: Never.self) { try RuntimeRules.open.check(attempt) }
    }
  }

  @Test(arguments: [
    "LD_PRELOAD", "LD_LIBRARY_PATH", "GLIBC_TUNABLES", "GCONV_PATH", "PYTHONPATH", "BASH_ENV",
    "HOME",
    "LOCPATH", "PERL5OPT", "LC_ALL/", "",
  ])
  func `a program allowed by name gets no variable that has it run another`(_ name: String) {
    var rules = RuntimeRules()
    rules.programs = .named(["python3"])
    let value = name.hasSuffix("/") ? "/in/x" : "x"
    let attempt = Self.attempt("python3") {
      $0.environment[name.filter { $0 != "/" }] = value
    }
    #expect(throws: RuntimeError.self) { try rules.check(attempt) }
    let plain = Self.attempt("python3") { $0.environment = ["LANG": "C", "LC_ALL": "C.UTF-8"] }
    #expect(throws: Never.self) { try rules.check(plain) }
  }

  @Test(arguments: [("PATH=/in:", "x"), ("", "x"), ("A\0B", "x"), ("A", "x\0LD_PRELOAD=y")])
  func `a variable is what it is called`(_ name: String, _ value: String) {
    let attempt = Self.attempt("true") { $0.environment[name] = value }
    let error = #expect(throws: RuntimeError.self) { try RuntimeRules.open.check(attempt) }
    #expect(error?.code == .refused)
  }

  @Test func `an attempt asks for no more than the owner gives`() {
    var rules = RuntimeRules.open
    rules.ceiling = AttemptLimits()
    let changes: [(inout AttemptLimits) -> Void] = [
      { $0.memory += 1 }, { $0.time += .nanoseconds(1) }, { $0.fileBytes += 1 },
      { $0.processes += 1 }, { $0.files += 1 }, { $0.outputBytes += 1 }, { $0.descriptors += 1 },
    ]
    for change in changes {
      let greedy = Self.attempt("true") { change(&$0.limits) }
      let error = #expect(throws: RuntimeError.self) { try rules.check(greedy) }
      #expect(error?.code == .refused)
    }
    #expect(throws: Never.self) { try rules.check(Self.attempt("true")) }
    rules.ceiling.memory = 16 << 20
    rules.ceiling.files = 16
    rules.ceiling.outputBytes = 1
    #expect(rules.standard.memory == 16 << 20)
    #expect(rules.standard.files == 16 && rules.standard.outputBytes == 1)
  }

  @Test func `a bound on steps holds for what is counted in steps`() throws {
    var rules = RuntimeRules.open
    rules.ceiling.steps = 1000
    var module = Attempt(.wasm, creator: "somebody", "/in/m")
    for steps in [nil, 1001] as [UInt64?] {
      module.limits.steps = steps
      let error = #expect(throws: RuntimeError.self) { try rules.check(module) }
      #expect(error?.message.contains("runtimes.wasm.steps") == true)
    }
    module.limits = rules.standard
    try rules.check(module)
    try rules.check(Self.attempt("true"))
  }

  @Test func `compiling takes no more than an attempt may`() {
    var settings = BoxSettings(folder: "/nowhere")
    #expect(settings.compileLimits.memory == settings.limits.compileMemory)
    #expect(settings.compileLimits.time == settings.limits.compileTime)
    settings.rules.ceiling.memory = 64 << 20
    settings.rules.ceiling.time = .seconds(5)
    #expect(settings.compileLimits.memory == 64 << 20)
    #expect(settings.compileLimits.time == .seconds(5))
  }

  @Test(
    arguments: [
      ("a", [0x00, 0x61, 0x73, 0x6D, 1], Runtime.wasm), ("a.js", [0x00, 0x61, 0x73, 0x6D], .wasm),
      ("a.js", [], .script), ("b.mjs", [0x2F], .script), ("a.wasm", [0x00, 0x61], .process),
      ("sh", [0x7F, 0x45], .process),
    ] as [(String, [UInt8], Runtime)])
  func `a file says what runs it`(_ name: String, _ beginning: [UInt8], _ runtime: Runtime) {
    #expect(Runtime(ofFile: name, beginning: beginning) == runtime)
    #expect(Runtime(name: runtime.name) == runtime)
  }
}
