import Mesh
import Primitives
import Security
import Simulation
import Testing

@Suite struct GossipCodecTests {
  let codec = GossipCodec()
  var directory = PeerDirectory()
  let key = SigningKey()
  let record: SignedRecord

  init() throws {
    for number in 0..<4 { _ = directory.number(of: TableSamples.id(number)) }
    let own = SigningKey()
    record = try SignedRecord(TableSamples.full(id: own.id), key: own)
    _ = directory.number(of: own.id)
  }

  private var messages: [GossipMessage] {
    let one = PeerNumber(1), two = PeerNumber(2)
    var place = Coordinate()
    place.position = SIMD4(1, -2, 3.5, 0)
    let probe = GossipMessage.Probe(
      number: 77, digest: .max, live: 1000, watchers: 9, strain: 3, accused: 12,
      coordinate: place)
    let claim = GossipMessage.Claim(peer: one, sequence: 1 << 40, kind: .dead, by: two)
    return [
      GossipMessage(
        .rumours, updates: [.record(PeerNumber(4), record), .claim(claim)]),
      GossipMessage(.probe(probe)), GossipMessage(.ack(probe), updates: [.claim(claim)]),
      GossipMessage(.indirect(number: 5, target: one)),
      GossipMessage(.indirectAck(number: 5, target: one)),
      GossipMessage(.join), GossipMessage(.forwardJoin(newcomer: two, hops: 3)),
      GossipMessage(.neighbour(isUrgent: true)), GossipMessage(.neighbourReply(isAccepted: true)),
      GossipMessage(.disconnect), GossipMessage(.shuffle([one, two])),
      GossipMessage(.shuffleReply([two])),
      GossipMessage(
        .changes([.init(peer: one, sequence: 9, isGone: true)], isReply: true)),
      GossipMessage(.wanted([one, two])),
    ]
  }

  @Test mutating func `every message reads back as it was written`() throws {
    for message in messages {
      let bytes = codec.encode(message, directory)
      let decoded = try codec.decode(bytes, &directory)
      let read = try #require(decoded)
      #expect("\(read.body)" == "\(message.body)")
      #expect(codec.encode(read, directory) == bytes)
    }
  }

  @Test func `the size the simulator counts is that on the wire, or a little more`() {
    for message in messages {
      let real = codec.encode(message, directory).count
      #expect((real...real + 24).contains(message.wireSize), "\(message.body): \(real)")
    }
  }

  @Test mutating func `cut and changed messages are read or refused, never worse`() throws {
    var random = SeededRandom(seed: 11)
    var refused = 0
    for message in messages {
      let bytes = codec.encode(message, directory)
      for end in 0..<bytes.count {
        do { _ = try codec.decode(Array(bytes[..<end]), &directory) } catch { refused += 1 }
      }
      for _ in 0..<200 where !bytes.isEmpty {
        var changed = bytes
        changed[Int(random.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: random.next())
        do { _ = try codec.decode(changed, &directory) } catch { refused += 1 }
      }
    }
    #expect(refused > 500)
  }

  @Test mutating func `nodes that a message makes up get no lasting number`() throws {
    var other = PeerDirectory()
    let strangers = (100..<150).map { other.number(of: TableSamples.id($0)) }
    let changes = strangers.map { GossipMessage.Change(peer: $0, sequence: 1, isGone: false) }
    let bytes = codec.encode(GossipMessage(.changes(changes, isReply: false)), other)
    directory.settle { _, _ in true }
    let before = directory.count
    let decoded = try codec.decode(bytes, &directory)
    let read = try #require(decoded)
    guard case .changes(let known, _) = read.body else { return #expect(Bool(false)) }
    #expect(known.count == 50)
    directory.settle { number, _ in number == known[0].peer }
    #expect(directory.count == before + 1)
  }

  @Test mutating func `claims and samples about strangers are left out`() throws {
    var other = PeerDirectory()
    let stranger = other.number(of: TableSamples.id(200))
    let claim = GossipMessage.Claim(peer: stranger, sequence: 1, kind: .dead, by: stranger)
    let bytes = codec.encode(GossipMessage(.wanted([stranger]), updates: [.claim(claim)]), other)
    let decoded = try codec.decode(bytes, &directory)
    let read = try #require(decoded)
    #expect(read.updates.isEmpty)
    guard case .wanted(let peers) = read.body else { return #expect(Bool(false)) }
    #expect(peers.isEmpty)
  }

  @Test mutating func `lists beyond their bounds are violations`() throws {
    let many = Array(repeating: PeerNumber(1), count: 65)
    let bytes = codec.encode(GossipMessage(.shuffle(many)), directory)
    var code: NetworkError.Code?
    do throws(NetworkError) { _ = try codec.decode(bytes, &directory) } catch { code = error.code }
    #expect(code == .violation)
  }
}
