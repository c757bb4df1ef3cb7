import Testing

@testable import Runtimes

/// The globals that scripts expect of browsers and servers alike.
@Suite(.serialized, .enabled(if: ScriptLab.library != nil))
struct ScriptGlobalsTests {
  let lab: ScriptLab

  init() throws { lab = try ScriptLab() }

  /// Each is true.
  @Test(arguments: [
    "new TextEncoder().encode('aä€😀').join() === '97,195,164,226,130,172,240,159,152,128'",
    "new TextEncoder().encode('\\uD800x').join() === '239,191,189,120'",
    "new TextEncoder().encode('a\\0b').length === 3 && new TextEncoder().encode().length === 0",
    """
    (() => { const into = new Uint8Array(5); const { read,
    written } = new TextEncoder().encodeInto('a😀é', into)
      return read === 3 && written === 5 && into[4] === 128 })()
    """,
    "new TextDecoder().decode(new Uint8Array([0xEF, 0xBB, 0xBF, 104, 105])) === 'hi'",
    """
    new TextDecoder('utf8', { ignoreBOM: true }).decode(new Uint8Array([0xEF, 0xBB,
    0xBF])).length === 1
    """,
    "new TextDecoder().decode(new Uint8Array([0x61, 0xFF, 0xC3])) === 'a\\uFFFD\\uFFFD'",
    "new TextDecoder().decode(new Uint8Array([0, 97, 0])) === '\\0a\\0'",
    """
    (() => { try { new TextDecoder('utf-8', { fatal: true }).decode(new Uint8Array([0xC0, 0x80])) }
      catch (error) { return error instanceof TypeError } })()
    """,
    """
    (() => { const decoder = new TextDecoder(), bytes = new TextEncoder().encode('a😀é€');
    let text = ''
      for (const byte of bytes) text += decoder.decode(new Uint8Array([byte]), { stream: true })
      return text + decoder.decode() === 'a😀é€' })()
    """,
    "new TextDecoder().decode(new Uint8Array([9, 104, 105, 9]).subarray(1, 3)) === 'hi'",
    """
    btoa('hello') === 'aGVsbG8=' && btoa('') === '' && btoa('ab') === 'YWI=' &&
    btoa('\\xFF') === '/w=='
    """,
    "atob('aGVsbG8=') === 'hello' && atob(' Y W I ') === 'ab' && atob('/w') === '\\xFF'",
    """
    ['a', 'a===', '*', 'YWI==='].every((text) => { try { atob(text) } catch (error) {
    return error.name === 'InvalidCharacterError' } })
    """,
    "(() => { try { btoa('€') } catch (error) { return error instanceof DOMException } })()",
    "crypto.getRandomValues(new Uint8Array(64)).some((byte) => byte !== 0)",
    """
    (() => { const part = new Uint8Array(8).subarray(2, 6); crypto.getRandomValues(part);
    return new Uint8Array(part.buffer)[0] === 0 })()
    """,
    "crypto.getRandomValues(new BigUint64Array(4)).length === 4",
    """
    [new Float64Array(1), [], new DataView(new ArrayBuffer(1))].every((value) => { try {
    crypto.getRandomValues(value) } catch (error) { return error.name ===
    'TypeMismatchError' } })
    """,
    """
    (() => { try { crypto.getRandomValues(new Uint8Array(65537)) } catch (error) {
    return error.name === 'QuotaExceededError' } })()
    """,
    "/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/"
      + ".test(crypto.randomUUID())",
    """
    (() => { const a = { m: new Map([[1, new Set([2])]]), d: new Date(5), r: /x/gi, n: null,
    u: undefined, b: 2n, l: [1, , 3] }; a.self = a; const c = structuredClone(a); return c !==
    a && c.self === c && c.m.get(1).has(2) && c.d.getTime() === 5 && c.r.flags === 'gi' &&
    !(1 in c.l) && c.b === 2n && 'u' in c })()
    """,
    """
    (() => { const bytes = new Uint8Array([1, 2, 3]).subarray(1); const copy =
    structuredClone([bytes, bytes.buffer]); return copy[0][0] === 2 && copy[0].buffer ===
    copy[1] && copy[1] !== bytes.buffer })()
    """,
    """
    (() => { const buffer = new ArrayBuffer(4); const copy = structuredClone(buffer, {
    transfer: [buffer] }); return copy.byteLength === 4 && buffer.byteLength === 0 })()
    """,
    """
    (() => { const copy = structuredClone(new RangeError('x', { cause: 1 }));
    return copy instanceof RangeError && copy.message === 'x' && copy.cause === 1 })()
    """,
    """
    [() => {}, Symbol(), Promise.resolve(), { f() {} }, new WeakMap()].every((value) => { try {
    structuredClone(value) } catch (error) { return error.name === 'DataCloneError' } })
    """,
    """
    performance.now() >= 0 && performance.timeOrigin > 1e12 &&
    Math.abs(Date.now() - performance.timeOrigin) < 60000
    """,
    "new Float64Array([1, 2]).map((x) => x * 2)[1] === 4 && new BigInt64Array(1)[0] === 0n",
    "self === globalThis && typeof globalThis.host === 'undefined'",
    """
    ['fetch', 'XMLHttpRequest', 'WebSocket', 'require', 'process', 'WebAssembly',
    'SharedArrayBuffer', 'Worker', 'load', '$vm', 'imports', 'Deno',
    'Bun'].every((name) => !(name in globalThis))
    """,
    "Object.keys(globalThis).length === 0",
    """
    [0, -1, NaN, undefined, 'x'].every((delay) => typeof setTimeout(() => {}, delay) ===
    'number')
    """,
    """
    (() => { try { setTimeout('code', 1) } catch (error) {
    return error instanceof TypeError } })()
    """,
    """
    (() => { const number = setTimeout(() => {}, 1e9); clearTimeout(number);
    clearTimeout(number); clearTimeout('x'); return true })()
    """,
  ])
  func `a global does what it must`(source: String) throws {
    let run = try lab.run("export default () => (\(source))")
    #expect(run.output == "true", "\(run)")
  }

