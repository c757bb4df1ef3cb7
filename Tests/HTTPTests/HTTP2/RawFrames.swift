import HTTP
import IO

/// HTTP/2 made by hand, right or wrong (RFC 9113, 4.1 and 6; RFC 7541, 6).
enum Raw {
  static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)
  static let settings = frame(.settings)
  static let hello = preface + settings

  enum Kind: UInt8, Sendable {
    case data, headers, priority, reset, settings, push, ping, goAway, window, continuation
    case altService = 10
    case priorityUpdate = 16
    case unknown = 0xEE
  }

  static let endStream: UInt8 = 1
  static let ack: UInt8 = 1
  static let endHeaders: UInt8 = 4
  static let padded: UInt8 = 8
  static let hasPriority: UInt8 = 0x20

  /// `length` lies about the payload.
  static func frame(
    _ kind: Kind, _ flags: UInt8 = 0, on stream: UInt32 = 0, _ payload: [UInt8] = [],
    length: Int? = nil
  ) -> [UInt8] {
    let length = length ?? payload.count
    return [UInt8(length >> 16 & 255), UInt8(length >> 8 & 255), UInt8(length & 255)]
      + [kind.rawValue, flags] + bytes(stream) + payload
  }

  static func bytes(_ number: UInt32) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: number >> (24 - 8 * $0)) }
  }

  static func setting(_ id: UInt8, _ value: UInt32) -> [UInt8] { [0, id] + bytes(value) }

  /// A literal field without indexing, name and value in plain octets.
  static func field(_ name: String, _ value: String) -> [UInt8] {
    [0] + string(Array(name.utf8)) + string(Array(value.utf8))
  }

  static func string(_ octets: [UInt8]) -> [UInt8] { integer(octets.count, prefix: 7) + octets }

  static func integer(_ number: Int, prefix: Int) -> [UInt8] {
    let most = 1 << prefix - 1
    if number < most { return [UInt8(number)] }
    var rest = number - most
    var octets = [UInt8(most)]
    while rest >= 128 {
      octets.append(UInt8(rest & 127 | 128))
      rest >>= 7
    }
    return octets + [UInt8(rest)]
  }

  static let get =
    field(":method", "GET") + field(":scheme", "http") + field(":path", "/")
    + field(":authority", "a")
  static let post =
    field(":method", "POST") + field(":scheme", "http") + field(":path", "/")
    + field(":authority", "a")

  /// A whole request without a body.
  static func request(_ stream: UInt32 = 1, _ head: [UInt8] = get) -> [UInt8] {
    frame(.headers, endHeaders | endStream, on: stream, head)
  }

  /// A request whose body follows.
  static func open(_ stream: UInt32 = 1, _ head: [UInt8] = post) -> [UInt8] {
    frame(.headers, endHeaders, on: stream, head)
  }

  static func data(_ stream: UInt32, _ octets: [UInt8], isLast: Bool = false) -> [UInt8] {
    frame(.data, isLast ? endStream : 0, on: stream, octets)
  }

  /// A head too long for one frame.
  static func longHead(_ stream: UInt32, _ head: [UInt8]) -> [UInt8] {
    var out = frame(.headers, endStream, on: stream, Array(head.prefix(16_384)))
    var rest = head.dropFirst(16_384)
    while !rest.isEmpty {
      out += frame(
        .continuation, rest.count <= 16_384 ? endHeaders : 0, on: stream, Array(rest.prefix(16_384))
      )
      rest = rest.dropFirst(16_384)
    }
    return out
  }
}

/// What a server did in the end.
enum Verdict: Hashable, Sendable {
  /// GOAWAY with that error, then the end.
  case goAway(UInt32)
  /// The end without a word of HTTP/2.
  case closed
  case reset(stream: UInt32, UInt32)
  case answer(Int)
  /// Nothing, and the connection goes on.
  case ignored
}

/// Reads frames as they come and keeps what they say.
struct FrameReader {
  private var bytes: [UInt8] = []
  private var start = 0
  private(set) var verdicts: [Verdict] = []
  private(set) var acknowledged: [[UInt8]] = []
  private(set) var count = 0

  mutating func feed(_ more: UnsafeRawBufferPointer) {
    bytes.append(contentsOf: more)
    while bytes.count - start >= 9 {
      let length = Int(bytes[start]) << 16 | Int(bytes[start + 1]) << 8 | Int(bytes[start + 2])
      guard bytes.count - start >= 9 + length else { return }
      take(
        kind: bytes[start + 3], flags: bytes[start + 4],
        stream: number(at: start + 5) & 0x7FFF_FFFF, payload: start + 9, length: length)
      start += 9 + length
    }
  }

  private func number(at place: Int) -> UInt32 {
    (0..<4).reduce(0) { $0 << 8 | UInt32(bytes[place + $1]) }
  }

  private mutating func take(
    kind: UInt8, flags: UInt8, stream: UInt32, payload: Int, length: Int
  ) {
    count += 1
    switch Raw.Kind(rawValue: kind) {
    case .headers: if let status = status(at: payload) { verdicts.append(.answer(status)) }
    case .reset: verdicts.append(.reset(stream: stream, number(at: payload)))
    case .goAway: verdicts.append(.goAway(number(at: payload + 4)))
    case .ping where flags & Raw.ack != 0:
      acknowledged.append(Array(bytes[payload..<payload + length]))
    default: break
    }
  }

  /// The status as our server writes it: from the static table, or three plain digits.
  private func status(at place: Int) -> Int? {
    let first = bytes[place]
    if first & 0x80 != 0 { return [200, 204, 206, 304, 400, 404, 500].at(Int(first & 0x7F) - 8) }
    guard first & 0x0F == 8, bytes[place + 1] == 3 else { return nil }
    return bytes[place + 2..<place + 5].reduce(0) { $0 * 10 + Int($1 & 15) }
  }
}

extension Array {
  func at(_ index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}

private func tell(_ bytes: [UInt8], over client: MemoryTransport) async {
  do {
    try await client.write(bytes)
  } catch {
    // A server may close before it has heard everything.
  }
}

/// Sends bytes to a server and says what came of it, once it has surely seen them all.
func judge(
  _ bytes: [UInt8], by handler: any Handler, limits: ServerLimits = ServerLimits(),
  readLimit: Int = .max, on loop: EventLoop
) async throws -> [Verdict] {
  let (client, server) = MemoryTransport.pair(on: loop)
  server.readLimit = readLimit
  let connection = try FrameServerConnection(
    transport: server, info: framesInfo(server), handler: handler, limits: limits)
  async let serving: Void = connection.serve()
  // A server reads on when its own output is stuck, so nobody has to read meanwhile.
  await tell(bytes, over: client)
  var reader = FrameReader()
  var hasEnded = false
  // Round trips, so that what handlers do has left as well.
  for number in [1, 2, 3, 4] as [UInt8] where !hasEnded {
    let mark = [UInt8](repeating: number, count: 8)
    await tell(Raw.frame(.ping, 0, on: 0, mark), over: client)
    while !reader.acknowledged.contains(mark) && !hasEnded {
      hasEnded = try await !client.read { reader.feed($0) }
    }
  }
  client.close()
  await serving
  var verdicts = reader.verdicts
  if verdicts.isEmpty { verdicts = [hasEnded ? .closed : .ignored] }
  // What says goodbye must go.
  if verdicts.contains(where: { if case .goAway = $0 { true } else { false } }), !hasEnded {
    verdicts.append(.ignored)
  }
  return verdicts
}
