import Calls
import IO
import Primitives
import Runtimes
import Security
import Store

/// What the owner has decided of sharing, as the node keeps it: one row, replaced as a whole.
actor SharingBook {
  private let database: any Driver
  private(set) var decision: BoxesV1.SharingDecision
  /// As the node started.
  nonisolated let first: (rules: SharingRules, pause: SharingPause?)

  /// The driver has been migrated with `NodeSchema`.
  static func open(_ database: any Driver) async throws -> SharingBook {
    let bytes = try await database.read { session in
      try session.first("SELECT decision FROM sharing WHERE id = 1") { try $0.blob(0) }
    }
    guard let bytes else { return try SharingBook(database, BoxesV1.SharingDecision()) }
    return try SharingBook(database, try BoxesV1.SharingDecision(decoding: bytes))
  }

  private init(_ database: any Driver, _ decision: BoxesV1.SharingDecision) throws {
    self.database = database
    self.decision = decision
    first = (
      try (decision.rules ?? .init()).checked(), decision.pause.map { SharingPause($0) }
    )
  }

  /// Boxes that go by it.
  nonisolated func boxes(on ground: BoxGround, key: SigningKey, loops: LoopGroup) -> Boxes {
    var sharing = Boxes.Sharing()
    sharing.rules = first.rules
    sharing.pause = first.pause
    sharing.log = ground.auditLog
    return ground.boxes(key: key, sharing: sharing, on: loops)
  }

  /// Safe on the disk before `commit`, which makes it hold. Of two changes at a time one is
  /// refused, so what holds is what is kept.
  func change<Outcome: Sendable>(
    from revision: UInt64?, _ edit: @Sendable (inout BoxesV1.SharingDecision) -> Void,
    commit: @Sendable () -> Outcome
  ) async throws -> Outcome {
    if let revision, revision != decision.revision {
      throw Status(.aborted, "sharing was changed by somebody else meanwhile: look and try again")
    }
    let before = decision.revision
    var next = decision
    edit(&next)
    next.revision += 1
    let bytes = next.encoded()
    try await database.write { session in
      let kept = try session.first("SELECT decision FROM sharing WHERE id = 1") { try $0.blob(0) }
      let known = try kept.map { try BoxesV1.SharingDecision(decoding: $0).revision } ?? 0
      guard known == before else {
        throw Status(.aborted, "sharing was changed by somebody else meanwhile: try again")
      }
      try session.execute("DELETE FROM sharing")
      try session.execute("INSERT INTO sharing (id, decision) VALUES (1, $1)", [.blob(bytes)])
    }
    decision = next
    return commit()
  }
}
