package import Primitives
import Security

/// The live records, ready to be compared: what changes is put here as it changes, so that a
/// comparison hashes nothing but what it brings. A copy is a snapshot and shares what it holds.
package struct RecordShelf: Sendable {
  /// An answer with all records that it found is at most some MiB.
  static var limits: Reconciler.Limits {
    var limits = Reconciler.Limits()
    limits.frameBytes = 64 << 10
    limits.items = 1_024
    limits.messages = 512
    return limits
  }

  private let digest: @Sendable (SignedRecord) -> Bytes32
  private var records: [Bytes32: SignedRecord] = [:]
  private(set) var items = ReconciliationSet(isVersioned: true)

  /// `digest` is the same at all nodes; tests count how often it is asked.
  package init(digest: @escaping @Sendable (SignedRecord) -> Bytes32 = Self.sha256) {
    self.digest = digest
  }

  package var count: Int { records.count }

  subscript(key: Bytes32) -> SignedRecord? { records[key] }

  func has(_ record: SignedRecord) -> Bool {
    items.digest(of: record.id.key).map { $0 == digest(record) } ?? false
  }

  /// All at once, in the place of whatever was here.
  package mutating func fill(_ signed: some Sequence<SignedRecord>) {
    records = [:]
    for record in signed { records[record.id.key] = record }
    items = ReconciliationSet(
      records.map { ReconciliationItem(key: $0.key, digest: digest($0.value)) },
      isVersioned: true)
  }

  /// Nil: the node has no live record any more. Costs nothing when it is the record held.
  package mutating func set(_ record: SignedRecord?, of id: NodeID) {
    guard let record else {
      if records.removeValue(forKey: id.key) != nil { items.remove(id.key) }
      return
    }
    if records[id.key] === record { return }
    records[id.key] = record
    items.insert(ReconciliationItem(key: id.key, digest: digest(record)))
  }

  package static let sha256: @Sendable (SignedRecord) -> Bytes32 = { record in
    Digest.sha256(of: record.payload + record.signature).value
  }
}
