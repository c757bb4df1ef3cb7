import Calls
import HTTP
import IO
import Primitives
import Security

/// What a suite starts of this program: `Benchmarks part NAME argument...`.
enum Parts {
  static func run(_ arguments: [String]) async throws {
    guard let loop = EventLoop.current else { preconditionFailure("a part runs on a loop") }
    Machine.raiseDescriptorLimit()
    var arguments = PartArguments(arguments)
    switch try arguments.text("a part") {
    case "tls-sink": try await BulkParts.sink(on: loop)
    case "tls-source": try await BulkParts.source(&arguments, on: loop)
    case "tcp-sink": try await RelayParts.sink(on: loop)
    case "tcp-source": try await RelayParts.source(&arguments, on: loop)
    case "tcp-splice": try await RelayParts.splice(&arguments, on: loop)
    case "call-server": try await CallParts.server(on: loop)
    case "call-client": try await CallParts.client(&arguments, on: loop)
    case "hold-connections": try await HoldPart.run(&arguments, on: loop)
    case "link-node": try await LinkParts.node(&arguments, on: loop)
    case "link-source": try await LinkParts.source(&arguments, on: loop)
    case "link-client": try await LinkParts.client(&arguments, on: loop)
    case "link-holder": try await LinkParts.hold(&arguments, on: loop)
    case "file-adder": try await FileParts.add(&arguments, on: loop)
    case "file-getter": try await FileParts.get(&arguments, on: loop)
    case "store-writer": try await StorePart.run(&arguments, on: loop)
    case "script": try await ScriptPart.run(&arguments)
    case "neighbours": try await NeighbourPart.run(&arguments)
    case "box": try await BoxPart.run(&arguments)
    case "blob-give": try await BlobParts.give(&arguments, on: loop)
    case "blob-get": try await BlobParts.get(&arguments, on: loop)
    case let name: throw BenchError("there is no part \(name)", isUsage: true)
    }
  }

  /// Tells the suite where this part listens and with which key.
  static func announce(_ address: SocketAddress, _ key: SigningKey) {
    say(["port": .integer(Int64(address.port ?? 0)), "id": .string(key.id.description)])
  }

  static func say(_ json: JSON) {
    Machine.write(json.text + "\n", to: 1)
  }

  /// Connects to a node under TLS, for one of the application protocols.
  static func dial(
    _ target: PartTarget, speaking name: String, as key: SigningKey?, on loop: EventLoop
  ) async throws -> SecureTransport {
    let context = try TLSContext(client: key.map { Credentials(of: $0) }, protocols: [name])
    return try await dial(target, context, on: loop)
  }

  static func dial(
    _ target: PartTarget, _ context: TLSContext, on loop: EventLoop
  ) async throws -> SecureTransport {
    let deadline = Instant.now().advanced(by: .seconds(60))
    let transport = try await SocketTransport.connect(
      to: .loopback(port: target.port), on: loop, deadline: deadline)
    return try await SecureTransport.connect(
      over: transport, context: context, to: target.peer, deadline: deadline)
  }
}

struct PartTarget: Sendable {
  var port: UInt16
  /// Who has to be there.
  var peer: ExpectedPeer
}

/// The words behind a part's name.
struct PartArguments {
  private var rest: ArraySlice<String>

  init(_ words: [String]) { rest = words[...] }

  var isEmpty: Bool { rest.isEmpty }

  mutating func text(_ what: String) throws -> String {
    guard let word = rest.popFirst() else { throw BenchError("\(what) is missing", isUsage: true) }
    return word
  }

  mutating func number(_ what: String) throws -> Int {
    guard let number = Int(try text(what)), number >= 0 else {
      throw BenchError("\(what) is no number", isUsage: true)
    }
    return number
  }

  mutating func port() throws -> UInt16 {
    guard let port = UInt16(try text("a port")) else {
      throw BenchError("that is no port", isUsage: true)
    }
    return port
  }

  mutating func id() throws -> NodeID {
    guard let id = NodeID(try text("a node")) else {
      throw BenchError("that is no node", isUsage: true)
    }
    return id
  }
}
