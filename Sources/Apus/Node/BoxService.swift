import Calls
import IO
import Primitives
import Runtimes

/// Boxes for the owner of the machine. The methods name no permission, so nobody but the local
/// owner may call them.
struct BoxService: BoxesV1.BoxesService {
  /// Nil in a program that can have none.
  private let boxes: Boxes?
  private let logger = Logger("Runtimes")
  private static let recordsPerReply = 256

  init(_ boxes: Boxes?) { self.boxes = boxes }

  func list(
    _ request: BoxesV1.ListRequest, _ context: CallContext
  ) async throws -> BoxesV1.ListReply {
    let found = try await Status.explaining { () async throws(RuntimeError) in
      try await held().measured()
    }
    return BoxesV1.ListReply { $0.boxes = found.map { BoxesV1.Box($0, $1) } }
  }

  func kill(
    _ request: BoxesV1.KillRequest, _ context: CallContext
  ) async throws -> BoxesV1.KillReply {
    let boxes = try await Status.explaining { () async throws(RuntimeError) in try held() }
    let names = boxes.reports.map(\.name)
    let wanted = request.all ? names : try request.names.map { try Self.match($0, names) }
    let reason = request.reason.isEmpty ? "the owner of the machine ended it" : request.reason
    let ended = wanted.filter { boxes.kill($0, reason: reason) }
    logger.notice(
      "boxes were ended", LogField("boxes", ended.joined(separator: " ")),
      LogField("why", reason))
    return BoxesV1.KillReply { $0.names = ended }
  }

  private static func match(_ word: String, _ names: [String]) throws(Status) -> String {
    let found = names.filter { $0.hasPrefix(word) }
    guard let name = found.first, !word.isEmpty else {
      throw Status(.notFound, "there is no box \(word): `apus boxes ls` lists those there are")
    }
    guard found.count == 1 else {
      throw Status(.invalidArgument, "several boxes begin with \(word): say more of the name")
    }
    return name
  }

  func run(
    _ request: BoxesV1.RunRequest, _ replies: MessageWriter<BoxesV1.RunReply>,
    _ context: CallContext
  ) async throws {
    guard let loop = EventLoop.current else { preconditionFailure("calls are served on a loop") }
    let result = try await Status.explaining { () async throws(RuntimeError) in
      let boxes = try held()
      let attempt = try request.attempt(boxes.rules.standard)
      return try await boxes.run(attempt) { (stream, bytes) throws(RuntimeError) in
        let reply = BoxesV1.RunReply {
          if stream == .errors { $0.errors = bytes } else { $0.output = bytes }
        }
        do {
          // Replies belong to the connection's loop, output comes on the box's.
          try await loop.run { try await replies.write(reply) }
        } catch {
          throw RuntimeError(.cancelled, "nobody waits for the attempt any more")
        }
      }
    }
    try await replies.write(BoxesV1.RunReply { $0.end = .init(result) })
  }

  func log(
    _ request: BoxesV1.LogRequest, _ replies: MessageWriter<BoxesV1.LogReply>,
    _ context: CallContext
  ) async throws {
    let records = try await Status.explaining { () async throws(RuntimeError) in
      try await held().records(
        creator: request.creator.isEmpty ? nil : request.creator,
        since: request.sinceNanoseconds.map { WallTime(nanoseconds: $0) },
        limit: request.limit == 0 ? .max : Int(request.limit))
    }
    var place = 0
    while place < records.count {
      let end = min(records.count, place + Self.recordsPerReply)
      let piece = records[place..<end].map { BoxesV1.LogRecord($0) }
      try await replies.write(BoxesV1.LogReply { $0.records = piece })
      place = end
    }
  }

  // MARK: - Helpers

  private func held() throws(RuntimeError) -> Boxes {
    guard let boxes else {
      throw RuntimeError(.absent, "this node runs in a program that can make no boxes")
    }
    return boxes
  }
}
