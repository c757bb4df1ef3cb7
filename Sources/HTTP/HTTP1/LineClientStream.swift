import IO
import Primitives

/// One request on an HTTP/1.1 connection of ours. Confined to the connection's loop.
final class LineClientStream: UpgradableStream, @unchecked Sendable {
  /// sending -> sent (`finish`); independent of the answer, which may come before.
  private enum Request: Equatable {
    case sending(Mode)
    case sent
    /// The server took no more; what it said about it may still be read.
    case broken
  }
  private enum Mode: Equatable {
    case chunked
    case length(left: Int)
  }

  private let owner: LineClientConnection
  private let method: Method
  private var request = Request.sent
  private var parser: LineResponseParser
  private var answer: LineResponse?
  private var body: BodyDecoder?
  private var isOver = false

  init(_ head: RequestHead, endsWithHead: Bool, on owner: LineClientConnection) throws {
    self.owner = owner
    method = head.method
    let limits = HeadLimits(
      bytes: owner.limits.headBytes, fields: owner.limits.headFields, targetBytes: 0)
    parser = LineResponseParser(limits: limits)
    let length: HeadWriter.Length
    if endsWithHead {
      let wantsLength = method == .post || method == .put || method == .patch
      length = wantsLength ? .exactly(0) : .none
    } else if let text = head.headers["content-length"], let declared = Int(text), declared >= 0 {
      request = .sending(.length(left: declared))
      length = .exactly(declared)
    } else {
      request = .sending(.chunked)
      length = .chunked
    }
    var isWritten = false
    owner.wire.build { isWritten = HeadWriter.write(head, length: length, to: &$0) }
    guard isWritten else {
      throw MessageError(
        .misuse, "the method, target, host or a header of the request holds a forbidden byte")
    }
    owner.wire.offerSoon()
  }

  private var wire: LineWire { owner.wire }
  var responseTrailers: Headers { body?.trailers ?? [:] }

  // MARK: - Request

  func write(_ bytes: [UInt8]) async throws {
    guard case .sending(let mode) = request else {
      throw request == .broken ? gone : MessageError(.misuse, "the request has ended already")
    }
    guard !bytes.isEmpty else { return }
    switch mode {
    case .chunked:
      wire.build { out in
        out.reserveCapacity(out.count + bytes.count + 20)
        HeadWriter.writeChunkSize(bytes.count, to: &out)
        out.append(contentsOf: bytes)
        HeadWriter.append("\r\n", to: &out)
      }
    case .length(let left):
      guard bytes.count <= left else {
        throw MessageError(.misuse, "the body is longer than its content-length")
      }
      request = .sending(.length(left: left - bytes.count))
      wire.append(bytes)
    }
    do {
      try await wire.flush(timeout: owner.limits.bodyTimeout)
    } catch {
      breakOff()
      throw gone
    }
  }

  func finish(trailers: Headers?) throws {
    guard case .sending(let mode) = request else {
      if request == .broken { return }
      throw MessageError(.misuse, "the request has ended already")
    }
    switch mode {
    case .chunked:
      var isWritten = false
      wire.build { out in
        HeadWriter.append("0\r\n", to: &out)
        isWritten = HeadWriter.write(trailers: trailers ?? [:], to: &out)
      }
      guard isWritten else {
        abort()
        throw MessageError(.misuse, "a trailer holds a control byte")
      }
    case .length(let left):
      guard left == 0 else {
        abort()
        throw MessageError(.misuse, "the body is shorter than its content-length")
      }
    }
    request = .sent
    do {
      try wire.offer()
    } catch {
      breakOff()
    }
  }

  /// Remembers that the server takes nothing more; its answer may be there all the same.
  private func breakOff() {
    request = .broken
    wire.dropOutput()
  }

  // MARK: - Answer

  func head() async throws -> ResponseHead {
    if let answer { return answer.head }
    do {
      try await send()
      for _ in 0...owner.limits.informationalHeads {
        let response = try await readHead()
        let status = response.head.status
        if status.isInformational, status != .switchingProtocols { continue }
        return settle(response)
      }
      throw MessageError(.malformed, "the server sends one informational answer after another")
    } catch {
      throw fail(error)
    }
  }

