package import Calls
import IO
package import Primitives

/// What the owner lets go wrong on this node. Its methods name no permission, so nobody but the
/// local owner may call them.
package struct FaultService: FaultsV1.FaultsService {
  private let faults: FaultSwitch
  private let find: @Sendable (String) throws(NetworkError) -> NodeID
  private let log = Logger("Mesh")

  /// `find` makes a node of a name or of the beginning of an id.
  package init(
    _ faults: FaultSwitch, find: @escaping @Sendable (String) throws(NetworkError) -> NodeID
  ) {
    self.faults = faults
    self.find = find
  }

  package func apply(
    _ request: FaultsV1.ApplyRequest, _ context: CallContext
  ) async throws -> FaultsV1.ApplyReply {
    try await refusing {
      let plan = try Self.read(request.plan)
      try faults.apply(plan, now: .now(), wall: .now(), find: find)
      log.warning(
        "a fault plan is in force",
        LogField("seed", Int64(bitPattern: plan.seed)), LogField("faults", plan.rules.count))
      return FaultsV1.ApplyReply { $0.plan = shown }
    }
  }

  package func show(
    _ request: FaultsV1.ShowRequest, _ context: CallContext
  ) async throws -> FaultsV1.ShowReply {
    FaultsV1.ShowReply {
      $0.enabled = faults.isEnabled
      $0.plan = shown
    }
  }

  package func clear(
    _ request: FaultsV1.ClearRequest, _ context: CallContext
  ) async throws -> FaultsV1.ClearReply {
    let wasInForce = faults.clear(now: .now())
    if wasInForce { log.notice("the fault plan was taken back") }
    return FaultsV1.ClearReply { $0.wasInForce = wasInForce }
  }

  // MARK: - Helpers

  private static func read(_ text: String) throws(NetworkError) -> FaultPlan {
    do throws(TextError) {
      return try FaultPlan.parse(text)
    } catch {
      throw NetworkError(.violation, "the plan, line \(error.line): \(error.message)", cause: error)
    }
  }

  private var shown: FaultsV1.Plan? {
    guard let applied = faults.applied else { return nil }
    return FaultsV1.Plan {
      $0.seed = Int64(bitPattern: applied.plan.seed)
      $0.appliedNanoseconds = applied.time.nanoseconds
      $0.ageMilliseconds = applied.began.duration(to: .now()).wholeMilliseconds
      $0.faults = zip(applied.plan.rules, applied.struck).map { $0.message(struck: $1) }
      $0.notes = applied.plan.rules.enumerated().compactMap { index, rule in
        guard rule.effect == .duplicate else { return nil }
        return "fault \(index + 1): links hide duplicates as TCP does, so it strikes in the "
          + "simulator alone"
      }
    }
  }
}

extension FaultPlan.Rule {
  fileprivate func message(struck: Int) -> FaultsV1.Fault {
    FaultsV1.Fault {
      $0.effect = effect.rawValue
      $0.scope = scope
      $0.afterMilliseconds = after.wholeMilliseconds
      $0.lastsMilliseconds = lasts?.wholeMilliseconds
      $0.share = share
      $0.times = times.map { UInt64($0) }
      $0.struck = UInt64(struck)
    }
  }

  private var scope: String {
    switch effect {
    case .drop, .delay, .duplicate:
      let way = "\(Self.words(from)) to \(Self.words(to))"
      return effect == .delay ? "by \(delay.text), \(way)" : way
    case .partition: return groups.map { Self.words($0) }.joined(separator: " | ")
    case .pause, .crash: return Self.words(nodes)
    case .diskError: return paths.isEmpty ? "every path" : paths.joined(separator: ", ")
    }
  }

  private static func words(_ names: [String]) -> String {
    names.isEmpty ? "anybody" : names.joined(separator: ", ")
  }
}

extension Duration {
  fileprivate var wholeMilliseconds: UInt64 { UInt64(max(0, nanoseconds / 1_000_000)) }
}
