/// Values as people read them, and the console that writes them to the log.
extension ScriptPrelude {
  static let describing = #"""
    const most = { depth: 4, elements: 100, members: 100, causes: 4 }
    // "f@task.js:1:54" as "    at f (task.js:1:54)", without what is ours.
    const stack = (error) => {
      const told = error.stack
      if (typeof told !== 'string') return ''
      let lines = ''
      for (const line of told.split('\n')) {
        if (line.includes('apus:prelude') || line.includes('[native code]') || line === '') continue
        const at = line.lastIndexOf('@')
        // What a text was evaluated to has no place: the prelude's pieces.
        if (at === line.length - 1) continue
        lines += '\n    at ' + (at > 0 ? `${line.slice(0, at)} (${line.slice(at + 1)})`
          : line.slice(at + 1))
      }
      return lines
    }
    const describe = (error, causes = 0) => {
      try {
        if (typeof error !== 'object' || error === null) return 'threw ' + inspect(error)
        if (!(error instanceof Error)) return 'threw ' + inspect(error)
        const name = String(error.name)
        const message = String(error.message)
        let text = message === '' ? name : `${name}: ${message}`
        const lines = stack(error)
        const isPlaced = typeof error.line === 'number' && typeof error.sourceURL === 'string'
          && !error.sourceURL.includes('apus:prelude')
        if (lines === '' && isPlaced) text += ` (line ${error.line})`
        text += lines
        if (error.cause !== undefined && causes < most.causes) {
          text += '\ncaused by ' + describe(error.cause, causes + 1)
        }
        return text
      } catch {
        return 'an exception that cannot be told'
      }
    }
    const inspect = (value, depth = 0, seen = []) => {
      switch (typeof value) {
        case 'string': return stringify(value)
        case 'number': return Object.is(value, -0) ? '-0' : String(value)
        case 'bigint': return `${value}n`
        case 'function': return `[Function: ${value.name || '(anonymous)'}]`
        case 'object': return value === null ? 'null' : inspectObject(value, depth, seen)
        default: return String(value)
      }
    }
    const inspectObject = (value, depth, seen) => {
      if (seen.includes(value)) return '[Circular]'
      if (value instanceof Error) return describe(value)
      if (value instanceof Date) return isNaN(value) ? 'Invalid Date' : value.toISOString()
      if (value instanceof RegExp) return String(value)
      if (value instanceof Promise) return 'Promise'
      const name = value.constructor?.name
      if (value instanceof ArrayBuffer) return `ArrayBuffer(${value.byteLength})`
      if (depth >= most.depth) return Array.isArray(value) ? '[Array]' : `[${name || 'Object'}]`
      const inside = (part) => inspect(part, depth + 1, [...seen, value])
      const listed = (parts, count) => {
        const shown = Array.from({ length: Math.min(count, most.elements) }, (_, at) => parts(at))
        if (count > most.elements) shown.push(`... ${count - most.elements} more`)
        return shown.length === 0 ? '[]' : `[ ${shown.join(', ')} ]`
      }
      if (Array.isArray(value)) return listed((at) => inside(value[at]), value.length)
      if (isView(value) && !(value instanceof DataView)) {
        return `${name}(${value.length}) ` + listed((at) => inside(value[at]), value.length)
      }
      const members = value instanceof Map
        ? Array.from(value, ([key, part]) => `${inside(key)} => ${inside(part)}`)
        : value instanceof Set ? Array.from(value, inside) : properties(value, inside)
      const rest = members.length - most.members
      if (rest > 0) members.splice(most.members, rest, `... ${rest} more`)
      const lead = name && name !== 'Object' ? name + ' ' : ''
      return lead + (members.length === 0 ? '{}' : `{ ${members.join(', ')} }`)
    }
    const properties = (value, inside) => Object.keys(value).map((key) => {
      const { get, value: part } = Object.getOwnPropertyDescriptor(value, key) ?? {}
      const title = /^[A-Za-z_$][\w$]*$/.test(key) ? key : stringify(key)
      return `${title}: ${get ? '[Getter]' : inside(part)}`
    })
    return { describe, inspect, stack }
    """#

  static let console = #"""
    const { inspect, stack } = load('describing')
    let indent = ''
    const shown = (value) => typeof value === 'string' ? value : inspect(value)
    const formatted = (given) => {
      if (typeof given[0] !== 'string' || !given[0].includes('%')) return given.map(shown).join(' ')
      let next = 1
      const text = given[0].replace(/%[sdifoOjc%]/g, (mark) => {
        if (mark === '%%') return '%'
        if (next >= given.length) return mark
        const value = given[next++]
        switch (mark) {
          case '%s': return typeof value === 'object' ? inspect(value) : String(value)
          case '%d': return String(Number(value))
          case '%i': return String(Math.trunc(Number(value)))
          case '%f': return String(Number(value))
          case '%c': return ''
          case '%j': return stringify(value)
          default: return inspect(value)
        }
      })
      return [text, ...given.slice(next).map(shown)].join(' ')
    }
    const log = (...given) => {
      let text = ''
      try { text = formatted(given) } catch (error) { text = 'what cannot be told' }
      call.log(indent + (indent ? text.replaceAll('\n', '\n' + indent) : text) + '\n')
    }
    const counts = new Map()
    const marks = new Map()
    const took = (name, ...given) => {
      if (marks.has(name)) log(`${name}: ${(call.now() - marks.get(name)).toFixed(3)} ms`, ...given)
    }
    const console = {
      log, info: log, debug: log, warn: log, error: log, dir: (value) => log(value), table: log,
      trace: (...given) => log('Trace:', ...given, stack(new Error())),
      assert: (holds, ...given) => { if (!holds) log('Assertion failed:', ...given) },
      group: (...given) => { if (given.length > 0) log(...given); indent += '  ' },
      groupEnd: () => { indent = indent.slice(2) },
      count: (name = 'default') => {
        counts.set(name, (counts.get(name) ?? 0) + 1)
        log(`${name}: ${counts.get(name)}`)
      },
      countReset: (name = 'default') => { counts.delete(name) },
      time: (name = 'default') => { marks.set(name, call.now()) },
      timeLog: (name = 'default', ...given) => took(name, ...given),
      timeEnd: (name = 'default') => { took(name); marks.delete(name) },
    }
    return { console }
    """#
}
