import Calls
import HTTP
import IO
import Primitives

/// gRPC in clear: a real node against the fastest HTTP/2 file server and the gRPC C core.
struct UnaryCallSuite: Suite {
  let name = "grpc-unary"
  let abstract = "unary gRPC in clear against nghttpd with a file, and Python's grpcio"

  func run(_ bench: Bench) async throws -> SuiteReport {
    let request = ProbeV1.EchoRequest {
      $0.payload = Array("measured with thirty-two bytes..".utf8)
    }
    let reply = ProbeV1.EchoReply { $0.payload = request.payload }
    let body = try await bench.write(FrameWriter.frame(request), to: "request.bin")
    try await RealDisk().makeFolders(
      "\(bench.scratch)/\(ProbeV1.ProbeMethods.service)", mode: 0o755)
    _ = try await bench.write(
      FrameWriter.frame(reply), to: "\(ProbeV1.ProbeMethods.service)/Echo.grpc")
    let load = Bench.FrameLoad(requests: bench.scaled(200_000, quick: 60_000), body: body)
    let slowLoad = Bench.FrameLoad(requests: bench.scaled(30_000, quick: 10_000), body: body)

    var report = SuiteReport(
      suite: name,
      settings: [
        load.text + ", payload of 32 bytes, \(bench.options.pairs) pairs",
        bench.placement("server", "h2load"),
      ], figures: [])
    let flags = Bench.oneLoop + ["--set", "loopback.probe=true"]
    try await bench.withNode(flags, on: bench.serverCore) { node in
      let node = node.serving(path: ProbeV1.ProbeMethods.echo.path)
      try await check(node, answers: reply, to: request, bench)
      report.figures += try await againstFiles(node, load, request, reply, bench)
      report.figures += try await againstPython(node, slowLoad, request, reply, bench)
    }
    return report
  }

  private func againstFiles(
    _ node: RunningServer, _ load: Bench.FrameLoad, _ request: ProbeV1.EchoRequest,
    _ reply: ProbeV1.EchoReply, _ bench: Bench
  ) async throws -> [Figure] {
    try await bench.withNGHTTPD(folder: bench.scratch, trailer: "grpc-status: 0") { peer in
      // The file's name tells its type.
      let peer = peer.serving(path: node.path + ".grpc")
      try await check(peer, answers: reply, to: request, bench)
      let samples = try await bench.alternate([node, peer]) { try await bench.load($0, load) }
      let latencies = try await bench.alternate([node, peer], rounds: 1) {
        try await bench.latency(of: $0, load)
      }
      return samples[0].figures("apus") + samples[1].figures("nghttpd") + [
        Figure("apus: p99", latencies[0], "us"), Figure("nghttpd: p99", latencies[1], "us"),
        Figure("ratio to nghttpd", samples[0].advantage(over: samples[1])),
      ]
    }
  }

  private func againstPython(
    _ node: RunningServer, _ load: Bench.FrameLoad, _ request: ProbeV1.EchoRequest,
    _ reply: ProbeV1.EchoReply, _ bench: Bench
  ) async throws -> [Figure] {
    try await bench.withPythonServer { peer in
      let peer = peer.serving(path: node.path)
      try await check(peer, answers: reply, to: request, bench)
      let samples = try await bench.alternate([node, peer]) { try await bench.load($0, load) }
      let latency = try await bench.latency(of: peer, load)
      return samples[1].figures("grpcio") + [
        Figure("grpcio: p99", [latency], "us"),
        Figure("ratio to grpcio", samples[0].advantage(over: samples[1])),
      ]
    }
  }

  /// All of them have to give the same message and status, or it is no comparison.
  private func check(
    _ server: RunningServer, answers reply: ProbeV1.EchoReply, to request: ProbeV1.EchoRequest,
    _ bench: Bench
  ) async throws {
    let loop = bench.loop
    let deadline = Instant.now().advanced(by: .seconds(10))
    let transport = try await SocketTransport.connect(
      to: .loopback(port: server.port), on: loop, deadline: deadline)
    let connection = try FrameClientConnection(transport: transport, isSecure: false)
    let given = try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask(executorPreference: loop) { await connection.run() }
      defer { connection.close() }
      let client = CallClient(connection, on: loop, authority: "127.0.0.1:\(server.port)")
      let name = server.path.split(separator: "/").last.map(String.init) ?? ""
      let method = MethodDescription(ProbeV1.ProbeMethods.service, name, .unary)
      let options = CallOptions(timeout: .seconds(10))
      return try await client.unary(method, FrameWriter.frame(request), options)
    }
    guard given == reply.encoded() else {
      throw BenchError("\(server.name) gave another reply than expected")
    }
  }
}

extension RunningServer {
  func serving(path: String) -> RunningServer {
    var server = self
    server.path = path
    return server
  }
}
