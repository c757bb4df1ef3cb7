import Runtimes
import Testing

/// What the kernel would do with a filter (net/core/filter.c, the part that seccomp takes).
struct FilterInterpreter {
  var call: Int32
  var architecture = FilterProgram.architecture
  var arguments: [UInt64] = []

  private func field(_ offset: UInt32) -> UInt32 {
    switch offset {
    case 0: return UInt32(bitPattern: call)
    case 4: return architecture
    default:
      let index = Int(offset - 16) / 8
      let argument = index < arguments.count ? arguments[index] : 0
      return UInt32(truncatingIfNeeded: offset % 8 == 0 ? argument : argument >> 32)
    }
  }

  func verdict(_ program: FilterProgram) -> UInt32 {
    var (place, value) = (0, UInt32(0))
    while true {
      let instruction = program.instructions[place]
      place += 1
      switch instruction.code {
      case 0x20: value = field(instruction.value)
      case 0x54: value &= instruction.value
      case 0x15:
        place += Int(
          value == instruction.value ? instruction.whenTrue : instruction.whenFalse)
      case 0x35:
        place += Int(
          value >= instruction.value ? instruction.whenTrue : instruction.whenFalse)
      case 0x06: return instruction.value
      default: preconditionFailure("an instruction of code \(instruction.code)")
      }
    }
  }
}

struct FilterProgramTests {
  static let allow: UInt32 = 0x7FFF_0000
  static let kill: UInt32 = 0x8000_0000
  static func refuse(_ number: UInt32) -> UInt32 { 0x0005_0000 | number }

  let program = FilterProgram(
    [
      FilterRule(10, .allow),
      FilterRule(11, .refuse(1)),
      FilterRule(12, .allow, when: [.argument(0, lacks: 0x7E02_0000)]),
      FilterRule(12, .refuse(1)),
      FilterRule(13, .allow, when: [.word(0, equals: 1), .argument(2, equals: 5 << 32 | 7)]),
      FilterRule(14, .allow, when: [.argument(1, has: 0x10100)]),
    ], otherwise: .refuse(38))

  @Test(
    arguments: [
      (10, [], allow), (11, [], refuse(1)), (9, [], refuse(38)), (-1, [], kill),
      (12, [0x11], allow), (12, [0x0200_0000], refuse(1)), (12, [0x7E02_0011], refuse(1)),
      (12, [0x11, 0x0200_0000], allow),
      (13, [1, 0, 5 << 32 | 7], allow), (13, [1 << 32 | 1, 9, 5 << 32 | 7], allow),
      (13, [2, 0, 5 << 32 | 7], refuse(38)), (13, [1, 0, 4 << 32 | 7], refuse(38)),
      (13, [1, 0, 5 << 32 | 6], refuse(38)),
      (14, [0, 0x10100], allow), (14, [0, 0x1_0000_0000 | 0x10101], allow),
      (14, [0, 0x100], refuse(38)),
    ] as [(Int32, [UInt64], UInt32)])
  func `the first rule that fits decides`(call: Int32, arguments: [UInt64], verdict: UInt32) {
    #expect(FilterInterpreter(call: call, arguments: arguments).verdict(program) == verdict)
  }

  @Test func `a call for another processor is death`() {
    for architecture: UInt32 in [0x4000_0003, 0, .max] {
      let call = FilterInterpreter(call: 10, architecture: architecture)
      #expect(call.verdict(program) == Self.kill)
    }
    // What x32 calls are told apart by.
    let call = FilterInterpreter(call: 0x4000_000A)
    #if arch(x86_64)
      #expect(call.verdict(program) == Self.kill)
    #endif
  }
}
