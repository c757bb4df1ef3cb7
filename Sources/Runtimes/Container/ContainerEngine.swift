import HTTP
package import IO
import Primitives

// # Containers
//
// An *engine* (Docker, Podman) listens on a socket and runs *images* as *containers*; whoever may
// talk to it is root on the machine, so nobody but the node does. `ContainerEngine` is its API and
// decides nothing. `ContainerPlan` says what a container is made of and may do: nothing but to
// compute, unless it says otherwise. `Containers` runs attempts in them, keeps some for the same
// creator, and finds again by their labels those that outlive the node.
//
// Docker Engine API 1.41, which Podman speaks too. What an engine says is decoded as if an enemy
// had said it, within limits.

/// A connection to the machine's container engine.
package final class ContainerEngine: Sendable {
  package enum Kind: String, Sendable {
    case docker, podman

    /// For people.
    package var name: String { self == .docker ? "Docker" : "Podman" }
  }

  package struct Version: Sendable, Equatable {
    package var kind: Kind
    /// Of the engine, for people.
    package var number: String
    /// Of the interface, as paths name it.
    package var interface: String
  }

  package struct Limits: Sendable {
    /// A request that waits for no container.
    package var answer = Duration.seconds(60)
    /// Making a container where the machine is busy, removing a large one.
    package var change = Duration.seconds(300)
    /// Pulling, loading or building an image.
    package var image = Duration.seconds(3600)
    /// Containers that are waited for, followed and attached at a time.
    package var connections = 512
    package var frames = EngineFrames.Limits()
    package var lines = EngineLines.Limits()
    package init() {}
  }

  /// What was asked for, for `call`.
  struct Question: Sendable {
    var method = Method.get
    var path: String
    var query: [(name: String, value: String)] = []
    var json: JSON?
    var timeout: Duration?
    /// For the person who reads why it failed.
    var doing: String
  }

  package let address: EngineAddress
  package let version: Version
  package let loop: EventLoop
  package let limits: Limits
  let client: Client
  private let dialler: NetworkDialler

  private static let interface = (major: 1, minor: 41)

  private init(
    _ address: EngineAddress, _ version: Version, _ client: Client, _ dialler: NetworkDialler,
    _ limits: Limits, on loop: EventLoop
  ) {
    self.address = address
    self.version = version
    self.client = client
    self.dialler = dialler
    self.limits = limits
    self.loop = loop
  }

  /// The engine that the setting or the environment names, or else the first that answers where
  /// engines listen.
  package static func find(
    _ environment: [String: String], setting: String = "", limits: Limits = Limits(),
    on loop: EventLoop
  ) async throws(RuntimeError) -> ContainerEngine {
    var problem: RuntimeError?
    for address in try EngineAddress.candidates(environment, setting: setting) {
      do throws(RuntimeError) {
        return try await connect(to: address, limits: limits, on: loop)
      } catch {
        // One that may not be used says more than one that is not there.
        if problem == nil || problem?.code == .absent { problem = error }
      }
    }
    throw problem ?? RuntimeError(.absent, "there is no container engine")
  }

  package static func connect(
    to address: EngineAddress, limits: Limits = Limits(), on loop: EventLoop
  ) async throws(RuntimeError) -> ContainerEngine {
    if let absence = address.absence() { throw absence }
    var wires = NetworkDialler.Limits()
    // What is quiet may be quiet for long; each exchange has its own time.
    wires.line.bodyTimeout = AttemptLimits.Bounds.time
    let dialler = NetworkDialler(on: loop, limits: wires)
    var bounds = ClientLimits()
    bounds.connectionsPerOrigin = limits.connections
    bounds.exchangeTimeout = limits.answer
    let client = Client(on: loop, dialler: dialler, limits: bounds)
    do throws(RuntimeError) {
      let version = try await version(address, client)
      return ContainerEngine(address, version, client, dialler, limits, on: loop)
    } catch {
      await loop.run { client.close() }
      throw error
    }
  }

  private static func version(
    _ address: EngineAddress, _ client: Client
  ) async throws(RuntimeError) -> Version {
    let question = Question(path: "/version", doing: "asking the container engine who it is")
    let answer = try await call(question, at: address, client, prefix: "")
    let highest = try number(answer["ApiVersion"])
    let lowest = (try? number(answer["MinAPIVersion"])) ?? highest  // Old ones have none.
    guard (highest.major, highest.minor) >= (interface.major, interface.minor) else {
      throw RuntimeError(
        .absent, "the container engine at \(address) is too old: it needs Docker 20.10 or Podman 4")
    }
    let parts = answer["Components"]?.array ?? []
    let isPodman = parts.contains { $0["Name"]?.string == "Podman Engine" }
    let isNewer = (lowest.major, lowest.minor) > (interface.major, interface.minor)
    let spoken = isNewer ? lowest : interface
    return Version(
      kind: isPodman ? .podman : .docker, number: answer["Version"]?.string ?? "unknown",
      interface: "v\(spoken.major).\(spoken.minor)")
  }

  private static func number(
    _ text: JSON?
  ) throws(RuntimeError) -> (major: Int, minor: Int) {
    let parts = (text?.string ?? "").split(separator: ".").prefix(2).map { Int($0) }
    guard parts.count == 2, let major = parts[0], let minor = parts[1] else {
      throw RuntimeError(.damaged, "what listens there is no container engine: it has no version")
    }
    return (major, minor)
  }

  /// Whether it answers.
  package func ping() async throws(RuntimeError) {
    _ = try await answer(Question(path: "/_ping", doing: "asking the container engine"))
  }

  /// Ends every connection; what waits for the engine fails.
  package func close() async {
    await loop.run { client.close() }
    await dialler.ended()
  }

  // MARK: - Questions

  /// The JSON of an answer; null where there is none. An answer that refuses is an error.
  func call(_ question: Question) async throws(RuntimeError) -> JSON {
    try await Self.call(question, at: address, client, prefix: "/" + version.interface)
  }

  private static func call(
    _ question: Question, at address: EngineAddress, _ client: Client, prefix: String
  ) async throws(RuntimeError) -> JSON {
    let answer = try await answer(question, at: address, client, prefix: prefix)
    let isEmpty = answer.body.allSatisfy { $0 <= 0x20 }
    return isEmpty ? .null : try EngineAnswer.json(answer.body)
  }

  @discardableResult
  func answer(_ question: Question) async throws(RuntimeError) -> ClientAnswer {
    try await Self.answer(question, at: address, client, prefix: "/" + version.interface)
  }

  private static func answer(
    _ question: Question, at address: EngineAddress, _ client: Client, prefix: String
  ) async throws(RuntimeError) -> ClientAnswer {
    let answer: ClientAnswer
    do {
      answer = try await client.send(request(question, at: address, prefix: prefix))
    } catch {
      throw RuntimeError(talking: error, to: address)
    }
    // 304: it is so already.
    if answer.status.number < 300 || answer.status == .notModified { return answer }
    throw EngineAnswer.failure(answer.status, answer.body, question.doing)
  }

  /// An answer that is read piece by piece.
  func follow<Result>(
    _ question: Question, body: ClientRequest.Body? = nil, type: String? = nil,
    _ read: (ClientResponse) async throws -> Result
  ) async throws(RuntimeError) -> Result {
    var request = request(question)
    if let body { request.body = body }
    if let type { request.head.headers.set("content-type", type) }
    do {
      return try await client.exchange(request) { response in
        guard response.status.number < 300 else {
          let body = try await response.collect(limit: EngineAnswer.bodyBytes)
          throw EngineAnswer.failure(response.status, body, question.doing)
        }
        return try await read(response)
      }
    } catch {
      throw RuntimeError(talking: error, to: address)
    }
  }

  func request(_ question: Question) -> ClientRequest {
    Self.request(question, at: address, prefix: "/" + version.interface)
  }

  private static func request(
    _ question: Question, at address: EngineAddress, prefix: String
  ) -> ClientRequest {
    var target = prefix + question.path
    for (place, parameter) in question.query.enumerated() {
      target += place == 0 ? "?" : "&"
      target += parameter.name + "=" + Target.encode(parameter.value)
    }
    var request = ClientRequest(question.method, address.origin, target)
    if let json = question.json {
      request.head.headers.set("content-type", "application/json")
      request.body = .bytes(json.bytes)
    }
    request.timeout = question.timeout
    return request
  }
}
