import CBox
import Glibc
import IO

/// What a box gives up for good.
enum Privileges {
  private enum Option {
    static let dumpable: Int32 = 4
    static let dropBound: Int32 = 24
    static let secureBits: Int32 = 28
    static let noNewPrivileges: Int32 = 38
    static let parentDeathSignal: Int32 = 1
  }

  /// NOROOT, NO_SETUID_FIXUP, NO_CAP_AMBIENT_RAISE, each locked, and KEEP_CAPS locked off
  /// (linux/securebits.h).
  private static let secureBits: UInt = 1 | 2 | 4 | 8 | 32 | 64 | 128

  /// Becomes the box's own user: number 0 in the box, and on the machine whom the map names. The
  /// starter's groups go where the kernel lets them.
  static func becomeBoxUser() throws(RuntimeError) {
    // Refused to an ordinary user, whose groups stay: what they open is not in the box.
    _ = apus_forget_groups()
    try check(apus_become(0, 0), "becoming the user of the box")
    // The kernel forgets it when the user changes.
    try dieWithParent()
  }

  static func dieWithParent() throws(RuntimeError) {
    try check(
      apus_process_control(Option.parentDeathSignal, UInt(SIGKILL)), "asking to end with the node")
  }

  /// No capability is left, none comes with a program, and nobody else looks into this process.
  static func drop() throws(RuntimeError) {
    try check(apus_process_control(Option.noNewPrivileges, 1), "giving up new privileges")
    try check(apus_no_ambient(), "giving up ambient capabilities")
    for number in 0..<64 {
      // EINVAL: the kernel knows no more.
      if apus_process_control(Option.dropBound, UInt(number)) != 0 {
        guard errno == EINVAL else { throw failure("giving up capability \(number)") }
        break
      }
    }
    try check(
      apus_process_control(Option.secureBits, secureBits), "locking the security bits")
    try check(apus_no_capabilities(), "giving up capabilities")
    try check(apus_process_control(Option.dumpable, 0), "hiding the memory of the box")
    guard apus_capabilities() == 0 else {
      throw RuntimeError(.weak, "building a box: capabilities are left")
    }
  }

  private static func check(_ status: Int32, _ doing: String) throws(RuntimeError) {
    if status < 0 { throw failure(doing) }
  }

  private static func failure(_ doing: String) -> RuntimeError {
    let number = errno
    return RuntimeError(.weak, SystemError(errno: number, "building a box: \(doing)").message)
  }
}
