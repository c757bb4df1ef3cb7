import Testing

@testable import Runtimes

/// One attack by a script, and the ways in which it may end.
struct ScriptAttack: Sendable, CustomTestStringConvertible {
  var name: String
  var source: String
  /// One of these, as `ScriptHostilityTests.words` says it.
  var outcomes: [String]
  var input = ""
  var limits: @Sendable (inout AttemptLimits) -> Void = { _ in }

  var testDescription: String { name }

  init(
    _ name: String, _ source: String, _ outcomes: String..., input: String = "",
    limits: @escaping @Sendable (inout AttemptLimits) -> Void = { _ in }
  ) {
    self.name = name
    self.source = source
    self.outcomes = outcomes
    self.input = input
    self.limits = limits
  }

  /// What never ends by itself.
  static func endless(_ name: String, _ source: String) -> ScriptAttack {
    ScriptAttack(name, source, "timedOut") { $0.time = .milliseconds(500) }
  }

  /// What takes memory until there is no more.
  static func memory(_ name: String, _ source: String) -> ScriptAttack {
    ScriptAttack(name, source, "outOfMemory", "gave up")
  }
}

// MARK: - What is tried

extension ScriptAttack {
  private static let time: [ScriptAttack] = [
    .endless("a loop", "for (;;) {}"),
    .endless(
      "a loop that catches", "for (;;) { try { for (;;) {} } catch {} finally { continue } }"),
    .endless("a flood of promises", "const go = () => Promise.resolve().then(go); go()"),
    .endless(
      "a flood of jobs", "const go = () => { queueMicrotask(go); queueMicrotask(go) }; go()"),
    .endless("a timer for ever", "setInterval(() => {}, 1)"),
    .endless("timers that set timers", "const go = () => { setTimeout(go, 0) }; go()"),
    .endless("a wait of a month", "setTimeout(() => {}, 2 ** 31)"),
    // The engine gives up some, and goes on.
    .endless("regular expressions", "for (;;) /(a+)+$/.test('a'.repeat(60) + 'b')"),
    .endless(
      "a text that is never told", "console.log('%s', { get constructor() { for (;;) {} } })"),
    .endless("an error that is never told", "throw { get constructor() { for (;;) {} } }"),
    .endless(
      "a result that never ends", "taskResult = new Proxy({}, { ownKeys() { for (;;) {} } })"),
    .endless(
      "a result that grows as it is read",
      "const deep = () => ({ toJSON() { for (;;) deep() } }); taskResult = deep()"),
    .endless(
      "an iterator",
      "for (const x of { *[Symbol.iterator]() { for (;;) yield 1 } }[Symbol.iterator]()) {}"),
    .endless(
      "an async iterator",
      "(async () => { for await (const x of (async function* () { for (;;) yield 1 })()) {} })()"),
    .endless(
      "a comparison that lies",
      "for (;;) Array.from({ length: 1e5 }, Math.random).sort(() => Math.random() - 0.5)"),
  ]

