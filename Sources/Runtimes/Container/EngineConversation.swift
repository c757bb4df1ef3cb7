import HTTP
package import IO
import Primitives

/// A connection that an engine has turned into the streams of a container or of an exec: what is
/// written is its input, what is read its output.
/// Guard: confinement to `loop`.
package final class EngineConversation: @unchecked Sendable {
  package let loop: EventLoop
  private let transport: any Transport
  private let isTerminal: Bool
  private var frames: EngineFrames
  private var raw: [UInt8]

  init(
    _ transport: any Transport, received: [UInt8], isTerminal: Bool, limits: EngineFrames.Limits
  ) {
    self.transport = transport
    self.isTerminal = isTerminal
    loop = transport.loop
    frames = EngineFrames(limits: limits)
    raw = isTerminal ? received : []
    if !isTerminal { frames.feed(received) }
  }

  /// The next piece, nil at the end. A terminal has one stream.
  package func next() async throws(RuntimeError) -> (stream: BoxStream, bytes: [UInt8])? {
    loop.checkIsCurrent("EngineConversation.next")
    while true {
      if isTerminal, !raw.isEmpty {
        defer { raw = [] }
        return (.output, raw)
      }
      if let frame = try frames.next() { return frame }
      var received: [UInt8] = []
      let isOpen: Bool
      do {
        isOpen = try await transport.read { received = Array($0) }
      } catch {
        throw RuntimeError(.lost, "the stream of a container broke: \(error)")
      }
      guard isOpen else {
        if frames.isAtBoundary { return nil }
        throw RuntimeError(.lost, "the container engine broke off in the middle of the output")
      }
      if isTerminal { raw = received } else { frames.feed(received) }
    }
  }

  /// Waits while the program does not read.
  package func write(_ bytes: [UInt8]) async throws(RuntimeError) {
    do throws(SystemError) {
      try await transport.write(bytes)
    } catch {
      throw RuntimeError(.lost, "a container takes no more input: \(error.message)")
    }
  }

  /// The program sees the end of its input.
  package func endInput() async throws(RuntimeError) {
    do throws(SystemError) {
      try await transport.finish()
    } catch {
      throw RuntimeError(.lost, "a container takes no more input: \(error.message)")
    }
  }

  /// Whoever waits on it fails. Harmless when repeated.
  package func close() {
    loop.checkIsCurrent("EngineConversation.close")
    transport.close()
  }
}

extension ContainerEngine {
  /// What runs in a container beside its first process.
  package struct Execution: Sendable, Equatable {
    package var command: [String]
    package var environment: [String: String] = [:]
    package var folder: String?
    package var takesInput = false
    /// Columns and rows; nil gives no terminal.
    package var terminal: TerminalSize?
    /// Nil is the container's.
    package var user: ContainerPlan.UserNumbers?

    package init(_ command: [String]) { self.command = command }
  }

  package struct TerminalSize: Sendable, Equatable {
    package var columns: Int
    package var rows: Int
    package init(columns: Int, rows: Int) {
      self.columns = columns
      self.rows = rows
    }
  }

  /// The streams of a container's first process; before it starts, so that nothing is missed.
  package func attach(
    _ id: String, takesInput: Bool, isTerminal: Bool = false
  ) async throws(RuntimeError) -> EngineConversation {
    var query = [("stream", "true"), ("stdout", "true"), ("stderr", "true")]
    if takesInput { query.append(("stdin", "true")) }
    return try await converse(
      Question(
        method: .post, path: "/containers/\(try EngineName.checked(id))/attach",
        query: query.map { (name: $0.0, value: $0.1) }, doing: "attaching to a container"),
      isTerminal: isTerminal)
  }

  /// Starts a program in a running container; its streams, and the id to ask for its status.
  package func execute(
    _ execution: Execution, in id: String
  ) async throws(RuntimeError) -> (id: String, streams: EngineConversation) {
    let answer = try await call(
      Question(
        method: .post, path: "/containers/\(try EngineName.checked(id))/exec",
        json: json(execution), doing: "starting a program in a container"))
    let exec: String
    do throws(JSONError) {
      exec = try EngineReader.identity(JSONField(answer).field("Id"))
    } catch {
      throw EngineReader.damaged(error)
    }
    let streams = try await converse(
      Question(
        method: .post, path: "/exec/\(exec)/start",
        json: ["Detach": false, "Tty": .bool(execution.terminal != nil)],
        doing: "starting a program in a container"),
      isTerminal: execution.terminal != nil)
    if let size = execution.terminal {
      do throws(RuntimeError) {
        try await resize(exec, size)
      } catch {
        // It may have ended already; whoever cares sets it again.
      }
    }
    return (exec, streams)
  }

  private func json(_ execution: Execution) -> JSON {
    var root = JSONObject()
    root["Cmd"] = .array(execution.command.map { .string($0) })
    root["Env"] = .array(
      execution.environment.sorted { $0.key < $1.key }.map { .string("\($0.key)=\($0.value)") })
    root["AttachStdin"] = .bool(execution.takesInput)
    root["AttachStdout"] = true
    root["AttachStderr"] = true
    root["Tty"] = .bool(execution.terminal != nil)
    root["Privileged"] = false
    if let folder = execution.folder { root["WorkingDir"] = .string(folder) }
    if let user = execution.user { root["User"] = .string("\(user.user):\(user.group)") }
    return .object(root)
  }

  package func resize(_ exec: String, _ size: TerminalSize) async throws(RuntimeError) {
    try await answer(
      Question(
        method: .post, path: "/exec/\(try EngineName.checked(exec))/resize",
        query: [("h", "\(size.rows)"), ("w", "\(size.columns)")], doing: "resizing a terminal"))
  }

  /// The status of a program that `execute` started; nil while it runs.
  package func status(ofExecution exec: String) async throws(RuntimeError) -> Int32? {
    let answer = try await call(
      Question(
        path: "/exec/\(try EngineName.checked(exec))/json",
        doing: "asking how a program in a container ended"))
    do throws(JSONError) {
      let root = JSONField(answer)
      if try root.field("Running").bool() { return nil }
      let range = Int64(Int32.min)...Int64(Int32.max)
      return try root.optional("ExitCode").map { (field) throws(JSONError) in
        Int32(try field.integer(in: range))
      }
    } catch {
      throw EngineReader.damaged(error)
    }
  }

  private func converse(
    _ question: Question, isTerminal: Bool
  ) async throws(RuntimeError) -> EngineConversation {
    var request = request(question)
    request.head.headers.set("upgrade", "tcp")
    do {
      return try await client.exchange(request) { response in
        guard response.status == .switchingProtocols else {
          let body = try await response.collect(limit: EngineAnswer.bodyBytes)
          throw response.status.number < 300
            ? RuntimeError(.failed, "the container engine gives no streams: it is too old")
            : EngineAnswer.failure(response.status, body, question.doing)
        }
        guard let stream = response.stream as? any UpgradableStream else {
          preconditionFailure("an upgraded connection is one of HTTP/1.1")
        }
        let (transport, received) = try stream.takeOver()
        return EngineConversation(
          transport, received: received, isTerminal: isTerminal, limits: limits.frames)
      }
    } catch {
      throw RuntimeError(talking: error, to: address)
    }
  }
}
