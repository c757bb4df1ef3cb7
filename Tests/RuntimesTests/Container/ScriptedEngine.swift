import Foundation
import Glibc
import IO
import Primitives

@testable import Runtimes

/// An engine that answers what a test wrote down: paths, and what is sent back as it stands.
final class ScriptedEngine: Sendable {
  let folder: String
  let loops: LoopGroup
  private let listener: Int32
  private let answers: [(path: String, bytes: [UInt8])]
  private let asked = Asked()

  private final class Asked: Sendable {
    let paths = Locked<[String]>([])
  }

  /// No answer, for as long as somebody waits for one.
  static let silence = Array("silence".utf8)

  static let version = answer(
    200, #"{"Version":"20.10","ApiVersion":"1.41","MinAPIVersion":"1.12","Components":[]}"#)

  static func answer(_ status: Int, _ body: String) -> [UInt8] {
    Array(
      ("HTTP/1.1 \(status) X\r\nContent-Length: \(body.utf8.count)\r\n"
        + "Connection: close\r\n\r\n\(body)").utf8)
  }

  /// The first whose path the question begins with counts.
  init(_ answers: [(path: String, bytes: [UInt8])]) throws {
    self.answers = answers + [("/version", Self.version)]
    folder = "/tmp/apus-script-\(UUID().uuidString.prefix(8))"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    loops = try LoopGroup(count: 1)
    listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(socketPath.utf8)) }
    _ = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    listen(listener, 16)
    Thread.detachNewThread { [listener, answers = self.answers, asked] in
      signal(SIGPIPE, SIG_IGN)
      while true {
        let client = accept(listener, nil, nil)
        if client < 0 { return }
        Self.serve(client, answers, asked)
        close(client)
      }
    }
  }

  private var socketPath: String { "\(folder)/s" }
  var address: EngineAddress { EngineAddress(socket: socketPath) }
  var questions: [String] { asked.paths.withLock { $0 } }

  deinit {
    shutdown(listener, Int32(SHUT_RDWR))
    close(listener)
    loops.stop()
    try? FileManager.default.removeItem(atPath: folder)
  }

  private static func serve(
    _ client: Int32, _ answers: [(path: String, bytes: [UInt8])], _ asked: Asked
  ) {
    var head: [UInt8] = []
    var byte: UInt8 = 0
    while !head.suffix(4).elementsEqual([13, 10, 13, 10]) {
      guard read(client, &byte, 1) == 1 else { return }
      head.append(byte)
    }
    let words = String(decoding: head, as: UTF8.self).split(separator: " ")
    let path = words.count > 1 ? String(words[1]) : ""
    asked.paths.withLock { $0.append(path) }
    let plain = path.hasPrefix("/v1.") ? String(path.drop { $0 != "/" }.dropFirst(6)) : path
    let answer = answers.first { plain.hasPrefix($0.path) }?.bytes ?? Self.answer(404, "{}")
    if answer != silence {
      _ = write(client, answer, answer.count)
      shutdown(client, Int32(SHUT_WR))
    }
    // Until the other side has seen it: an end with unread bytes would be a reset.
    while read(client, &byte, 1) == 1 {}
  }

  func with<Value: Sendable>(
    _ body: @Sendable (ContainerEngine) async throws -> Value
  ) async throws -> Value {
    let engine = try await ContainerEngine.connect(to: address, on: loops.next())
    let result: Result<Value, any Error>
    do { result = .success(try await body(engine)) } catch { result = .failure(error) }
    await engine.close()
    return try result.get()
  }
}
