import Primitives
import Security

/// Records as they are at one moment, ready to be compared.
struct RecordShelf: Sendable {
  /// An answer with all records that it found is at most some MiB.
  static var limits: Reconciler.Limits {
    var limits = Reconciler.Limits()
    limits.frameBytes = 64 << 10
    limits.items = 1_024
    limits.messages = 512
    return limits
  }

  private let records: [Bytes32: SignedRecord]
  let items: ReconciliationSet

  init(_ signed: [SignedRecord]) {
    var records: [Bytes32: SignedRecord] = [:]
    records.reserveCapacity(signed.count)
    for record in signed { records[record.id.key] = record }
    self.records = records
    items = ReconciliationSet(
      signed.map { ReconciliationItem(key: $0.id.key, digest: Self.digest($0)) },
      isVersioned: true)
  }

  subscript(key: Bytes32) -> SignedRecord? { records[key] }

  func has(_ record: SignedRecord) -> Bool {
    items.digest(of: record.id.key) == Self.digest(record)
  }

  private static func digest(_ record: SignedRecord) -> Bytes32 {
    Digest.sha256(of: record.payload + record.signature).value
  }
}
