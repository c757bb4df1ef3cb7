/// An answer whose body is read piece by piece, within the exchange that it belongs to.
/// Guard: confinement to the client's loop.
package final class ClientResponse: @unchecked Sendable {
  package let head: ResponseHead
  /// For what goes beyond reading, such as taking over an upgraded connection.
  package let stream: any ClientStream
  private var expander: Expander?
  private(set) var isComplete = false

  init(_ head: ResponseHead, _ stream: any ClientStream, expandsUpTo limit: Int?) throws {
    self.stream = stream
    var head = head
    if let limit, head.headers["content-encoding"]?.lowercased() == "gzip" {
      expander = Expander(try GzipDecompressor(limit: limit))
      head.headers.remove("content-encoding")
      head.headers.remove("content-length")
    }
    self.head = head
  }

  package var status: StatusCode { head.status }
  package var trailers: Headers { stream.responseTrailers }

  /// The next piece, nil at the end.
  package func nextBody() async throws -> [UInt8]? {
    while !isComplete {
      guard let piece = try await stream.nextBody() else {
        isComplete = true
        try expander?.finish()
        break
      }
      guard let expander else { return piece }
      let expanded = try expander.expand(piece)
      if !expanded.isEmpty { return expanded }
    }
    return nil
  }

  package func collect(limit: Int) async throws -> [UInt8] {
    var body: [UInt8] = []
    while let piece = try await nextBody() {
      if body.isEmpty { body = piece } else { body.append(contentsOf: piece) }
      guard body.count <= limit else {
        throw MessageError(
          .tooLarge, "the answer is larger than the \(limit) bytes allowed here")
      }
    }
    return body
  }
}

/// Lets an optional hold what cannot be copied.
private final class Expander {
  private var decompressor: GzipDecompressor
  private var hasBegun = false

  init(_ decompressor: consuming GzipDecompressor) { self.decompressor = decompressor }

  func expand(_ bytes: [UInt8]) throws(MessageError) -> [UInt8] {
    hasBegun = hasBegun || !bytes.isEmpty
    return try decompressor.decompress(bytes)
  }

  /// No body at all is the answer to HEAD.
  func finish() throws(MessageError) {
    if hasBegun { try decompressor.finish() }
  }
}
