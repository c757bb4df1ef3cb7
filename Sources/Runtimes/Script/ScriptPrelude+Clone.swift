/// The structured clone of HTML, for the kinds of values that are here.
extension ScriptPrelude {
  static let cloning = #"""
    const { DOMException } = load('exceptions')
    const refused = (value) => new DOMException(
      `${typeof value === 'object' ? value?.constructor?.name : typeof value} cannot be cloned`,
      'DataCloneError')
    const errors = {
      Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError,
    }
    const cloned = (value, seen) => {
      if (typeof value === 'function' || typeof value === 'symbol') throw refused(value)
      if (typeof value !== 'object' || value === null) return value
      if (seen.has(value)) return seen.get(value)
      const keep = (copy) => { seen.set(value, copy); return copy }
      for (const kind of [Boolean, Number, String, BigInt, Symbol]) {
        if (!(value instanceof kind)) continue
        if (kind === Symbol) throw refused(value)
        return keep(Object(value.valueOf()))
      }
      if (value instanceof Date) return keep(new Date(value.getTime()))
      if (value instanceof RegExp) return keep(new RegExp(value.source, value.flags))
      if (value instanceof ArrayBuffer) return keep(value.slice(0))
      if (isView(value)) {
        const buffer = cloned(value.buffer, seen)
        const length = value instanceof DataView ? value.byteLength : value.length
        return keep(new value.constructor(buffer, value.byteOffset, length))
      }
      if (value instanceof Map) {
        const copy = keep(new Map())
        for (const [key, part] of [...value]) copy.set(cloned(key, seen), cloned(part, seen))
        return copy
      }
      if (value instanceof Set) {
        const copy = keep(new Set())
        for (const part of [...value]) copy.add(cloned(part, seen))
        return copy
      }
      if (value instanceof Error) {
        const copy = keep(Object.create((errors[value.name] ?? Error).prototype))
        for (const name of ['message', 'stack', 'cause']) {
          if (!Object.hasOwn(value, name)) continue
          Object.defineProperty(copy, name, { value: cloned(value[name], seen), writable: true,
            configurable: true, enumerable: false })
        }
        return copy
      }
      for (const kind of [Promise, WeakMap, WeakSet, globalThis.WeakRef]) {
        if (kind !== undefined && value instanceof kind) throw refused(value)
      }
      const copy = keep(Array.isArray(value) ? new Array(value.length) : {})
      for (const key of Object.keys(value)) copy[key] = cloned(value[key], seen)
      return copy
    }
    const structuredClone = (value, { transfer = [] } = {}) => {
      const seen = new Map()
      for (const buffer of transfer) {
        if (!(buffer instanceof ArrayBuffer)) throw refused(buffer)
        if (seen.has(buffer)) throw refused(buffer)
        seen.set(buffer, buffer.transfer())
      }
      return cloned(value, seen)
    }
    return { structuredClone }
    """#
}
