import CBox
import Glibc
import Testing

@testable import Runtimes

/// What the filters of boxes say of calls that reach beyond a box in a way which nobody sees.
struct SyscallFilterTests {
  private static let allow: UInt32 = 0x7FFF_0000
  private static func refuse(_ number: Int32) -> UInt32 { 0x0005_0000 | UInt32(number) }

  private static func verdict(
    _ call: Int32, _ arguments: [UInt64] = [], in runtime: Runtime
  ) -> UInt32 {
    FilterInterpreter(call: call, arguments: arguments).verdict(SyscallFilter.program(runtime))
  }

  @Test(arguments: [Runtime.process, .wasm])
  func `the disks of the machine are not a box's to flush`(runtime: Runtime) {
    // Success, and nothing done; what is in the box's own memory needs none.
    let isProgram = runtime == .process
    let done = Self.refuse(isProgram ? 0 : ENOSYS)
    #expect(Self.verdict(SYS_sync, in: runtime) == done)
    #expect(Self.verdict(SYS_syncfs, [3], in: runtime) == done)
    #expect(Self.verdict(SYS_fsync, [3], in: runtime) == Self.allow)
  }

  @Test(arguments: [Runtime.process, .wasm])
  func `no box stands in the way of who opens a file`(runtime: Runtime) {
    let (lease, notify): (UInt64, UInt64) = (1024, 1026)
    for command in [lease, notify, 1 << 32 | lease] {
      #expect(Self.verdict(SYS_fcntl, [3, command], in: runtime) == Self.refuse(EPERM))
    }
    #expect(Self.verdict(SYS_fcntl, [3, UInt64(F_SETFL)], in: runtime) == Self.allow)
    for call in [SYS_inotify_init1, SYS_inotify_add_watch] {
      #expect(Self.verdict(call, in: runtime) == Self.refuse(ENOSYS))
    }
  }

  @Test func `sockets, and pairs of them, are the box's own`() {
    for call in [SYS_socket, SYS_socketpair] {
      #expect(Self.verdict(call, [UInt64(AF_UNIX)], in: .process) == Self.allow)
      for family in [AF_INET, AF_VSOCK, AF_PACKET] {
        let verdict = Self.verdict(call, [UInt64(family)], in: .process)
        #expect(verdict == Self.refuse(EAFNOSUPPORT))
        #expect(Self.verdict(call, [UInt64(family)], in: .wasm) == Self.refuse(ENOSYS))
      }
    }
  }
}
