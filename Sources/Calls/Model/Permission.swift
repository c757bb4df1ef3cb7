/// A verb that a principal may be allowed. Methods name theirs in the .proto file by the
/// option `(apus.permission)`; a method without one is nobody's but the local owner's.
package struct Permission: Hashable, Sendable, CustomStringConvertible {
  package let name: String
  /// Of the name: permissions are looked up with every call.
  private let code: UInt32

  package init(_ name: String) {
    self.name = name
    code = name.utf8.reduce(0x811C_9DC5) { ($0 ^ UInt32($1)) &* 0x0100_0193 }
  }

  package func hash(into hasher: inout Hasher) { hasher.combine(code) }

  package var description: String { name }

  package static let metrics = Permission("metrics")
  package static let reflection = Permission("reflection")
  package static let readiness = Permission("readiness")
  package static let status = Permission("status")
  package static let probe = Permission("probe")
  package static let nodes = Permission("nodes")
  package static let measure = Permission("measure")
  package static let relay = Permission("relay")
  package static let traverse = Permission("traverse")
  package static let zones = Permission("zones")
  /// Chunks of blobs; which blobs is looked at for each.
  package static let chunks = Permission("chunks")
  package static let publish = Permission("topics.publish")
  package static let subscribe = Permission("topics.subscribe")
  package static let topicExchange = Permission("topics.exchange")
  package static let gossip = Permission("gossip")
  package static let administer = Permission("administer")
  package static let join = Permission("join")
  package static let membership = Permission("membership")
  package static let filesRead = Permission("files.read")
  package static let filesWrite = Permission("files.write")
  /// What touches this machine's own disk: the local owner's alone, like all that nobody is given.
  package static let filesLocal = Permission("files.local")
  package static let filesShare = Permission("files.share")
  package static let placement = Permission("placement")
}
