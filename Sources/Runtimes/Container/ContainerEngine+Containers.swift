import HTTP
import IO
import Primitives

extension ContainerEngine {
  /// Makes a container, which does not run yet; its id.
  package func create(
    _ plan: ContainerPlan, name: String? = nil
  ) async throws(RuntimeError) -> String {
    try plan.check()
    var question = Question(
      method: .post, path: "/containers/create", json: plan.json(for: version.kind),
      timeout: limits.change, doing: "making a container of \(plan.image)")
    if let name { question.query = [("name", try EngineName.checked(name))] }
    let answer = try await call(question)
    do throws(JSONError) {
      return try EngineReader.identity(JSONField(answer).field("Id"))
    } catch {
      throw EngineReader.damaged(error)
    }
  }

  package func start(_ id: String) async throws(RuntimeError) {
    try await change(id, "start", doing: "starting a container")
  }

  /// Asks it to end, and makes it after `grace`.
  package func stop(_ id: String, grace: Duration = .seconds(10)) async throws(RuntimeError) {
    let seconds = max(0, grace.components.seconds)
    try await change(
      id, "stop", [("t", "\(seconds)")], timeout: limits.change + grace,
      doing: "stopping a container")
  }

  /// False when it does not run any more.
  @discardableResult
  package func kill(_ id: String) async throws(RuntimeError) -> Bool {
    do throws(RuntimeError) {
      try await change(id, "kill", doing: "killing a container")
      return true
    } catch {
      // Gone, or not running: 404 and 409.
      if error.code == .absent || error.code == .busy { return false }
      // Podman says so with 500.
      if version.kind == .podman, try await !inspect(id).isRunning { return false }
      throw error
    }
  }

  private func change(
    _ id: String, _ verb: String, _ query: [(String, String)] = [], timeout: Duration? = nil,
    doing: String
  ) async throws(RuntimeError) {
    let path = "/containers/\(try EngineName.checked(id))/\(verb)"
    try await answer(
      Question(
        method: .post, path: path, query: query.map { (name: $0.0, value: $0.1) },
        timeout: timeout ?? limits.change, doing: doing))
  }

  /// With what runs in it and its own volumes. Fine when it is gone.
  package func remove(_ id: String) async throws(RuntimeError) {
    let question = Question(
      method: .delete, path: "/containers/\(try EngineName.checked(id))",
      query: [("force", "true"), ("v", "true")], timeout: limits.change,
      doing: "removing a container")
    do throws(RuntimeError) {
      try await answer(question)
    } catch {
      if error.code != .absent { throw error }
    }
  }

  /// Containers that have all of these labels, running or not.
  package func list(
    labels: [String: String]
  ) async throws(RuntimeError) -> [ContainerSummary] {
    let filters: JSON = [
      "label": .array(labels.sorted { $0.key < $1.key }.map { .string("\($0.key)=\($0.value)") })
    ]
    let answer = try await call(
      Question(
        path: "/containers/json", query: [("all", "true"), ("filters", filters.text)],
        doing: "listing containers"))
    do throws(JSONError) {
      var found: [ContainerSummary] = []
      for field in try JSONField(answer).elements() { found.append(try ContainerSummary(field)) }
      // Whatever the engine made of the filter.
      return found.filter { one in labels.allSatisfy { one.labels[$0.key] == $0.value } }
    } catch {
      throw EngineReader.damaged(error)
    }
  }

  package func inspect(_ id: String) async throws(RuntimeError) -> ContainerState {
    let path = "/containers/\(try EngineName.checked(id))/json"
    return try ContainerState(
      try await call(Question(path: path, doing: "looking at a container")))
  }

  /// Waits until it has ended; the status of its first process.
  package func wait(_ id: String, for timeout: Duration) async throws(RuntimeError) -> Int32 {
    let answer = try await call(
      Question(
        method: .post, path: "/containers/\(try EngineName.checked(id))/wait", timeout: timeout,
        doing: "waiting for a container"))
    do throws(JSONError) {
      let range = Int64(Int32.min)...Int64(Int32.max)
      return Int32(try JSONField(answer).field("StatusCode").integer(in: range))
    } catch {
      throw EngineReader.damaged(error)
    }
  }

  /// What it uses now.
  package func usage(of id: String) async throws(RuntimeError) -> ContainerUsage {
    let path = "/containers/\(try EngineName.checked(id))/stats"
    let answer = try await call(
      Question(
        path: path, query: [("stream", "false"), ("one-shot", "true")],
        doing: "asking what a container uses"))
    return try ContainerUsage(answer)
  }

  /// What it wrote, and with `follows` what it writes until it ends. Ended by `sink` that throws.
  package func logs(
    _ id: String, follows: Bool = false, tail: Int? = nil, _ sink: BoxSink
  ) async throws(RuntimeError) {
    let question = Question(
      path: "/containers/\(try EngineName.checked(id))/logs",
      query: [
        ("stdout", "true"), ("stderr", "true"), ("follow", follows ? "true" : "false"),
        ("tail", tail.map { "\($0)" } ?? "all"),
      ], timeout: follows ? AttemptLimits.Bounds.time : limits.change,
      doing: "reading what a container wrote")
    try await follow(question) { response in
      var frames = EngineFrames(limits: limits.frames)
      while let bytes = try await response.nextBody() {
        frames.feed(bytes)
        while let frame = try frames.next() { try await sink(frame.stream, frame.bytes) }
      }
    }
  }
}