  @Test func `jobs and timers come in their order`() throws {
    let run = try lab.run(
      """
      const order = []
      const note = (name) => () => { order.push(name) }
      setTimeout(note('two'), 2); setTimeout(note('one'), 1); setTimeout(note('now'), 0)
      setTimeout(note('now, later'), 0)
      const never = setTimeout(note('never'), 1)
      queueMicrotask(note('job')); Promise.resolve().then(note('then'))
      clearTimeout(never)
      let count = 0
      const again = setInterval(() => { if (++count === 3) clearInterval(again);
      note('again')() }, 4)
      note('first')()
      taskResult = order
      """)
    #expect(
      run.output
        == #"["first","job","then","now","now, later","one","two","again","again","again"]"#)
  }

  @Test(arguments: [
    ("'plain', 1, true", "plain 1 true\n"), ("", "\n"),
    ("{ a: 'x', b: [1, 2n], c: undefined }", #"{ a: "x", b: [ 1, 2n ], c: undefined }"# + "\n"),
    ("(() => { const a = {}; a.a = a; return a })()", "{ a: [Circular] }\n"),
    ("new Map([[1, 'x']]), new Set([1])", #"Map { 1 => "x" } Set { 1 }"# + "\n"),
    ("'%s is %d%%', 'it', 5, 'more'", "it is 5% more\n"),
    ("[[[[[1]]]]]", "[ [ [ [ [Array] ] ] ] ]\n"),
    ("new Uint8Array(2), new ArrayBuffer(3)", "Uint8Array(2) [ 0, 0 ] ArrayBuffer(3)\n"),
    ("{ get x() { throw 1 } }, Symbol('s'), -0, null", "{ x: [Getter] } Symbol(s) -0 null\n"),
    ("new (class Point { x = 1 })", "Point { x: 1 }\n"),
    ("new Proxy({}, { ownKeys() { throw 1 } })", "what cannot be told\n"),
    ("function f() {}", "[Function: f]\n"), ("new Date(0)", "1970-01-01T00:00:00.000Z\n"),
  ])
  func `the console writes to the log as people read it`(given: String, log: String) throws {
    #expect(try lab.run("console.log(\(given))").log == log)
  }

  @Test func `a group of the console is indented, and other words are there`() throws {
    let run = try lab.run(
      """
      console.group('in'); console.warn('a\\nb'); console.groupEnd(); console.count();
      console.count()
      console.assert(true); console.assert(false, 'why'); console.error(new Error('told').message)
      """)
    #expect(
      run.log
        == "in\n  a\n  b\ndefault: 1\ndefault: 2\nAssertion failed: why\ntold\n")
  }

  // MARK: With a seed

  static let chance = """
    export default async () => { const start = performance.now();
    await new Promise((f) => setTimeout(f, 86400000))
      return [Math.random(), [...crypto.getRandomValues(new Uint8Array(4))],
      crypto.randomUUID(), Date.now(),
        new Date().toISOString(), String(new Date(0)), performance.now() - start > 86399999,
        typeof WeakRef, new Date(2020, 1) instanceof Date, class extends Date {}.name,
        Date.UTC(2000, 0), Date.length] }
    """

  @Test func `a seed repeats chance and time, and waiting costs none`() throws {
    func run(_ seed: UInt64) throws -> String {
      try lab.run(Self.chance) { $0.seed = seed }.output
    }
    let first = try run(7)
    #expect(try run(7) == first)
    #expect(try run(8) != first)
    #expect(first.contains("2000-01-02T00:00:00") && first.hasSuffix(",946684800000,7]"))
  }

  @Test func `a date that is left out is the seed's, also as text`() throws {
    let run = try lab.run(
      """
      const format = new Intl.DateTimeFormat('en', { year: 'numeric', timeZone: 'UTC' })
      const year = (parts) => parts.find((part) => part.type === 'year').value
      taskResult = [format.format(), format.format(undefined), [0].map(format.format)[0],
        year(format.formatToParts()), year(format.formatToParts(new Date(0))),
        new Date().toLocaleDateString('en', { year: 'numeric' }), Date().slice(11, 15),
        format.format === format.format, format.format.length, format.formatToParts.name,
        typeof Temporal]
      """
    ) { $0.seed = 7 }
    #expect(
      run.output
        == #"["2000","2000","1970","2000","1970","2000","2000",true,1,"#
        + #""formatToParts","undefined"]"#,
      "\(run)")
  }

  @Test func `nothing of an attempt is there for the next`() throws {
    let first = try lab.run(
      """
      Object.prototype.poison = 1; Array.prototype.map = null; globalThis.left = 1; var also = 2
      JSON.stringify = () => 'poison'; Promise.prototype.then = null
      setTimeout(() => { Symbol.for('left').x = 1 }, 0); taskResult = 1
      """)
    #expect(first.output == "1")
    let next = try lab.run(
      "export default () => [{}.poison, typeof [].map, typeof left, typeof also, JSON.stringify(1)]"
    )
    #expect(next.output == #"[null,"function","undefined","undefined","1"]"#)
  }
}
