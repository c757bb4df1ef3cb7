import HTTP
import IO

@testable import Calls

/// A frame of HTTP/2 as it is on the wire (RFC 9113, 4.1).
struct Frame {
  var type: UInt8
  var flags: UInt8 = 0
  var stream: UInt32 = 0
  var payload: [UInt8] = []

  init(type: UInt8, flags: UInt8 = 0, stream: UInt32 = 0, payload: [UInt8] = []) {
    self.type = type
    self.flags = flags
    self.stream = stream
    self.payload = payload
  }

  init(type: UInt8, stream: UInt32, word: UInt32) {
    self.init(type: type, stream: stream, payload: Self.bytes(word))
  }

  var bytes: [UInt8] {
    Self.bytes(UInt32(payload.count))[1...] + [type, flags] + Self.bytes(stream) + payload
  }

  static func bytes(_ word: UInt32) -> [UInt8] {
    stride(from: 24, through: 0, by: -8).map { UInt8(truncatingIfNeeded: word >> $0) }
  }

  /// Takes the first frame off, once it is whole.
  static func take(from bytes: inout [UInt8]) -> Frame? {
    guard bytes.count >= 9 else { return nil }
    let length = bytes[0..<3].reduce(0) { $0 << 8 | Int($1) }
    guard bytes.count >= 9 + length else { return nil }
    let frame = Frame(
      type: bytes[3], flags: bytes[4], stream: bytes[5..<9].reduce(0) { $0 << 8 | UInt32($1) },
      payload: Array(bytes[9..<(9 + length)]))
    bytes.removeFirst(9 + length)
    return frame
  }
}

/// A server made of raw frames: says what to send for each frame, nil to hang up.
func serveFrames(
  _ wire: MemoryTransport, greeting: [UInt8] = Frame(type: 4).bytes,
  _ answer: (Frame) -> [UInt8]?
) async {
  let preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8.count
  var received: [UInt8] = []
  var isGreeted = false
  defer { wire.close() }
  do {
    try await wire.write(greeting)
    while try await wire.read({ received.append(contentsOf: $0) }) {
      if !isGreeted, received.count >= preface {
        received.removeFirst(preface)
        isGreeted = true
      }
      while isGreeted, let frame = Frame.take(from: &received) {
        guard let bytes = answer(frame) else { return }
        try await wire.write(bytes)
      }
    }
  } catch {}
}

/// How an echo to such a server fails.
func againstFrames(
  greeting: [UInt8] = Frame(type: 4).bytes, keepAlive: FrameClientConnection.KeepAlive? = nil,
  _ answer: @escaping @Sendable (Frame) -> [UInt8]?
) async throws -> Status? {
  let loop = try EventLoop(name: "frames")
  defer { loop.stop() }
  return try await loop.run {
    let (near, far) = MemoryTransport.pair(on: loop)
    let connection = try FrameClientConnection(
      transport: near, isSecure: false, keepAlive: keepAlive)
    let client = CallClient(connection, on: loop, authority: "test")
    return await withTaskGroup(of: Void.self) { group in
      group.addTask(executorPreference: loop) { await connection.run() }
      group.addTask(executorPreference: loop) {
        await serveFrames(far, greeting: greeting, answer)
      }
      let status = await failure {
        try await ProbeV1.ProbeClient(client).echo(ProbeV1.EchoRequest())
      }
      connection.close()
      return status
    }
  }
}