  /// What `finish` could not hand over. A writer in another task does its own.
  private func send() async throws {
    guard request == .sent, wire.hasOutput else { return }
    do {
      try await wire.flush(timeout: owner.limits.bodyTimeout)
    } catch {
      if wire.isClosed { throw error }
      breakOff()
    }
  }

  private func readHead() async throws -> LineResponse {
    try wire.consumeReceived { try self.parser.feed($0) }
    while !parser.isComplete {
      guard try await wire.read({ try self.parser.feed($0) }) else {
        throw parser.hasBegun || wire.hasReceived
          ? MessageError(.aborted, "the server closed the connection within its answer")
          : unanswered
      }
    }
    return parser.take()
  }

  private func settle(_ response: LineResponse) -> ResponseHead {
    answer = response
    let limits = HeadLimits(
      bytes: owner.limits.headBytes, fields: owner.limits.headFields, targetBytes: 0)
    let decoder = BodyDecoder(
      response.framing(answering: method), limits: BodyDecoder.Limits(trailers: limits))
    body = decoder
    if decoder.isComplete, !isUpgraded { end() }
    return response.head
  }

  private var isUpgraded: Bool {
    guard let status = answer?.head.status else { return false }
    return status == .switchingProtocols
      || method == .connect && (200..<300).contains(status.number)
  }

  func takeOver() throws -> (transport: any Transport, received: [UInt8]) {
    guard isUpgraded, !isOver else {
      throw MessageError(.misuse, "the server has not turned the connection into a stream")
    }
    isOver = true
    let received = wire.takeReceived()
    wire.release()
    return (wire.transport, received)
  }

  func nextBody() async throws -> [UInt8]? {
    if answer == nil { _ = try await head() }
    guard var decoder = body else { return nil }
    var piece: [UInt8] = []
    do {
      while piece.isEmpty, !decoder.isComplete {
        // Kept here while it is decoded, there while we wait.
        try await decode(&decoder, into: &piece)
        body = decoder
      }
    } catch {
      throw fail(error)
    }
    if decoder.isComplete { end() }
    return piece.isEmpty ? nil : piece
  }

  private func decode(_ decoder: inout BodyDecoder, into piece: inout [UInt8]) async throws {
    var work = decoder
    var taken: [UInt8] = []
    defer {
      decoder = work
      piece = taken
    }
    if wire.hasReceived {
      try wire.consumeReceived { try work.decode($0, into: &taken) }
      if !taken.isEmpty || work.isComplete { return }
    }
    wire.setReadDeadline(wire.deadline(after: owner.limits.bodyTimeout))
    defer { wire.setReadDeadline(.distantFuture) }
    let isOpen = try await wire.read { try work.decode($0, into: &taken) }
    guard isOpen || work.end() else {
      throw MessageError(.aborted, "the server closed the connection within its answer")
    }
  }

  /// The answer is complete. Unless the request is too, and both sides keep it, the connection
  /// ends here.
  private func end() {
    guard !isOver else { return }
    isOver = true
    let isKept =
      request == .sent && answer?.keepsAlive == true && body?.endsWithClose == false
    owner.ended(self, keep: isKept)
  }

  func abort() {
    guard !isOver else { return }
    isOver = true
    request = .broken
    owner.ended(self, keep: false)
  }

  private func fail(_ error: any Error) -> any Error {
    defer { abort() }
    guard error is SystemError else { return error }
    if wire.expired != nil {
      return MessageError(.timedOut, "the server was silent for too long")
    }
    let hasBegun = answer != nil || parser.hasBegun || wire.hasReceived
    if wire.isClosed { return gone }
    return hasBegun ? gone : unanswered
  }

  /// Nothing came at all: most likely the server had closed an idle connection. Whether it did
  /// anything is unknown, so only a request that may be repeated counts as refused
  /// (RFC 9110, 9.2.2).
  private var unanswered: MessageError {
    let isIdempotent = [.get, .head, .put, .delete, .options].contains(method)
    return MessageError(
      isIdempotent ? .refused : .aborted, "the server closed the connection before it answered")
  }

  private var gone: MessageError { MessageError(.aborted, "the connection to the server broke") }
}
