import HTTP
import IO
import Primitives

extension ContainerEngine {
  package struct Image: Sendable, Equatable {
    /// `sha256:...`.
    package var id: String
    package var entrypoint: [String]
    package var command: [String]
    package var folder: String
    /// Where it would have room of its own without a bound.
    package var volumes: [String] = []
    package var bytes: Int64 = 0
  }

  /// A step of a pull, a load or a build.
  package struct Progress: Sendable, Equatable {
    /// What it is about, such as a layer; empty for the whole.
    package var subject: String
    package var text: String
    package var done: Int64?
    package var total: Int64?
  }

  package typealias ProgressSink = @Sendable (Progress) async -> Void

  /// Nil when the engine has none of that name.
  package func image(_ reference: String) async throws(RuntimeError) -> Image? {
    guard EngineName.isReference(reference) else {
      throw RuntimeError(.refused, "'\(reference)' is not the name of an image")
    }
    let answer: JSON
    do throws(RuntimeError) {
      answer = try await call(
        Question(
          path: "/images/\(Target.encode(reference))/json", doing: "looking for an image"))
    } catch {
      if error.code == .absent { return nil }
      throw error
    }
    do throws(JSONError) {
      let root = JSONField(answer)
      let config = try root.optional("Config")
      return Image(
        id: try root.field("Id").string(),
        entrypoint: try Self.words(config?.optional("Entrypoint")),
        command: try Self.words(config?.optional("Cmd")),
        folder: try config?.optional("WorkingDir")?.string() ?? "",
        volumes: try config?.optional("Volumes")?.members().map { $0.0 } ?? [],
        bytes: try EngineReader.count(root.optional("Size")))
    } catch {
      throw EngineReader.damaged(error)
    }
  }

  private static func words(_ field: JSONField?) throws(JSONError) -> [String] {
    var words: [String] = []
    for element in try field?.elements() ?? [] { words.append(try element.string()) }
    return words
  }

  /// Fetches an image from its registry.
  package func pull(
    _ reference: String, _ progress: ProgressSink = { _ in }
  ) async throws(RuntimeError) {
    guard EngineName.isReference(reference) else {
      throw RuntimeError(.refused, "'\(reference)' is not the name of an image")
    }
    let (name, tag) = Self.split(reference)
    try await follow(
      Question(
        method: .post, path: "/images/create", query: [("fromImage", name), ("tag", tag)],
        timeout: limits.image, doing: "pulling \(reference)"), progress: progress)
  }

  /// Without a tag an engine would pull all there are.
  static func split(_ reference: String) -> (name: String, tag: String) {
    if let at = reference.firstIndex(of: "@") {
      return (String(reference[..<at]), String(reference[reference.index(after: at)...]))
    }
    let last = reference.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
    guard let colon = last.firstIndex(of: ":") else { return (reference, "latest") }
    let end = reference.index(
      reference.endIndex, offsetBy: -last.distance(from: colon, to: last.endIndex))
    return (String(reference[..<end]), String(last[last.index(after: colon)...]))
  }

  /// Gives the engine images in a tar, which must name itself.
  func load(
    _ write: @escaping @Sendable (any ClientStream) async throws -> Void
  ) async throws(RuntimeError) {
    let body = ClientRequest.Body.stream { stream in
      try await write(stream)
      return nil
    }
    try await follow(
      Question(
        method: .post, path: "/images/load", query: [("quiet", "true")], timeout: limits.image,
        doing: "loading an image"), body: body, progress: { _ in })
  }

  /// Makes an image of one layer from a tar of its files.
  package func importFiles(_ tar: [UInt8], as name: String) async throws(RuntimeError) {
    // Podman reads no tag beside the name.
    let (repository, tag) = version.kind == .docker ? Self.split(name) : (name, "")
    try await follow(
      Question(
        method: .post, path: "/images/create",
        query: [("fromSrc", "-"), ("repo", repository), ("tag", tag)], timeout: limits.image,
        doing: "importing an image"), body: .bytes(tar), progress: { _ in })
  }

  /// Builds the folder in a tar, with its `Dockerfile`.
  func build(
    _ tar: [UInt8], tag: String, labels: [String: String], allowsNetwork: Bool,
    _ progress: ProgressSink
  ) async throws(RuntimeError) {
    let labels = JSON.object(
      JSONObject(
        uniqueNames: labels.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) }))
    try await follow(
      Question(
        method: .post, path: "/build",
        query: [
          ("t", tag), ("rm", "true"), ("forcerm", "true"), ("labels", labels.text),
          ("networkmode", allowsNetwork ? "default" : "none"),
        ], timeout: limits.image, doing: "building \(tag)"), body: .bytes(tar),
      progress: progress)
  }

  /// Podman removes the containers of one that is used, where it may.
  package func removeImage(
    _ reference: String, evenIfUsed: Bool = true
  ) async throws(RuntimeError) {
    let path = "/images/\(Target.encode(reference))"
    try await answer(
      Question(
        method: .delete, path: path, query: evenIfUsed ? [("force", "true")] : [],
        timeout: limits.change, doing: "removing an image"))
  }

  /// The names that images have here, and their sizes.
  func images() async throws(RuntimeError) -> [(name: String, bytes: Int64)] {
    let answer = try await call(Question(path: "/images/json", doing: "listing images"))
    do throws(JSONError) {
      var found: [(name: String, bytes: Int64)] = []
      for field in try JSONField(answer).elements() {
        let bytes = try EngineReader.count(field.optional("Size"))
        for tag in try field.optional("RepoTags")?.elements() ?? [] {
          // Podman's word for what comes from no registry.
          let name = try tag.string()
          let local = "localhost/"
          found.append((name.hasPrefix(local) ? String(name.dropFirst(local.count)) : name, bytes))
        }
      }
      return found
    } catch {
      throw EngineReader.damaged(error)
    }
  }

  /// The answer is 200 whatever comes of it: what went wrong stands in its last line.
  private func follow(
    _ question: Question, body: ClientRequest.Body? = nil, progress: ProgressSink
  ) async throws(RuntimeError) {
    let type = body == nil ? nil : "application/x-tar"
    try await follow(question, body: body, type: type) { response in
      var lines = EngineLines(limits: limits.lines)
      while true {
        let bytes = try await response.nextBody()
        lines.feed(bytes ?? [])
        while let line = try lines.next(isEnd: bytes == nil) {
          if let error = line["errorDetail"]?["message"]?.string ?? line["error"]?.string {
            throw EngineAnswer.failure(
              Self.status(of: line), String(error.prefix(2000)), question.doing)
          }
          if let step = Self.progress(line) { await progress(step) }
        }
        if bytes == nil { return }
      }
    }
  }

  private static func status(of line: JSON) -> Int {
    line["errorDetail"]?["code"]?.integer.map { Int(clamping: $0) } ?? 500
  }

  private static func progress(_ line: JSON) -> Progress? {
    guard let text = line["status"]?.string ?? line["stream"]?.string else { return nil }
    let detail = line["progressDetail"]
    return Progress(
      subject: line["id"]?.string ?? "", text: text, done: detail?["current"]?.integer,
      total: detail?["total"]?.integer)
  }
}
