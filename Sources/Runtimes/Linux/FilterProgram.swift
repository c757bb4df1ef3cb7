// # System call filters
//
// A filter is a program of the kernel's classic packet filter (seccomp(2)): it looks at the
// number of a call, the processor it is made for and its arguments, and says what becomes of it.
// It is built from rules here and is a value, so that tests run it without a kernel.
//
// Order: a foreign architecture is death; then the rules with arguments, then those without,
// then the verdict for everything else. Rules with arguments cost a few instructions at each
// call; for all others the kernel remembers the verdict by number (5.11 and later).

/// What becomes of a system call.
package enum FilterVerdict: Sendable, Hashable {
  case allow
  /// Fails with this `errno`.
  case refuse(Int32)
  /// The whole process dies, as by SIGSYS.
  case kill

  var code: UInt32 {
    switch self {
    case .allow: 0x7FFF_0000
    case .refuse(let number): 0x0005_0000 | UInt32(number) & 0xFFFF
    case .kill: 0x8000_0000
    }
  }
}

/// One line of a filter. The first that fits decides.
package struct FilterRule: Sendable, Hashable {
  /// An argument seen through a mask.
  package struct Condition: Sendable, Hashable {
    /// From 0 to 5.
    package var argument: Int
    package var mask: UInt64
    package var value: UInt64

    package static func argument(_ index: Int, equals value: UInt64) -> Condition {
      Condition(argument: index, mask: .max, value: value)
    }

    /// The kernel looks at the lower half of an `int`; what is above it may be anything.
    package static func word(_ index: Int, equals value: UInt32) -> Condition {
      Condition(argument: index, mask: 0xFFFF_FFFF, value: UInt64(value))
    }

    package static func argument(_ index: Int, lacks bits: UInt64) -> Condition {
      Condition(argument: index, mask: bits, value: 0)
    }

    package static func argument(_ index: Int, has bits: UInt64) -> Condition {
      Condition(argument: index, mask: bits, value: bits)
    }
  }

  package var call: Int32
  /// All must hold.
  package var conditions: [Condition]
  package var verdict: FilterVerdict

  package init(_ call: Int32, _ verdict: FilterVerdict, when conditions: [Condition] = []) {
    self.call = call
    self.conditions = conditions
    self.verdict = verdict
  }
}

/// A filter ready for the kernel.
package struct FilterProgram: Sendable, Equatable {
  package struct Instruction: Sendable, Equatable {
    package var code: UInt16
    package var whenTrue: UInt8 = 0
    package var whenFalse: UInt8 = 0
    package var value: UInt32
  }

  /// What the kernel takes (BPF_MAXINSNS).
  package static let lengthLimit = 4096

  /// Offsets in `struct seccomp_data`.
  private enum Field {
    static let call: UInt32 = 0
    static let architecture: UInt32 = 4
    static func low(_ argument: Int) -> UInt32 { 16 + 8 * UInt32(argument) }
    static func high(_ argument: Int) -> UInt32 { low(argument) + 4 }
  }

  private enum Code {
    static let load: UInt16 = 0x20  // BPF_LD | BPF_W | BPF_ABS
    static let and: UInt16 = 0x54  // BPF_ALU | BPF_AND | BPF_K
    static let jumpIfEqual: UInt16 = 0x15  // BPF_JMP | BPF_JEQ | BPF_K
    static let jumpIfAtLeast: UInt16 = 0x35  // BPF_JMP | BPF_JGE | BPF_K
    static let give: UInt16 = 0x06  // BPF_RET | BPF_K
  }

  package private(set) var instructions: [Instruction] = []

  package init(
    _ rules: [FilterRule], otherwise: FilterVerdict, architecture: UInt32 = Self.architecture
  ) {
    load(Field.architecture)
    test(architecture)
    give(.kill)
    load(Field.call)
    #if arch(x86_64)
      // The x32 calls have the same architecture and numbers of their own.
      instructions.append(
        Instruction(code: Code.jumpIfAtLeast, whenTrue: 0, whenFalse: 1, value: 0x4000_0000))
      give(.kill)
    #endif
    for rule in rules where !rule.conditions.isEmpty { add(rule) }
    for rule in rules where rule.conditions.isEmpty {
      instructions.append(
        Instruction(
          code: Code.jumpIfEqual, whenTrue: 0, whenFalse: 1, value: UInt32(bitPattern: rule.call)))
      give(rule.verdict)
    }
    give(otherwise)
    precondition(instructions.count <= Self.lengthLimit, "a filter is too long for the kernel")
  }

  /// AUDIT_ARCH of this processor (linux/audit.h).
  package static var architecture: UInt32 {
    #if arch(x86_64)
      0xC000_003E
    #elseif arch(arm64)
      0xC000_00B7
    #else
      0
    #endif
  }

  /// For the kernel: eight bytes each, in this machine's order.
  package var words: [UInt64] {
    instructions.map { instruction in
      UInt64(instruction.code) | UInt64(instruction.whenTrue) << 16
        | UInt64(instruction.whenFalse) << 24 | UInt64(instruction.value) << 32
    }
  }

  private mutating func load(_ offset: UInt32) {
    instructions.append(Instruction(code: Code.load, value: offset))
  }

  private mutating func give(_ verdict: FilterVerdict) {
    instructions.append(Instruction(code: Code.give, value: verdict.code))
  }

  /// Passes over the next instruction when the value is this.
  private mutating func test(_ value: UInt32) {
    instructions.append(
      Instruction(code: Code.jumpIfEqual, whenTrue: 1, whenFalse: 0, value: value))
  }

  private mutating func add(_ rule: FilterRule) {
    var body: [Instruction] = []
    for condition in rule.conditions {
      let halves = [
        (Field.low(condition.argument), condition.mask & 0xFFFF_FFFF, condition.value),
        (Field.high(condition.argument), condition.mask >> 32, condition.value >> 32),
      ]
      for (offset, mask, value) in halves where mask != 0 {
        body.append(Instruction(code: Code.load, value: offset))
        body.append(Instruction(code: Code.and, value: UInt32(mask)))
        body.append(
          Instruction(code: Code.jumpIfEqual, value: UInt32(truncatingIfNeeded: value & mask)))
      }
    }
    // Behind the body: its verdict, then the call's number again for the next rule.
    for index in body.indices where body[index].code == Code.jumpIfEqual {
      body[index].whenFalse = UInt8(body.count - index)
    }
    instructions.append(
      Instruction(
        code: Code.jumpIfEqual, whenTrue: 0, whenFalse: UInt8(body.count + 2),
        value: UInt32(bitPattern: rule.call)))
    instructions += body
    give(rule.verdict)
    load(Field.call)
  }
}
