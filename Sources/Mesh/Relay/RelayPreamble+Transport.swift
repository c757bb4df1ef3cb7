package import IO
import Primitives

extension RelayPreamble {
  /// Reads a preamble and nothing behind it; on the transport's loop.
  package static func read(
    from transport: SocketTransport, within time: Duration
  ) async throws -> RelayPreamble {
    let timer = transport.loop.schedule(after: time) { transport.close() }
    defer { transport.loop.cancel(timer) }
    var parser = Parser()
    while true {
      var result: RelayPreamble?
      var rest: [UInt8] = []
      let isOpen = try await transport.read { bytes in
        let fed = try parser.feed(bytes)
        result = fed.result
        rest = Array(bytes[fed.taken...])
      }
      guard isOpen else {
        throw NetworkError(.violation, "the connection ended within its ticket")
      }
      if let result {
        if !rest.isEmpty { transport.unread(rest) }
        return result
      }
    }
  }
}
