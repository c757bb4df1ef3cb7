// SHA-256 (FIPS 180-4) of 48 MiB of zeros.
export default () => {
  const constants = new Int32Array(64)
  const state = new Int32Array(8)
  const fraction = (value) => ((value - Math.floor(value)) * 2 ** 32) | 0
  for (let number = 2, found = 0; found < 64; number++) {
    let isPrime = true
    for (let factor = 2; factor * factor <= number; factor++) {
      if (number % factor === 0) isPrime = false
    }
    if (!isPrime) continue
    if (found < 8) state[found] = fraction(Math.sqrt(number))
    constants[found++] = fraction(Math.cbrt(number))
  }
  const words = new Int32Array(64)
  const turned = (word, by) => (word >>> by) | (word << (32 - by))
  for (let block = 0; block < (48 << 20) / 64; block++) {
    for (let i = 0; i < 16; i++) words[i] = 0
    for (let i = 16; i < 64; i++) {
      const early = words[i - 15], late = words[i - 2]
      const small = turned(early, 7) ^ turned(early, 18) ^ (early >>> 3)
      const large = turned(late, 17) ^ turned(late, 19) ^ (late >>> 10)
      words[i] = (words[i - 16] + small + words[i - 7] + large) | 0
    }
    let a = state[0], b = state[1], c = state[2], d = state[3]
    let e = state[4], f = state[5], g = state[6], h = state[7]
    for (let i = 0; i < 64; i++) {
      const large = turned(e, 6) ^ turned(e, 11) ^ turned(e, 25)
      const first = (h + large + ((e & f) ^ (~e & g)) + constants[i] + words[i]) | 0
      const small = turned(a, 2) ^ turned(a, 13) ^ turned(a, 22)
      const second = (small + ((a & b) ^ (a & c) ^ (b & c))) | 0
      h = g; g = f; f = e; e = (d + first) | 0
      d = c; c = b; b = a; a = (first + second) | 0
    }
    state[0] += a; state[1] += b; state[2] += c; state[3] += d
    state[4] += e; state[5] += f; state[6] += g; state[7] += h
  }
  return Array.from(state, (word) => (word >>> 0).toString(16).padStart(8, '0')).join('')
}
