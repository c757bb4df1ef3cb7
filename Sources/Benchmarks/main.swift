import HTTP
import IO
import Primitives

struct Fixed: Handler {
  let head = ResponseHead(.ok, headers: ["content-type": "application/grpc"])
  let trailers: Headers = ["grpc-status": "0"]
  let body: [UInt8] = [0, 0, 0, 0, 5, 10, 3, 97, 98, 99]
  func handle(_ exchange: any Exchange) async throws {
    _ = try await exchange.collectBody(limit: 1 << 24)
    exchange.respond(head, body: body, trailers: trailers)
  }
}
let loops = try LoopGroup(count: Int(CommandLine.arguments[2]) ?? 1)
let server = try Server(
  on: [SocketAddress.loopback(port: UInt16(CommandLine.arguments[1]) ?? 0)], loops: loops,
  greeter: Greeter(handler: Fixed()))
try await ComponentRunner([server], on: loops).run(until: Gate())
