/// The program that keeps a kept container alive: a whole ELF file that sleeps, and lets the kernel
/// bury whoever is left to it. Images need no shell for it, and nothing of the machine is shown.
enum Sleeper {
  /// Where containers have it.
  static let path = "/.apus-sleeper"

  static var program: [UInt8] {
    let code = instructions
    let headBytes = 64 + 56
    var file: [UInt8] = [0x7F] + Array("ELF".utf8) + [2, 1, 1] + [UInt8](repeating: 0, count: 9)
    file += word(2, 2) + word(machine, 2) + word(1, 4)
    file += word(base + UInt64(headBytes), 8) + word(64, 8) + word(0, 8) + word(0, 4)
    file += word(64, 2) + word(56, 2) + word(1, 2) + word(0, 6)
    // One segment: the file, to be read and executed.
    file += word(1, 4) + word(5, 4) + word(0, 8) + word(base, 8) + word(base, 8)
    let size = UInt64(headBytes + code.count)
    return file + word(size, 8) + word(size, 8) + word(0x1000, 8) + code
  }

  private static let base: UInt64 = 0x40_0000

  private static func word(_ value: UInt64, _ bytes: Int) -> [UInt8] {
    (0..<bytes).map { $0 < 8 ? UInt8(truncatingIfNeeded: value >> UInt64($0 * 8)) : 0 }
  }

  /// What `rt_sigaction` is told: ignore (1), no flags, no restorer, no mask.
  private static let ignore: [UInt8] = [1] + [UInt8](repeating: 0, count: 31)

  #if arch(x86_64)
    private static let machine: UInt64 = 62
    private static let instructions: [UInt8] =
      [
        0xB8, 13, 0, 0, 0,  // mov eax, rt_sigaction
        0xBF, 17, 0, 0, 0,  // mov edi, SIGCHLD
        0x48, 0x8D, 0x35, 23, 0, 0, 0,  // lea rsi, [ignore]
        0x31, 0xD2,  // xor edx, edx
        0x41, 0xBA, 8, 0, 0, 0,  // mov r10d, 8
        0x0F, 0x05,  // syscall
        0xB8, 34, 0, 0, 0,  // mov eax, pause
        0x0F, 0x05,  // syscall
        0xEB, 0xF7,  // jmp to pause
        0, 0, 0, 0,
      ] + ignore
  #elseif arch(arm64)
    private static let machine: UInt64 = 183
    private static let instructions: [UInt8] =
      ([
        0xD280_10C8,  // mov x8, rt_sigaction
        0xD280_0220,  // mov x0, SIGCHLD
        0x1000_0181,  // adr x1, ignore
        0xD280_0002,  // mov x2, 0
        0xD280_0103,  // mov x3, 8
        0xD400_0001,  // svc 0
        0xD280_0000, 0xD280_0001, 0xD280_0002, 0xD280_0003, 0xD280_0004,  // mov x0-x4, 0
        0xD280_0928,  // mov x8, ppoll
        0xD400_0001,  // svc 0
        0x17FF_FFF9,  // b to mov x0
      ] as [UInt64]).flatMap { word($0, 4) } + ignore
  #endif
}