  private static let memory: [ScriptAttack] = [
    .memory(
      "a list of lists",
      "const kept = []; for (;;) kept.push(new Array(1000).fill(0).map((_, i) => [i]))"),
    .memory("bytes", "const kept = []; for (;;) kept.push(new Uint8Array(1 << 20).fill(1))"),
    .memory(
      "a text that doubles",
      """
      let text = 'ä€'; const kept = []; for (;;) { text += text; if (text.length > 1e8) text =
      'ä€'; kept.push(text.replace('ä', 'x')) }
      """
    ),
    .memory(
      "a map of everything",
      "const map = new Map(); for (let i = 0;; i++) map.set('key' + i, { i })"),
    .memory(
      "a buffer that grows",
      """
      const b = new ArrayBuffer(8, { maxByteLength: 2 ** 31 }); for (let n = 8;; n *= 2) {
      b.resize(n); new Uint8Array(b).fill(1) }
      """
    ),
    .memory(
      "promises that wait",
      "const kept = []; for (;;) kept.push(new Promise(() => {}).then(() => {}))"),
    .memory(
      "functions",
      """
      const kept = []; for (let i = 0;;
      i++) kept.push(new Function(`return ${i} + '${'x'.repeat(1000)}'`))
      """
    ),
    ScriptAttack(
      "a buffer larger than machines",
      "try { new ArrayBuffer(2 ** 45) } catch (error) { taskResult = error.name }",
      #"gives "RangeError""#),
    ScriptAttack(
      "an array larger than machines",
      "try { new Array(2 ** 32 - 1).fill(0).join() } catch (error) { taskResult = error.name }",
      #"gives "RangeError""#, "outOfMemory", "timedOut", "gave up"
    ) { $0.time = .seconds(3) },
    ScriptAttack(
      "a text larger than texts",
      "try { 'x'.repeat(2 ** 30).padEnd(2 ** 31 + 5) } catch (error) { taskResult = error.name }",
      #"gives "RangeError""#, "outOfMemory"),
    ScriptAttack(
      "a number larger than numbers",
      "try { 2n ** (2n ** 40n) } catch (error) { taskResult = error.name }", #"gives "RangeError""#,
      "outOfMemory"),
    ScriptAttack(
      "a hundred thousand timers",
      "try { for (;;) setTimeout(() => {}, 1e6) } catch (error) { taskResult = 1; throw error }",
      "trapped exception"),
  ]

  private static let stack: [ScriptAttack] = [
    ScriptAttack(
      "recursion", "const f = () => f() + 1; try { f() } catch (error) { taskResult = error.name }",
      #"gives "RangeError""#),
    ScriptAttack(
      "recursion through getters",
      """
      const a = { get b() { return this.b } }; try { a.b } catch (error) { taskResult =
      error.name }
      """,
      #"gives "RangeError""#),
    ScriptAttack(
      "recursion through the engine",
      """
      const l = []; l[0] = { toString: () => l.map(String) + '' }; try {
      String(l[0]) } catch (error) { taskResult = error.name }
      """,
      #"gives "RangeError""#),
    ScriptAttack(
      "recursion through us",
      """
      const a = { get x() { return 1 }, toString() { return new TextEncoder().encode(this) } };
      try { new TextEncoder().encode(a) } catch (error) { taskResult = error.name }
      """,
      #"gives "RangeError""#),
    ScriptAttack(
      "JSON that is deep", "taskResult = 'parsed'", #"gives "parsed""#,
      input: String(repeating: "[", count: 1 << 20)),
    ScriptAttack(
      "JSON that is deep and whole", "taskResult = typeof taskData", #"gives "object""#,
      input: String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000)),
    ScriptAttack(
      "a result that is deep",
      "let deep = []; for (let i = 0; i < 1e6; i++) deep = [deep]; taskResult = deep",
      "trapped result"),
    ScriptAttack(
      "a log that is deep",
      """
      let deep = []; for (let i = 0; i < 1e6; i++) deep = [deep]; console.log(deep);
      taskResult = 1
      """,
      "gives 1"),
    ScriptAttack(
      "a clone that is deep",
      """
      let deep = []; for (let i = 0; i < 1e6; i++) deep = [deep]; try {
      structuredClone(deep) } catch (error) { taskResult = error.name }
      """,
      #"gives "RangeError""#),
    ScriptAttack(
      "source that is deep",
      "try { eval('['.repeat(1e6)) } catch (error) { taskResult = error.name }",
      #"gives "RangeError""#, #"gives "SyntaxError""#),
    ScriptAttack(
      "an expression that is deep",
      """
      try { new RegExp('('.repeat(1e6) + ')'.repeat(1e6)) } catch (error) { taskResult =
      'held' }; taskResult = 'held'
      """,
      #"gives "held""#),
  ]

  private static let ways: [ScriptAttack] = [
    ScriptAttack(
      "import of a file",
      "import('/etc/passwd').then(() => { taskResult = 'got' }, () => { taskResult = 'held' })",
      #"gives "held""#),
    ScriptAttack(
      "import of an address",
      """
      import('http://127.0.0.1/x.js').then(() => { taskResult = 'got' }, () => { taskResult =
      'held' })
      """,
      #"gives "held""#),
    ScriptAttack(
      "import of a text",
      """
      import('data:text/javascript,export default 1').then(() => { taskResult = 'got' }, () => {
      taskResult = 'held' })
      """,
      #"gives "held""#),
    ScriptAttack(
      "import by a function of its own",
      """
      Function('return import(\"file:///etc/passwd\")')().then(() => { taskResult = 'got' },
      () => { taskResult = 'held' })
      """,
      #"gives "held""#),
    ScriptAttack("import as a module", "import x from 'fs'\nexport default 1", "trapped syntax"),
    ScriptAttack(
      "the Function constructor",
      """
      const g = (() => {}).constructor.constructor('return this')(); taskResult = [g ===
      globalThis, typeof g.host, typeof g.require, typeof g.process]
      """,
      #"gives [true,"undefined","undefined","undefined"]"#),
    ScriptAttack(
      "WebAssembly",
      "taskResult = [typeof WebAssembly, typeof Function('return typeof WebAssembly')()]",
      #"gives ["undefined","string"]"#),
    ScriptAttack(
      "waiting on shared memory",
      """
      taskResult = typeof SharedArrayBuffer; Atomics.wait(new Int32Array(new ArrayBuffer(8)), 0,
      0)
      """,
      "trapped exception"),
    ScriptAttack(
      "files of the machine",
      """
      const paths = ['/etc/passwd', '../etc/passwd', '/proc/self/maps',
      '../../proc/self/environ', '/dev/zero', '../work/out',
        'deep/../../..', '\\0', '/in/../etc/passwd', 'x/'.repeat(5000), '%2e%2e/secret',
        '..\\\\secret', '/proc/1/mem', '../in/given.txt']
      taskResult = paths.filter((path) => ['read', 'text', 'list'].some((way) => {
        try { task.inputs[way](path); return true } catch { return false } }))
      """, "gives []"),
    ScriptAttack(
      "paths that are no texts",
      """
      taskResult = [Symbol(), { toString() { throw 1 } }, { toString: () => ({}) },
      Object.create(null)].filter((path) => { try { task.inputs.read(path);
      return true } catch { return false } }).length
      """,
      "gives 0"),
  ]

  private static let results: [ScriptAttack] = [
    ScriptAttack(
      "a flood of output", "for (;;) { try { task.write('x'.repeat(1e5)) } catch {} }",
      "outputLimit"
    ) { $0.outputBytes = 1 << 20 },
    ScriptAttack(
      "a flood of the log",
      "for (;;) { try { console.log('x'.repeat(1000)) } catch {} finally {} }", "outputLimit"
    ) { $0.outputBytes = 1 << 20 },
    ScriptAttack("a flood in one line", "console.log('x'.repeat(1e7))", "outputLimit") {
      $0.outputBytes = 1 << 20
    },
    ScriptAttack("a result that is too large", "taskResult = 'x'.repeat(1e7)", "outputLimit") {
      $0.outputBytes = 1 << 20
    },
    ScriptAttack(
      "an error that is too large", "throw new Error('x'.repeat(1e7))", "trapped exception"),
    ScriptAttack(
      "a result in a circle", "taskResult = { a: [] }; taskResult.a.push(taskResult)",
      "trapped result"),
    ScriptAttack("a result that is a function", "taskResult = () => 1", "trapped result"),
    ScriptAttack(
      "a result whose getter throws", "taskResult = { get a() { throw null } }", "trapped result"),
    ScriptAttack(
      "a result whose proxy throws",
      "taskResult = new Proxy([], { get() { throw new Proxy({}, { get() { throw 1 } }) } })",
      "trapped result"),
    ScriptAttack(
      "a result that a getter changes",
      "taskResult = { get a() { delete this.b; gc = 1; return [].concat(this) && 1 }, b: 1 }",
      #"gives {"a":1}"#),
    ScriptAttack(
      "an exception that is a proxy",
      "throw new Proxy(new Error('x'), { get() { throw 1 }, getPrototypeOf() { throw 2 } })",
      "trapped exception"),
    ScriptAttack("an exception that is nothing", "throw undefined", "trapped exception"),
    ScriptAttack(
      "half a character", "task.write('\\uD800'); taskResult = '\\uDC00'",
      #"gives "# + "\u{FFFD}" + #""\udc00""#),
    ScriptAttack(
      "a buffer that is gone",
      """
      const b = new ArrayBuffer(8); const v = new Uint8Array(b); b.transfer(); try {
      crypto.getRandomValues(v); task.write(v) } catch { }; taskResult = v
      """,
      "gives ", "trapped exception", "trapped result"),
    ScriptAttack(
      "bytes that shrink as they are read",
      """
      const b = new ArrayBuffer(1 << 20, { maxByteLength: 1 << 20 }); const v =
      new Uint8Array(b); const o = { get length() { b.resize(0); return 9 } }; try {
      v.set(o) } catch { }; b.resize(0); task.write(v); taskResult = 1
      """,
      "gives 1"),
    ScriptAttack(
      "bytes that are a number",
      """
      Uint8Array.prototype.slice = Number.prototype.slice = function () { return 5 }
      try { new TextDecoder().decode(new Uint8Array(3)) } catch (error) { taskResult = error.name }
      """,
      #"gives "Error""#),
    ScriptAttack(
      "bytes that are other numbers",
      """
      Uint8Array.prototype.slice = function () { return new Float64Array(this) }
      try { new TextDecoder().decode(new Uint8Array(3)) } catch (error) { taskResult = error.name }
      """,
      #"gives "Error""#),
    ScriptAttack(
      "bytes that are nothing",
      """
      Uint8Array.prototype.slice = function () {}; taskResult = new Uint8Array(2)
      """,
      "gives undefined"),
    ScriptAttack(
      "bytes that are any object",
      """
      crypto; globalThis.Uint8Array = function () { return {} }
      try { crypto.randomUUID() } catch (error) { taskResult = error.name }
      """,
      #"gives "Error""#),
    ScriptAttack(
      "everything changed",
      """
      for (const kind of [Array, Function, Object, Promise, Map, Set, String, Uint8Array,
      Symbol, Error]) {
        for (const name of Reflect.ownKeys(kind.prototype)) {
          try { Object.defineProperty(kind.prototype, name, { value: () => {
          throw 'changed' } }) } catch { }
        }
      }
      console.log('x', {}, []); setTimeout(() => { missing }, 1)
      """, "trapped exception", "trapped rejection", "trapped result"),
  ]

  static let all = time + memory + stack + ways + results
}
