/// What the engine lacks of what scripts expect, in JavaScript: evaluated first of all in each
/// world, it makes the globals and gives back the functions that `ScriptWorld` calls. What few
/// scripts use is in pieces that are evaluated when they are first looked for: to read all of it
/// takes longer than to make a world. Scripts may change what they like of their own world; nothing
/// here protects anybody from that.
enum ScriptPrelude {
  static let name = "apus:prelude"

  static let text = [
    head, timers, contract, "return { describe, fire, finish, publish, reject, start, task }\n})",
  ].joined()

  /// Nil when there is none of that name.
  static func piece(_ name: String) -> String? {
    guard let body = pieces[name] else { return nil }
    return """
      (function (shared) {
      'use strict'
      const { call, isSeeded, stringify, isView, isBytes, copied, load } = shared
      \(body)
      })
      //# sourceURL=\(Self.name)
      """
  }

  private static let pieces = [
    "exceptions": exceptions, "describing": describing, "console": console, "texts": texts,
    "cloning": cloning, "chance": chance,
  ]

  private static let head = #"""
    (function (host, names, isSeeded) {
    'use strict'
    const call = {}
    names.split(' ').forEach((name, place) => { call[name] = (one, two) => host(place, one, two) })
    const { parse, stringify } = JSON
    const { defineProperty, keys } = Object
    const evaluate = eval
    const isView = ArrayBuffer.isView
    const then = Function.prototype.call.bind(Promise.prototype.then)
    const resolved = Promise.resolve()
    const define = (members) => {
      for (const name of keys(members)) {
        defineProperty(globalThis, name,
          { value: members[name], writable: true, configurable: true, enumerable: false })
      }
    }
    const isBytes = (value) => value instanceof ArrayBuffer || isView(value)
    // A copy that begins where its buffer begins, which the host relies on.
    const copied = (value) => value instanceof ArrayBuffer ? new Uint8Array(value).slice()
      : new Uint8Array(value.buffer, value.byteOffset, value.byteLength).slice()
    const loaded = Object.create(null)
    const load = (piece) => loaded[piece] ??= evaluate(call.piece(piece))(shared)
    const shared = { call, isSeeded, stringify, isView, isBytes, copied, load }
    const later = (piece, names) => {
      for (const name of names) {
        const set = (value) => { define({ [name]: value }) }
        const get = () => {
          const value = load(piece)[name]
          set(value)
          return value
        }
        defineProperty(globalThis, name, { get, set, configurable: true, enumerable: false })
      }
    }
    later('exceptions', ['DOMException'])
    later('console', ['console'])
    later('texts', ['TextEncoder', 'TextDecoder', 'atob', 'btoa'])
    later('cloning', ['structuredClone'])
    later('chance', ['crypto'])
    if (isSeeded) load('chance')
    define({ self: globalThis })

    """#

  static let exceptions = #"""
    class DOMException extends Error {
      #name
      constructor(message = '', name = 'Error') {
        super(message)
        this.#name = String(name)
      }
      get name() { return this.#name }
    }
    return { DOMException }
    """#

  // MARK: Time

  private static let timers = #"""
    const waiting = new Map()
    const setter = (repeats) => (action, delay = 0, ...given) => {
      if (typeof action !== 'function') throw new TypeError('a timer needs a function')
      const number = call.timer(Number(delay), repeats)
      waiting.set(number, { action, given, repeats })
      return number
    }
    const clear = (number) => {
      if (waiting.delete(number)) call.clear(number)
    }
    const fire = (number) => {
      const timer = waiting.get(number)
      if (timer === undefined) return
      if (!timer.repeats) waiting.delete(number)
      timer.action.apply(undefined, timer.given)
    }
    const origin = call.wall()
    define({
      setTimeout: setter(false), clearTimeout: clear, setInterval: setter(true),
      clearInterval: clear,
      queueMicrotask: (action) => {
        if (typeof action !== 'function') throw new TypeError('a job needs a function')
        then(resolved, () => { action() })
      },
      performance: { now: () => call.now(), timeOrigin: origin },
    })

    """#

  // MARK: The contract

  private static let contract = #"""
    const task = (data, bytes, about) => {
      const { arguments: words, environment } = parse(about)
      const text = () => call.decode(bytes, false)
      return {
        data: data !== undefined || bytes.length === 0 ? data : bytes.slice(),
        task: {
          arguments: words, environment, text,
          input: bytes,
          inputs: {
            list: (path = '') => parse(call.list(String(path))),
            read: (path) => call.read(String(path)),
            text: (path) => call.decode(call.read(String(path)), false),
          },
          write: (what) => call.write(isBytes(what) ? copied(what) : String(what)),
        },
      }
    }
    const describe = (error) => {
      try {
        return load('describing').describe(error)
      } catch {
        return 'an exception that cannot be told'
      }
    }
    const fail = (code, lead, error) => { call.fail(code, lead + describe(error)) }
    const finish = (value) => {
      if (value === undefined) return call.finish('')
      if (isBytes(value)) return call.finish(copied(value))
      let text
      try {
        text = stringify(value)
      } catch (error) {
        return fail('result', 'the result is no JSON: ', error)
      }
      if (text === undefined) {
        return call.fail('result', 'the result is neither bytes nor JSON but a ' + typeof value)
      }
      call.finish(text)
    }
    const start = (body, given) => {
      const run = async () => {
        const exports = Object.create(null)
        await body.call(undefined, exports)
        if (!('default' in exports)) throw new TypeError('the module has no default export')
        const main = exports.default
        return typeof main === 'function' ? main(given.data, given.task) : main
      }
      then(run(), finish, (error) => fail('exception', '', error))
    }
    const publish = (given) => {
      const members = { taskData: given.data, taskResult: {}, task: given.task }
      for (const name of Object.keys(members)) {
        Object.defineProperty(globalThis, name,
          { value: members[name], writable: true, configurable: true, enumerable: true })
      }
    }
    const reject = (promise, reason) => {
      fail('rejection', 'nobody caught a rejected promise: ', reason)
    }

    """#
}
