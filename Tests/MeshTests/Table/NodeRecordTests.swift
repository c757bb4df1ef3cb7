import Mesh
import Primitives
import Security
import Simulation
import Testing

@Suite struct NodeRecordTests {
  let key = SigningKey()

  @Test func `a record reads back as it was written`() throws {
    let record = TableSamples.full(id: key.id)
    let signed = try SignedRecord(record, key: key)
    let read = try SignedRecord(payload: signed.payload, signature: signed.signature)
    #expect(read.record == record)
    #expect(read.fingerprint == signed.fingerprint)
  }

  @Test func `a cut or changed record never reads as a genuine one`() throws {
    let signed = try SignedRecord(TableSamples.full(id: key.id), key: key)
    let checker = SignedRecordChecker { _, _, _ in true }
    var random = SeededRandom(seed: 5)
    for end in 0..<signed.payload.count {
      let cut = try? SignedRecord(  // A cut record may not read at all.
        payload: Array(signed.payload[..<end]), signature: signed.signature)
      #expect(cut.map { checker.refusal(of: $0, at: TableSamples.time) } != .some(nil))
    }
    for _ in 0..<400 {
      var payload = signed.payload
      let place = Int(random.next() % UInt64(payload.count))
      payload[place] ^= UInt8(1 + random.next() % 255)
      let changed = try? SignedRecord(payload: payload, signature: signed.signature)  // As above.
      #expect(changed.map { checker.refusal(of: $0, at: TableSamples.time) } != .some(nil))
    }
  }

  private static let breaches: [String: @Sendable (inout NodeRecord) -> Void] = [
    "name with space": { $0.name = "a b" },
    "empty name": { $0.name = "" },
    "long name": { $0.name = String(repeating: "a", count: 64) },
    "no number": { $0.sequence = 0 },
    "long lease": { $0.lease = .seconds(8 * 86_400) },
    "no lease": { $0.lease = .zero },
    "many addresses": { $0.addresses = Array(repeating: "h:1", count: 17) },
    "escape in label": { $0.labels["a"] = "\u{1B}[31m" },
    "label name": { $0.labels["a b"] = "c" },
    "certificate": { $0.certificate = Array(repeating: 0, count: 2049) },
    "direction override": { $0.zone = "\u{202E}z" },
  ]

  @Test(arguments: breaches.keys.sorted())
  func `a record beyond a bound is refused by writer and reader`(what: String) throws {
    var record = TableSamples.full(id: key.id)
    let change = try #require(Self.breaches[what])
    change(&record)
    #expect(throws: NetworkError.self) { try SignedRecord(record, key: key) }
    #expect(throws: NetworkError.self) { try NodeRecord(decoding: record.encoded) }
  }

  @Test func `verdicts tell forged, expired, early and outsiders apart`() throws {
    let record = TableSamples.full(id: key.id)
    let signed = try SignedRecord(record, key: key)
    let checker = SignedRecordChecker { _, certificate, _ in certificate == [1, 2, 3] }
    let time = TableSamples.time
    #expect(checker.refusal(of: signed, at: time) == nil)
    #expect(checker.refusal(of: signed, at: time.advanced(by: .seconds(1800))) == .expired)
    #expect(checker.refusal(of: signed, at: time.advanced(by: .seconds(-601))) == .early)
    var outsider = record
    outsider.certificate = []
    #expect(
      checker.refusal(of: try SignedRecord(outsider, key: key), at: time) == .notAMember)
    let other = SigningKey().sign(signed.payload, for: SignedRecord.purpose).bytes
    let forged = try SignedRecord(payload: signed.payload, signature: other)
    #expect(checker.refusal(of: forged, at: time) == .forged)
  }

  @Test func `a signature for another purpose is no record's`() throws {
    let payload = TableSamples.full(id: key.id).encoded
    let signature = key.sign(payload, for: "something-else").bytes
    let checker = SignedRecordChecker { _, _, _ in true }
    let signed = try SignedRecord(payload: payload, signature: signature)
    #expect(checker.refusal(of: signed, at: TableSamples.time) == .forged)
  }
}
