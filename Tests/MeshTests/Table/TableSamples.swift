import Mesh
import Primitives
import Security

/// Nodes and records for tests of the table and of membership.
enum TableSamples {
  static let time = WallTime(nanoseconds: 1_700_000_000_000_000_000)

  static func id(_ number: Int) -> NodeID {
    var bytes = [UInt8](repeating: 0, count: 32)
    bytes[0] = UInt8(truncatingIfNeeded: number)
    bytes[1] = UInt8(truncatingIfNeeded: number >> 8)
    guard let id = NodeID(bytes) else { fatalError("thirty-two bytes make an id") }
    return id
  }

  static func record(
    _ number: Int, sequence: UInt64 = 1, name: String? = nil,
    fill: (inout NodeRecord) -> Void = { _ in }
  ) -> NodeRecord {
    var record = NodeRecord(
      id: id(number), sequence: sequence, name: name ?? "node\(number)", issuedAt: time)
    fill(&record)
    return record
  }

  static func full(id: NodeID, sequence: UInt64 = 7) -> NodeRecord {
    var record = NodeRecord(id: id, sequence: sequence, name: "render-1", issuedAt: time)
    record.addresses = ["192.0.2.7:4747", "[2001:db8::7]:4747"]
    record.roles = [.worker, .relay]
    record.specs.processor = "a processor"
    record.specs.cores = 16
    record.specs.memoryBytes = 64 << 30
    record.specs.graphics = [.init(name: "card", vendor: "nvidia", memoryBytes: 24 << 30)]
    record.labels = ["gpu": "yes", "room": "cellar"]
    record.zone = "z1"
    record.version = "1.2.3"
    record.nat = .easy
    record.relays = [Self.id(9)]
    record.certificate = [1, 2, 3]
    record.startedAt = time
    return record
  }

  /// Signed for the simulator: the signature is not looked at.
  static func loose(_ record: NodeRecord) -> SignedRecord {
    SignedRecord(simulating: record, payloadBytes: 100, signature: [])
  }
}

/// Believes every record that is not out of time.
struct TrustingChecker: RecordChecking {
  func refusal(of signed: SignedRecord, at time: WallTime) -> RecordVerdict? {
    signed.record.refusal(at: time)
  }
}
