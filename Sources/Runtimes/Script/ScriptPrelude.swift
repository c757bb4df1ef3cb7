/// What the engine lacks of what scripts expect, in JavaScript: evaluated first of all in each
/// world, it makes the globals and gives back the functions that `ScriptWorld` calls. Scripts may
/// change what they like of their own world; nothing here protects anybody from that.
enum ScriptPrelude {
  static let name = "apus:prelude"

  static let text = [
    head, describing, console, texts, cloning, chance, timers, contract,
    "return { describe, fire, finish, publish, reject, start, task }\n})",
  ].joined()

  private static let head = #"""
    (function (host, names, isSeeded) {
    'use strict'
    const call = {}
    names.split(' ').forEach((name, place) => { call[name] = (...given) => host(place, ...given) })
    const { parse, stringify } = JSON
    const isView = ArrayBuffer.isView
    const then = Function.prototype.call.bind(Promise.prototype.then)
    const resolved = Promise.resolve()
    const define = (members) => {
      for (const name of Object.keys(members)) {
        Object.defineProperty(globalThis, name,
          { value: members[name], writable: true, configurable: true, enumerable: false })
      }
    }
    const isBytes = (value) => value instanceof ArrayBuffer || isView(value)
    // A copy that begins where its buffer begins, which the host relies on.
    const copied = (value) => value instanceof ArrayBuffer ? new Uint8Array(value).slice()
      : new Uint8Array(value.buffer, value.byteOffset, value.byteLength).slice()
    class DOMException extends Error {
      #name
      constructor(message = '', name = 'Error') {
        super(message)
        this.#name = String(name)
      }
      get name() { return this.#name }
    }
    define({ DOMException, self: globalThis })

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

  // MARK: Chance

  private static let chance = #"""
    const integers = [Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array,
      Int32Array, Uint32Array, BigInt64Array, BigUint64Array]
    const random = (count) => {
      const bytes = new Uint8Array(count)
      call.random(bytes)
      return bytes
    }
    define({ crypto: {
      getRandomValues(array) {
        if (!integers.some((kind) => array instanceof kind)) {
          throw new DOMException('random values need an array of integers', 'TypeMismatchError')
        }
        if (array.byteLength > 65536) {
          throw new DOMException('at most 65536 bytes at once', 'QuotaExceededError')
        }
        new Uint8Array(array.buffer, array.byteOffset, array.byteLength)
          .set(random(array.byteLength))
        return array
      },
      randomUUID() {
        const bytes = random(16)
        bytes[6] = bytes[6] & 15 | 64
        bytes[8] = bytes[8] & 63 | 128
        const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
        return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
      },
    } })
    if (isSeeded) {
      const numbers = new Uint32Array(512)
      let place = numbers.length
      Math.random = () => {
        if (place === numbers.length) {
          numbers.set(new Uint32Array(random(numbers.byteLength).buffer))
          place = 0
        }
        return ((numbers[place++] >>> 5) * 67108864 + (numbers[place++] >>> 6)) / 2 ** 53
      }
      const RealDate = Date
      const Date_ = { Date: function (...parts) {
        if (new.target === undefined) return new RealDate(call.wall()).toString()
        return Reflect.construct(
          RealDate, parts.length === 0 ? [call.wall()] : parts, new.target)
      } }.Date
      Object.defineProperty(Date_, 'prototype', { value: RealDate.prototype, writable: false })
      Object.defineProperty(Date_, 'length', { value: 7 })
      RealDate.prototype.constructor = Date_
      Object.defineProperties(Date_, {
        now: { value: () => call.wall(), writable: true, configurable: true },
        parse: { value: RealDate.parse, writable: true, configurable: true },
        UTC: { value: RealDate.UTC, writable: true, configurable: true },
      })
      define({ Date: Date_ })
      // When something is collected no seed says.
      delete globalThis.WeakRef
      delete globalThis.FinalizationRegistry
    }

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
