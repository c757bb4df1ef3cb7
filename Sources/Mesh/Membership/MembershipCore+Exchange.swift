package import Calls
package import Primitives
import Security

// MARK: - What nodes tell each other

/// What a merge led to.
package struct MergeOutcome: Sendable {
  package var changes: [MembershipChange] = []
  /// The first thing that could not be believed. What came before it was kept.
  package var failure: NetworkError?
}

extension MembershipCore {
  /// Takes in what another node knows, up to the first thing that breaks the rules.
  package mutating func merge(
    _ knowledge: NetworkV1.Knowledge, at time: WallTime
  ) -> MergeOutcome {
    var outcome = MergeOutcome()
    do throws(NetworkError) {
      for bytes in knowledge.admins where !admins.values.contains(where: { $0.encoded == bytes }) {
        let admin = try AdminCertificate(decoding: bytes)
        try admin.verifySignature()
        if try keepAdmin(admin) {
          outcome.changes.append(.admin(bytes))
          if admin.admin == key.id { outcome.changes.append(.value(.adminCertificate, bytes)) }
        }
      }
      for bytes in knowledge.revocations where !revocations.contains(encoded: bytes) {
        if try revocations.merge(Revocation(decoding: bytes)) {
          outcome.changes.append(.revocation(bytes))
        }
      }
      for bytes in knowledge.decisions where !decisions.contains(encoded: bytes) {
        outcome.changes += try take(Decision(decoding: bytes), at: time)
      }
    } catch {
      outcome.failure = error
    }
    revocations.settle()
    decisions.settle()
    return outcome
  }

  /// One that a later one has made void is not kept, whoever still tells of it.
  private mutating func take(
    _ decision: Decision, at time: WallTime
  ) throws(NetworkError) -> Changes {
    guard try decisions.merge(decision) else { return [] }
    let dropped = decisions.prune(about: decision.node, revocations, at: time)
    let isKept = !dropped.contains(decision)
    return (isKept ? [.decision(decision.encoded)] : [])
      + dropped.filter { $0 != decision }.map { .forgottenDecision($0.encoded) }
  }

  /// What a node with these summaries lacks, without the first `skip` statements.
  package func knowledge(
    lackingIn theirs: NetworkV1.Summary, _ decided: NetworkV1.Summary, skip: Int
  ) throws(NetworkError) -> NetworkV1.Knowledge {
    let missing = revocations.lacking(in: try StatementSummary(theirs)).map(\.encoded)
    let undecided = decisions.lacking(in: try StatementSummary(decided)).map(\.encoded)
    let end = min(missing.count + undecided.count, max(0, skip) + limits.statements)
    let range = min(max(0, skip), end)..<end
    return NetworkV1.Knowledge {
      $0.revocations = Array(missing[range.clamped(to: 0..<missing.count)])
      let rest = (range.lowerBound - missing.count)..<(range.upperBound - missing.count)
      $0.decisions = Array(undecided[rest.clamped(to: 0..<undecided.count)])
      $0.admins = admins.values.map(\.encoded)
      $0.hasMore = end < missing.count + undecided.count
    }
  }

  /// Everything, for a node that knows nothing yet.
  func wholeKnowledge() -> NetworkV1.Knowledge {
    let none = StatementSummary().message
    do throws(NetworkError) {
      return try knowledge(lackingIn: none, none, skip: 0)
    } catch {
      fatalError("an empty summary can be read: \(error)")
    }
  }
}

extension StatementSummary {
  package var message: NetworkV1.Summary {
    NetworkV1.Summary {
      $0.digest = digest.bytes
      $0.issuers = issuers.sorted { $0.key < $1.key }.map { issuer, part in
        NetworkV1.IssuerSummary {
          $0.issuer = issuer.bytes
          $0.through = part.through
          $0.digest = part.digest.bytes
        }
      }
    }
  }

  init(_ message: NetworkV1.Summary) throws(NetworkError) {
    self.init()
    let limit = 1024
    guard let digest = Digest(message.digest), message.issuers.count <= limit else {
      throw NetworkError(.violation, "a summary has no digest, or more than \(limit) issuers")
    }
    self.digest = digest
    for part in message.issuers {
      guard let issuer = NodeID(part.issuer), let digest = Digest(part.digest) else {
        throw NetworkError(.violation, "a summary has an issuer or digest that is not 32 bytes")
      }
      issuers[issuer] = Part(through: part.through, digest: digest)
    }
  }
}
