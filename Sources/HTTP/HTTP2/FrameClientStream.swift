import CNGHTTP2
import IO

/// A request we sent over HTTP/2. Guard: confinement to its connection's loop.
final class FrameClientStream: FrameStream, ClientStream, @unchecked Sendable {
  private var answer: ResponseHead?

  override init(session: FrameSession) {
    super.init(session: session)
    mustProgress = false
  }

  override func receivedHeaders(_ assembly: inout HeadAssembly) {
    if assembly.refusal != nil {
      reset(NGHTTP2_ENHANCE_YOUR_CALM)
    } else if answer != nil {
      incomingTrailers = assembly.takeHeaders()
    } else if !StatusCode(assembly.status).isInformational {
      answer = ResponseHead(
        StatusCode(assembly.status), headers: assembly.takeHeaders())
      wake()
    }
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
    if let answer { return answer }
    try Task.checkCancellation()
    throw aborted()
  }

  func nextBody() async throws -> [UInt8]? { try await nextPiece() }

  func abort() { reset(NGHTTP2_CANCEL) }
}
