/// Randomness and, with a seed, time: what makes an attempt the same everywhere.
extension ScriptPrelude {
  static let chance = #"""
    const integers = [Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array,
      Int32Array, Uint32Array, BigInt64Array, BigUint64Array]
    const random = (count) => {
      const bytes = new Uint8Array(count)
      call.random(bytes)
      return bytes
    }
    const { DOMException } = load('exceptions')
    const crypto = {
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
    }
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
      Object.defineProperty(globalThis, 'Date', { value: Date_ })
      // Without a date these write what the machine's clock says.
      const { prototype } = Intl.DateTimeFormat
      const { apply } = Reflect
      const { get } = Object.getOwnPropertyDescriptor(prototype, 'format')
      const { formatToParts } = prototype
      const moment = (date) => date === undefined ? call.wall() : date
      const made = new WeakMap()
      const known = Function.prototype.call.bind(made.get)
      const keep = Function.prototype.call.bind(made.set)
      Object.defineProperties(prototype, {
        format: { configurable: true, get() {
          const format = apply(get, this, [])
          if (known(made, format) === undefined) {
            keep(made, format, { '': (date) => format(moment(date)) }[''])
          }
          return known(made, format)
        } },
        formatToParts: { configurable: true, writable: true, value: { formatToParts(date) {
          return apply(formatToParts, this, [moment(date)])
        } }.formatToParts },
      })
      // When something is collected no seed says.
      delete globalThis.WeakRef
      delete globalThis.FinalizationRegistry
    }
    return { crypto }
    """#
}
