/// Text and bytes: the Encoding standard's UTF-8, and base64 as HTML has it.
extension ScriptPrelude {
  static let texts = #"""
    class TextEncoder {
      get encoding() { return 'utf-8' }
      encode(text = '') { return call.encode(String(text)) }
      encodeInto(text, target) {
        text = String(text)
        let read = 0
        let written = 0
        // No character is torn, so what does not fit is found piece by piece.
        for (const character of text) {
          const code = character.codePointAt(0)
          const size = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4
          if (written + size > target.length) break
          written += size
          read += character.length
        }
        target.set(call.encode(text.slice(0, read)))
        return { read, written }
      }
    }
    const labels = ['utf-8', 'utf8', 'unicode-1-1-utf-8']
    // How many bytes at the end begin a character that is not there yet.
    const unfinished = (bytes) => {
      for (let back = 1; back <= Math.min(3, bytes.length); back++) {
        const byte = bytes[bytes.length - back]
        if (byte >= 0xC0) return back < (byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : 2) ? back : 0
        if (byte < 0x80) return 0
      }
      return 0
    }
    class TextDecoder {
      #rest = new Uint8Array()
      #isBegun = false
      constructor(label = 'utf-8', { fatal = false, ignoreBOM = false } = {}) {
        if (!labels.includes(String(label).trim().toLowerCase())) {
          throw new RangeError(`the encoding ${label} is not known here, only utf-8`)
        }
        Object.defineProperties(this, { encoding: { value: 'utf-8' },
          fatal: { value: Boolean(fatal) }, ignoreBOM: { value: Boolean(ignoreBOM) } })
      }
      decode(given = new Uint8Array(), { stream = false } = {}) {
        if (!isBytes(given)) throw new TypeError('what is decoded must be bytes')
        let bytes = copied(given)
        if (this.#rest.length > 0) {
          const whole = new Uint8Array(this.#rest.length + bytes.length)
          whole.set(this.#rest)
          whole.set(bytes, this.#rest.length)
          bytes = whole
        }
        const keep = stream ? unfinished(bytes) : 0
        this.#rest = bytes.slice(bytes.length - keep)
        let text = call.decode(keep > 0 ? bytes.slice(0, bytes.length - keep) : bytes, this.fatal)
        if (text === undefined) {
          this.#rest = new Uint8Array()
          throw new TypeError('the bytes are not UTF-8')
        }
        if (!this.#isBegun && !this.ignoreBOM && text.startsWith('\uFEFF')) text = text.slice(1)
        this.#isBegun = stream && (this.#isBegun || text !== '')
        return text
      }
    }
    const { DOMException } = load('exceptions')
    const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
    const invalid = (text) => new DOMException(text, 'InvalidCharacterError')
    const btoa = (given) => {
      const text = String(given)
      let made = ''
      for (let at = 0; at < text.length; at += 3) {
        const [one, two, three] = [text.charCodeAt(at), text.charCodeAt(at + 1),
          text.charCodeAt(at + 2)]
        if (one > 255 || two > 255 || three > 255) throw invalid('a character is more than a byte')
        made += digits[one >> 2] + digits[(one & 3) << 4 | two >> 4]
          + (at + 1 < text.length ? digits[(two & 15) << 2 | three >> 6] : '=')
          + (at + 2 < text.length ? digits[three & 63] : '=')
      }
      return made
    }
    const atob = (given) => {
      let text = String(given).replace(/[\t\n\f\r ]/g, '')
      if (text.length % 4 === 0) text = text.replace(/==?$/, '')
      if (text.length % 4 === 1) throw invalid('that is not base64')
      let made = ''
      let bits = 0
      let value = 0
      for (const digit of text) {
        const number = digits.indexOf(digit)
        if (number < 0) throw invalid('that is not base64')
        value = (value << 6 | number) & 0xFFFF
        bits += 6
        if (bits >= 8) {
          bits -= 8
          made += String.fromCharCode(value >> bits & 255)
        }
      }
      return made
    }
    return { TextEncoder, TextDecoder, atob, btoa }
    """#
}
