import CNGHTTP2
import IO

/// A request we sent over HTTP/2.
final class FrameClientStream: FrameStream, ClientStream, @unchecked Sendable {
  private var answer: ResponseHead?
  private var assembled = ResponseHead(StatusCode(0))
  private var headBudget: Int

  override init(session: FrameSession) {
    headBudget = session.limits.headBytes
    super.init(session: session)
    mustProgress = false
  }

  override func receiveField(
    name: UnsafeBufferPointer<UInt8>, value: UnsafeBufferPointer<UInt8>
  ) -> Bool {
    headBudget -= name.count + value.count + 32
    guard headBudget >= 0 else { return false }
    if answer != nil {
      incomingTrailers.append(name: name, value: value)
    } else if name.first == UInt8(ascii: ":") {
      // nghttp2 has checked that this is :status and holds three digits.
      assembled.status = StatusCode(Int(String(decoding: value, as: UTF8.self)) ?? 0)
    } else {
      assembled.headers.append(name: name, value: value)
    }
    return true
  }

  override func receivedHeaders(endsStream: Bool) {
    guard answer == nil else { return }
    if assembled.status.isInformational {
      assembled = ResponseHead(StatusCode(0))
      return
    }
    answer = assembled
    wake()
  }

  // MARK: - ClientStream

  var responseTrailers: Headers { incomingTrailers }

  func write(_ bytes: [UInt8]) async throws { try await writePiece(bytes) }

  func finish(trailers: Headers?) throws {
    if isClosed { return }
    queueEnd(trailers: trailers)
    resumeOutgoing()
  }

  func head() async throws -> ResponseHead {
    await waitForArrival { answer != nil }
    guard let answer else { throw aborted() }
    return answer
  }

  func nextBody() async throws -> [UInt8]? { try await nextPiece() }

  func abort() { reset(NGHTTP2_CANCEL) }
}
