import Calls
import Primitives
import Runtimes

/// What others may use of the machine, for its owner. The methods name no permission, so nobody but
/// the local owner may call them.
struct SharingService: BoxesV1.SharingService {
  /// Nil in a program that can have none.
  private let boxes: Boxes?
  private let book: SharingBook
  private let logger = Logger("Runtimes")

  init(_ boxes: Boxes?, _ book: SharingBook) {
    self.boxes = boxes
    self.book = book
  }

  func show(
    _ request: BoxesV1.ShowSharingRequest, _ context: CallContext
  ) async throws -> BoxesV1.SharingReport {
    try await report()
  }

  func set(
    _ request: BoxesV1.SetSharingRequest, _ context: CallContext
  ) async throws -> BoxesV1.SharingReport {
    let message = request.rules ?? BoxesV1.SharingRules()
    let rules: SharingRules
    do throws(RuntimeError) {
      rules = try message.checked()
    } catch {
      throw Status(.invalidArgument, error.message)
    }
    return try await change(
      "the owner set what is shared", to: .rules(rules), from: request.revision
    ) { $0.rules = message }
  }

  func pause(
    _ request: BoxesV1.PauseSharingRequest, _ context: CallContext
  ) async throws -> BoxesV1.SharingReport {
    let now = WallTime.now()
    if let until = request.untilNanoseconds, until <= now.nanoseconds {
      throw Status(.invalidArgument, "a pause ends after now: give a later time")
    }
    let pause = BoxesV1.SharingPause {
      $0.sinceNanoseconds = now.nanoseconds
      $0.untilNanoseconds = request.untilNanoseconds
      $0.letsFinish = request.letsFinish
    }
    return try await change("the owner paused sharing", to: .pause(SharingPause(pause))) {
      $0.pause = pause
    }
  }

  func resume(
    _ request: BoxesV1.ResumeSharingRequest, _ context: CallContext
  ) async throws -> BoxesV1.SharingReport {
    try await change("the owner resumed sharing", to: .pause(nil)) { $0.pause = nil }
  }

  // MARK: - Helpers

  private func change(
    _ what: String, to event: SharingState.Event, from revision: UInt64? = nil,
    _ edit: @Sendable (inout BoxesV1.SharingDecision) -> Void
  ) async throws -> BoxesV1.SharingReport {
    guard let boxes else { throw Self.absent }
    let decided = try await book.change(from: revision, edit) { boxes.decide(event) }
    let ended = try await Status.explaining { () async throws(RuntimeError) in
      try await boxes.carryOut(decided)
    }
    logger.notice("\(what)", LogField("ended", ended))
    return try await report(ended: ended)
  }

  private func report(ended: Int = 0) async throws -> BoxesV1.SharingReport {
    guard let boxes else { throw Self.absent }
    return BoxesV1.SharingReport(await book.decision, boxes.sharingView, ended: ended)
  }

  private static let absent = Status(
    .failedPrecondition, "this node runs in a program that can make no boxes: it shares nothing")
}
