import HTTP

/// How the messages of a call are compressed.
enum MessageEncoding: Equatable {
  case identity
  case gzip
  /// One that we do not know: refused once a message uses it.
  case unknown(String)

  static let accepted = "identity,gzip"

  init(_ name: String?) {
    switch name {
    case nil, "identity": self = .identity
    case "gzip": self = .gzip
    case .some(let other): self = .unknown(other)
    }
  }

  /// Below this many bytes gzip's own head makes a message larger, not smaller.
  private static let worthCompressing = 256

  /// The frame again, its message compressed where that makes it smaller.
  static func compress(_ frame: [UInt8]) throws(Status) -> [UInt8] {
    guard frame.count >= worthCompressing else { return frame }
    do throws(MessageError) {
      let payload = try Gzip.compress(Array(frame[FrameParser.prefixSize...]), level: 1)
      guard payload.count + FrameParser.prefixSize < frame.count else { return frame }
      return FrameWriter.frame(payload: payload, isCompressed: true)
    } catch {
      throw Status(.resourceExhausted, "The message cannot be compressed: \(error.message)")
    }
  }

  /// `unknownIs` is what an encoding that we do not know is to be called: a client's is not
  /// implemented here, a server's should not have been used.
  func decode(
    _ frame: FrameParser.Frame, limit: Int, unknownIs code: Status.Code
  ) throws(Status) -> [UInt8] {
    guard frame.isCompressed else { return frame.payload }
    switch self {
    case .gzip:
      do throws(MessageError) {
        return try Gzip.decompress(frame.payload, limit: limit)
      } catch {
        throw Status(
          error.code == .tooLarge ? .resourceExhausted : .internal,
          "The compressed message cannot be read: \(error.message)")
      }
    case .identity:
      throw Status(.internal, "A message is marked as compressed, but no grpc-encoding was named.")
    case .unknown(let name):
      throw Status(
        code,
        "The encoding \(name.prefix(40).debugDescription) is not known; use \(Self.accepted).")
    }
  }
}
