// Estimates pi by throwing darts: how many land in the quarter of the circle?
//
//   monte-carlo.wasm [darts] [seed]
//
// Embedded Swift: no library but the C one, a module of a few kilobytes.

@_extern(c, "atoll") func number(_ text: UnsafePointer<CChar>) -> Int64
@_extern(c, "putchar") @discardableResult func put(_ character: Int32) -> Int32

/// Numbers that a seed repeats (SplitMix64).
struct Darts {
  var state: UInt64

  mutating func next() -> Double {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return Double((mixed ^ (mixed >> 31)) >> 11) * 0x1p-53
  }
}

func show(_ text: StaticString) {
  text.withUTF8Buffer { for character in $0 { put(Int32(character)) } }
}

func show(_ number: UInt64, digits: Int) {
  if number >= 10 || digits > 1 { show(number / 10, digits: digits - 1) }
  put(Int32(48 + number % 10))
}

@_cdecl("main")
func main(_ count: Int32, _ arguments: UnsafePointer<UnsafePointer<CChar>>) -> Int32 {
  let total = count > 1 ? max(1, number(arguments[1])) : 1_000_000
  var darts = Darts(state: UInt64(bitPattern: count > 2 ? number(arguments[2]) : 1))
  var inside: UInt64 = 0
  for _ in 0..<total {
    let (x, y) = (darts.next(), darts.next())
    if x * x + y * y < 1 { inside += 1 }
  }
  let millionths = UInt64(4_000_000 * Double(inside) / Double(total))
  show("pi is about ")
  show(millionths / 1_000_000, digits: 1)
  show(".")
  show(millionths % 1_000_000, digits: 6)
  show("\n")
  return 0
}
