import Foundation
import Glibc
import Primitives
import Testing

@testable import IO

/// A program of an attacker, compiled once with the compiler that comes with Swift.
final class AttackProgram: Sendable {
  let path: Result<String, any Error>
  private static let built = Locked<[String]>([])

  init(_ name: String = "attack") {
    path = Result {
      let source = try #require(
        Bundle.module.url(forResource: name, withExtension: "c", subdirectory: "Attacks"))
      let built = "/tmp/apus-\(name)-\(getpid())-\(UUID().uuidString.prefix(8))"
      let compiler = Foundation.Process()
      let candidates = ["/opt/swift/usr/bin/clang", "/usr/bin/clang", "/usr/bin/cc"]
      let found = try #require(
        candidates.first { access($0, X_OK) == 0 }, "no C compiler: install clang")
      compiler.executableURL = URL(fileURLWithPath: found)
      compiler.arguments = ["-O1", "-static", "-o", built, source.path, "-lpthread"]
      try compiler.run()
      compiler.waitUntilExit()
      try #require(compiler.terminationStatus == 0)
      chmod(built, 0o755)
      Self.built.withLock { $0.append(built) }
      return built
    }
    atexit { for path in AttackProgram.built.withLock({ $0 }) { unlink(path) } }
  }
}

/// What attacks are after, on this machine: a file, sockets, a process.
final class AttackTargets: @unchecked Sendable {  // guard: set in init alone
  private let folder: String
  private let abstract = "apus-attack-\(UUID().uuidString.prefix(8))"
  private var sockets: [Int32] = []
  private var port: UInt16 = 0

  init(in folder: String) throws {
    self.folder = folder
    try "secret".write(toFile: "\(folder)/secret", atomically: false, encoding: .utf8)
    port = try listen(Int32(SOCK_STREAM.rawValue), 0)
    _ = try listen(Int32(SOCK_DGRAM.rawValue), port)
    try listenLocally(Array("\(folder)/socket".utf8))
    try listenLocally([0] + Array(abstract.utf8))
    setenv("ATTACK_SECRET", "1", 1)
  }

  deinit { for socket in sockets { close(socket) } }

  func fill(_ word: String) -> String {
    word.replacingOccurrences(of: "ABSTRACT", with: abstract)
      .replacingOccurrences(of: "FOLDER", with: folder)
      .replacingOccurrences(of: "PORT", with: "\(port)")
      .replacingOccurrences(of: "PROCESS", with: "\(getpid())")
  }

  /// Runs an attack as an ordinary program, with what a careless starter leaves it.
  func runOutside(_ words: [String]) async throws -> Int32 {
    let loop = try EventLoop()
    defer { loop.stop() }
    let program = try HostilityTests.program.path.get()
    var command = Command(
      program, words.map(fill), environment: Command.inheritedEnvironment, folder: folder)
    command.passed = [sockets[0]]
    let child = try await ChildProcess.spawn(command, on: loop)
    switch try await child.exit().reason {
    case .exited(let code): return code
    case .signalled(let signal): return 128 + signal.number
    }
  }

  private func listen(_ type: Int32, _ port: UInt16) throws -> UInt16 {
    let listener = socket(AF_INET, type, 0)
    sockets.append(listener)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let status = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        let bound = bind(listener, address, length)
        getsockname(listener, address, &length)
        return bound
      }
    }
    try #require(status == 0)
    Glibc.listen(listener, 64)
    return UInt16(bigEndian: address.sin_port)
  }

  private func listenLocally(_ path: [UInt8]) throws {
    let listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    sockets.append(listener)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path) }
    let length = socklen_t(MemoryLayout<sa_family_t>.size + path.count)
    let status = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(listener, $0, length) }
    }
    try #require(status == 0)
    Glibc.listen(listener, 64)
  }
}
