import Testing

@testable import Calls

@Suite struct StatusTests {
  @Test func `details survive the trailers`() {
    let detail = Status.Detail(SampleV1.Leaf { $0.number = 3 })
    let status = Status(.notFound, "No such job; see `apus jobs`.", details: [detail])
    let back = Status(
      trailerCode: "5", message: StatusText.encode(status.message),
      details: status.encodedDetails())
    #expect(back == status)
    #expect(detail.typeURL == "type.googleapis.com/apus.sample.v1.Leaf")
    #expect(Status(.notFound).encodedDetails() == nil)
  }

  @Test func `broken trailers still make a status`() {
    let broken = Status(trailerCode: "99", message: nil, details: [0xFF])
    #expect(broken == Status(.unknown))
    #expect(Status(trailerCode: "", message: "x", details: nil).code == .unknown)
  }

  @Test func `a handler's own errors tell the caller nothing but a broken request does`() {
    struct Secret: Error {}
    #expect(Status(answering: Secret()).code == .unknown)
    #expect(!Status(answering: Secret()).message.contains("Secret"))
    #expect(Status(answering: CancellationError()).code == .cancelled)
    let error = #expect(throws: DecodingFailure.self) { try SampleV1.Leaf(decoding: [8]) }
    let status = error.map { Status(answering: $0) }
    #expect(status?.code == .invalidArgument)
    #expect(status?.message.contains("apus.sample.v1.Leaf.number") == true)
  }

  @Test func `codes have the numbers of gRPC`() {
    #expect(Status.Code.allCases.count == 17)
    #expect(Status.Code.internal.rawValue == 13 && Status.Code.unauthenticated.rawValue == 16)
    #expect(Status.Code(httpStatus: 503) == .unavailable)
    #expect(Status.Code(httpStatus: 404) == .unimplemented)
  }
}
