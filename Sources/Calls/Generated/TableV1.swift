// Written by Scripts/generate-protobuf from apus/table/v1/table.proto. Do not edit.

/// The package `apus.table.v1`.
package enum TableV1 {
  package struct RecordComparison: Message {
    /// As Mesh/Reconciliation writes it; empty when nothing is left to compare.
    package var message: [UInt8] = []
    /// That the caller lacks.
    package var records: [TableV1.SignedRecord] = []
    /// Another part of the same answer follows.
    package var hasMore: Bool = false
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.table.v1.RecordComparison", "message 1 records 2 has_more 3")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireBytes.self, 10, message)
      writer.repeated(WireMessage<TableV1.SignedRecord>.self, 18, records)
      writer.plain(WireBool.self, 24, hasMore)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireBytes.read(&message, &reader)
      case 18: try reader.repeated(WireMessage<TableV1.SignedRecord>.self, &records)
      case 24: try WireBool.read(&hasMore, &reader)
      default: return false
      }
      return true
    }
  }

  package struct LoadRequest: Message {
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.table.v1.LoadRequest", "")

    package func encode(into writer: inout WireWriter) {
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      false
    }
  }

  package struct Load: Message {
    /// Share of the processors in use; above 1 when work waits.
    package var processor: Double = 0
    package var freeMemoryBytes: UInt64 = 0
    package var freeDiskBytes: UInt64 = 0
    package var runningTasks: UInt32 = 0
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.table.v1.Load", "processor 1 free_memory_bytes 2 free_disk_bytes 3 running_tasks 4")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireDouble.self, 9, processor)
      writer.plain(WireUInt64.self, 16, freeMemoryBytes)
      writer.plain(WireUInt64.self, 24, freeDiskBytes)
      writer.plain(WireUInt32.self, 32, runningTasks)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 9: try WireDouble.read(&processor, &reader)
      case 16: try WireUInt64.read(&freeMemoryBytes, &reader)
      case 24: try WireUInt64.read(&freeDiskBytes, &reader)
      case 32: try WireUInt32.read(&runningTasks, &reader)
      default: return false
      }
      return true
    }
  }

  /// What a node says about itself. It changes rarely; load and measurements are not in it.
  package struct NodeRecord: Message {
    /// The node's key, 32 bytes.
    package var id: [UInt8] = []
    /// Grows with every record the node signs, over restarts too.
    package var sequence: UInt64 = 0
    package var name: String = ""
    /// host:port.
    package var addresses: [String] = []
    /// worker, store, relay, gateway. Words a reader does not know are passed over.
    package var roles: [String] = []
    package var specs: TableV1.NodeSpecs?
    /// In ascending order of their names, each name once.
    package var labels: [TableV1.Label] = []
    package var zone: String = ""
    package var version: String = ""
    /// unknown, open, easy, hard, blocked.
    package var nat: String = ""
    /// Relays through which the node can be reached, by their keys.
    package var relays: [[UInt8]] = []
    package var certificate: [UInt8] = []
    /// Nanoseconds since 1970 UTC.
    package var issuedAt: Int64 = 0
    /// The record is worth nothing so long after it was issued.
    package var leaseSeconds: UInt32 = 0
    /// The node's last record: it has left the network.
    package var leaving: Bool = false
    /// When the node was last started, as nanoseconds since 1970 UTC by its own clock; 0 when it
    /// does not say.
    package var startedAt: Int64 = 0
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.table.v1.NodeRecord",
      "id 1 sequence 2 name 3 addresses 4 roles 5 specs 6 labels 7 zone 8 version 9 nat 10 relays 11 certificate 12 issued_at 13 lease_seconds 14 leaving 15 started_at 16"
    )

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireBytes.self, 10, id)
      writer.plain(WireUInt64.self, 16, sequence)
      writer.plain(WireString.self, 26, name)
      writer.repeated(WireString.self, 34, addresses)
      writer.repeated(WireString.self, 42, roles)
      writer.optional(WireMessage<TableV1.NodeSpecs>.self, 50, specs)
      writer.repeated(WireMessage<TableV1.Label>.self, 58, labels)
      writer.plain(WireString.self, 66, zone)
      writer.plain(WireString.self, 74, version)
      writer.plain(WireString.self, 82, nat)
      writer.repeated(WireBytes.self, 90, relays)
      writer.plain(WireBytes.self, 98, certificate)
      writer.plain(WireInt64.self, 104, issuedAt)
      writer.plain(WireUInt32.self, 112, leaseSeconds)
      writer.plain(WireBool.self, 120, leaving)
      writer.plain(WireInt64.self, 128, startedAt)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireBytes.read(&id, &reader)
      case 16: try WireUInt64.read(&sequence, &reader)
      case 26: try WireString.read(&name, &reader)
      case 34: try reader.repeated(WireString.self, &addresses)
      case 42: try reader.repeated(WireString.self, &roles)
      case 50: try reader.message(&specs)
      case 58: try reader.repeated(WireMessage<TableV1.Label>.self, &labels)
      case 66: try WireString.read(&zone, &reader)
      case 74: try WireString.read(&version, &reader)
      case 82: try WireString.read(&nat, &reader)
      case 90: try reader.repeated(WireBytes.self, &relays)
      case 98: try WireBytes.read(&certificate, &reader)
      case 104: try WireInt64.read(&issuedAt, &reader)
      case 112: try WireUInt32.read(&leaseSeconds, &reader)
      case 120: try WireBool.read(&leaving, &reader)
      case 128: try WireInt64.read(&startedAt, &reader)
      default: return false
      }
      return true
    }
  }

  package struct Label: Message {
    package var name: String = ""
    package var value: String = ""
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.table.v1.Label", "name 1 value 2")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireString.self, 10, name)
      writer.plain(WireString.self, 18, value)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireString.read(&name, &reader)
      case 18: try WireString.read(&value, &reader)
      default: return false
      }
      return true
    }
  }

  package struct NodeSpecs: Message {
    package var processor: String = ""
    package var cores: UInt32 = 0
    package var memoryBytes: UInt64 = 0
    package var diskBytes: UInt64 = 0
    package var graphics: [TableV1.Graphics] = []
    package var system: String = ""
    package var architecture: String = ""
    /// About what is free of disk_bytes: a power of two, told anew when it is another one.
    package var freeDiskBytes: UInt64 = 0
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.table.v1.NodeSpecs",
      "processor 1 cores 2 memory_bytes 3 disk_bytes 4 graphics 5 system 6 architecture 7 free_disk_bytes 8"
    )

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireString.self, 10, processor)
      writer.plain(WireUInt32.self, 16, cores)
      writer.plain(WireUInt64.self, 24, memoryBytes)
      writer.plain(WireUInt64.self, 32, diskBytes)
      writer.repeated(WireMessage<TableV1.Graphics>.self, 42, graphics)
      writer.plain(WireString.self, 50, system)
      writer.plain(WireString.self, 58, architecture)
      writer.plain(WireUInt64.self, 64, freeDiskBytes)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireString.read(&processor, &reader)
      case 16: try WireUInt32.read(&cores, &reader)
      case 24: try WireUInt64.read(&memoryBytes, &reader)
      case 32: try WireUInt64.read(&diskBytes, &reader)
      case 42: try reader.repeated(WireMessage<TableV1.Graphics>.self, &graphics)
      case 50: try WireString.read(&system, &reader)
      case 58: try WireString.read(&architecture, &reader)
      case 64: try WireUInt64.read(&freeDiskBytes, &reader)
      default: return false
      }
      return true
    }
  }

  package struct Graphics: Message {
    package var name: String = ""
    package var vendor: String = ""
    package var memoryBytes: UInt64 = 0
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.table.v1.Graphics", "name 1 vendor 2 memory_bytes 3")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireString.self, 10, name)
      writer.plain(WireString.self, 18, vendor)
      writer.plain(WireUInt64.self, 24, memoryBytes)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireString.read(&name, &reader)
      case 18: try WireString.read(&vendor, &reader)
      case 24: try WireUInt64.read(&memoryBytes, &reader)
      default: return false
      }
      return true
    }
  }

  package struct SignedRecord: Message {
    /// An encoded NodeRecord: kept as it came, since the signature is over these bytes.
    package var payload: [UInt8] = []
    /// Ed25519 by the node's own key.
    package var signature: [UInt8] = []
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.table.v1.SignedRecord", "payload 1 signature 2")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireBytes.self, 10, payload)
      writer.plain(WireBytes.self, 18, signature)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireBytes.read(&payload, &reader)
      case 18: try WireBytes.read(&signature, &reader)
      default: return false
      }
      return true
    }
  }

  package struct GossipFrame: Message {
    package var content: ContentChoice?

    package enum ContentChoice: Equatable, Sendable {
      case greeting(TableV1.Greeting)
      case message(TableV1.GossipMessage)
    }

    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.table.v1.GossipFrame", "greeting 1 message 2")

    package func encode(into writer: inout WireWriter) {
      switch content {
      case .greeting(let value)?: writer.always(WireMessage<TableV1.Greeting>.self, 10, value)
      case .message(let value)?: writer.always(WireMessage<TableV1.GossipMessage>.self, 18, value)
      case nil: break
      }
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10:
        var held = TableV1.Greeting()
        if case .greeting(let value)? = content { held = value }
        try reader.message(&held)
        content = .greeting(held)
      case 18:
        var held = TableV1.GossipMessage()
        if case .message(let value)? = content { held = value }
        try reader.message(&held)
        content = .message(held)
      default: return false
      }
      return true
    }
  }

  /// Settles what is revoked before anything else is believed.
  package struct Greeting: Message {
    /// Of the set of revocations, 32 bytes.
    package var revocations: [UInt8] = []
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.table.v1.Greeting", "revocations 1")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireBytes.self, 10, revocations)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireBytes.read(&revocations, &reader)
      default: return false
      }
      return true
    }
  }

  package struct GossipMessage: Message {
    package var body: BodyChoice?

    package enum BodyChoice: Equatable, Sendable {
      case probe(TableV1.Probe)
      case ack(TableV1.Probe)
      case indirect(TableV1.Indirect)
      case indirectAck(TableV1.Indirect)
      case join(TableV1.Join)
      case forwardJoin(TableV1.ForwardJoin)
      case neighbour(TableV1.Neighbour)
      case neighbourReply(TableV1.NeighbourReply)
      case disconnect(TableV1.Disconnect)
      case shuffle(TableV1.Sample)
      case shuffleReply(TableV1.Sample)
      case changes(TableV1.Changes)
      case wanted(TableV1.Wanted)
    }

    package var records: [TableV1.SignedRecord] = []
    package var claims: [TableV1.Claim] = []
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.table.v1.GossipMessage",
      "probe 1 ack 2 indirect 3 indirect_ack 4 join 5 forward_join 6 neighbour 7 neighbour_reply 8 disconnect 9 shuffle 10 shuffle_reply 11 changes 12 wanted 13 records 20 claims 21"
    )

    package func encode(into writer: inout WireWriter) {
      switch body {
      case .probe(let value)?: writer.always(WireMessage<TableV1.Probe>.self, 10, value)
      case .ack(let value)?: writer.always(WireMessage<TableV1.Probe>.self, 18, value)
      case .indirect(let value)?: writer.always(WireMessage<TableV1.Indirect>.self, 26, value)
      case .indirectAck(let value)?: writer.always(WireMessage<TableV1.Indirect>.self, 34, value)
      case .join(let value)?: writer.always(WireMessage<TableV1.Join>.self, 42, value)
      case .forwardJoin(let value)?: writer.always(WireMessage<TableV1.ForwardJoin>.self, 50, value)
      case .neighbour(let value)?: writer.always(WireMessage<TableV1.Neighbour>.self, 58, value)
      case .neighbourReply(let value)?:
        writer.always(WireMessage<TableV1.NeighbourReply>.self, 66, value)
      case .disconnect(let value)?: writer.always(WireMessage<TableV1.Disconnect>.self, 74, value)
      case .shuffle(let value)?: writer.always(WireMessage<TableV1.Sample>.self, 82, value)
      case .shuffleReply(let value)?: writer.always(WireMessage<TableV1.Sample>.self, 90, value)
      case .changes(let value)?: writer.always(WireMessage<TableV1.Changes>.self, 98, value)
      case .wanted(let value)?: writer.always(WireMessage<TableV1.Wanted>.self, 106, value)
      case nil: break
      }
      writer.repeated(WireMessage<TableV1.SignedRecord>.self, 162, records)
      writer.repeated(WireMessage<TableV1.Claim>.self, 170, claims)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10:
        var held = TableV1.Probe()
        if case .probe(let value)? = body { held = value }
        try reader.message(&held)
        body = .probe(held)
      case 18:
        var held = TableV1.Probe()
        if case .ack(let value)? = body { held = value }
        try reader.message(&held)
        body = .ack(held)
      case 26:
        var held = TableV1.Indirect()
        if case .indirect(let value)? = body { held = value }
        try reader.message(&held)
        body = .indirect(held)
      case 34:
        var held = TableV1.Indirect()
        if case .indirectAck(let value)? = body { held = value }
        try reader.message(&held)
        body = .indirectAck(held)
      case 42:
        var held = TableV1.Join()
        if case .join(let value)? = body { held = value }
        try reader.message(&held)
        body = .join(held)
      case 50:
        var held = TableV1.ForwardJoin()
        if case .forwardJoin(let value)? = body { held = value }
        try reader.message(&held)
        body = .forwardJoin(held)
      case 58:
        var held = TableV1.Neighbour()
        if case .neighbour(let value)? = body { held = value }
        try reader.message(&held)
        body = .neighbour(held)
      case 66:
        var held = TableV1.NeighbourReply()
        if case .neighbourReply(let value)? = body { held = value }
        try reader.message(&held)
        body = .neighbourReply(held)
      case 74:
        var held = TableV1.Disconnect()
        if case .disconnect(let value)? = body { held = value }
        try reader.message(&held)
        body = .disconnect(held)
      case 82:
        var held = TableV1.Sample()
        if case .shuffle(let value)? = body { held = value }
        try reader.message(&held)
        body = .shuffle(held)
      case 90:
        var held = TableV1.Sample()
        if case .shuffleReply(let value)? = body { held = value }
        try reader.message(&held)
        body = .shuffleReply(held)
      case 98:
        var held = TableV1.Changes()
        if case .changes(let value)? = body { held = value }
        try reader.message(&held)
        body = .changes(held)
      case 106:
        var held = TableV1.Wanted()
        if case .wanted(let value)? = body { held = value }
        try reader.message(&held)
        body = .wanted(held)
      case 162: try reader.repeated(WireMessage<TableV1.SignedRecord>.self, &records)
      case 170: try reader.repeated(WireMessage<TableV1.Claim>.self, &claims)
      default: return false
      }
      return true
    }
  }

  package struct Probe: Message {
    package var number: UInt32 = 0
    /// Of all live records this side holds.
    package var digest: UInt64 = 0
    package var live: UInt32 = 0
    /// How many nodes watch this side.
    package var watchers: UInt32 = 0
    /// How busy this side is with itself: 0 is well.
    package var strain: UInt32 = 0
    /// The receiver's record that others suspect to be a dead node's; 0 is none.
    package var accused: UInt64 = 0
    package var coordinate: TableV1.Coordinate?
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.table.v1.Probe", "number 1 digest 2 live 3 watchers 4 strain 5 accused 6 coordinate 7")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireUInt32.self, 8, number)
      writer.plain(WireFixed64.self, 17, digest)
      writer.plain(WireUInt32.self, 24, live)
      writer.plain(WireUInt32.self, 32, watchers)
      writer.plain(WireUInt32.self, 40, strain)
      writer.plain(WireUInt64.self, 48, accused)
      writer.optional(WireMessage<TableV1.Coordinate>.self, 58, coordinate)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 8: try WireUInt32.read(&number, &reader)
      case 17: try WireFixed64.read(&digest, &reader)
      case 24: try WireUInt32.read(&live, &reader)
      case 32: try WireUInt32.read(&watchers, &reader)
      case 40: try WireUInt32.read(&strain, &reader)
      case 48: try WireUInt64.read(&accused, &reader)
      case 58: try reader.message(&coordinate)
      default: return false
      }
      return true
    }
  }

  /// Where a node is in the space of latencies; milliseconds.
  package struct Coordinate: Message {
    package var position: [Float] = []
    package var height: Float = 0
    package var error: Float = 0
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.table.v1.Coordinate", "position 1 height 2 error 3")

    package func encode(into writer: inout WireWriter) {
      writer.packed(WireFloat.self, 10, position)
      writer.plain(WireFloat.self, 21, height)
      writer.plain(WireFloat.self, 29, error)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 13, 10: try reader.packed(WireFloat.self, &position)
      case 21: try WireFloat.read(&height, &reader)
      case 29: try WireFloat.read(&error, &reader)
      default: return false
      }
      return true
    }
  }

  package struct Indirect: Message {
    package var number: UInt32 = 0
    package var target: [UInt8] = []
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.table.v1.Indirect", "number 1 target 2")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireUInt32.self, 8, number)
      writer.plain(WireBytes.self, 18, target)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 8: try WireUInt32.read(&number, &reader)
      case 18: try WireBytes.read(&target, &reader)
      default: return false
      }
      return true
    }
  }

  package struct Join: Message {
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.table.v1.Join", "")

    package func encode(into writer: inout WireWriter) {
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      false
    }
  }

  package struct ForwardJoin: Message {
    package var newcomer: [UInt8] = []
    package var hops: UInt32 = 0
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.table.v1.ForwardJoin", "newcomer 1 hops 2")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireBytes.self, 10, newcomer)
      writer.plain(WireUInt32.self, 16, hops)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireBytes.read(&newcomer, &reader)
      case 16: try WireUInt32.read(&hops, &reader)
      default: return false
      }
      return true
    }
  }

  package struct Neighbour: Message {
    package var urgent: Bool = false
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.table.v1.Neighbour", "urgent 1")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireBool.self, 8, urgent)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 8: try WireBool.read(&urgent, &reader)
      default: return false
      }
      return true
    }
  }

  package struct NeighbourReply: Message {
    package var accepted: Bool = false
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.table.v1.NeighbourReply", "accepted 1")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireBool.self, 8, accepted)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 8: try WireBool.read(&accepted, &reader)
      default: return false
      }
      return true
    }
  }

  package struct Disconnect: Message {
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.table.v1.Disconnect", "")

    package func encode(into writer: inout WireWriter) {
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      false
    }
  }

  package struct Sample: Message {
    package var nodes: [[UInt8]] = []
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.table.v1.Sample", "nodes 1")

    package func encode(into writer: inout WireWriter) {
      writer.repeated(WireBytes.self, 10, nodes)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try reader.repeated(WireBytes.self, &nodes)
      default: return false
      }
      return true
    }
  }

  /// What changed lately in this side's table.
  package struct Changes: Message {
    package var changes: [TableV1.Change] = []
    package var reply: Bool = false
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.table.v1.Changes", "changes 1 reply 2")

    package func encode(into writer: inout WireWriter) {
      writer.repeated(WireMessage<TableV1.Change>.self, 10, changes)
      writer.plain(WireBool.self, 16, reply)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try reader.repeated(WireMessage<TableV1.Change>.self, &changes)
      case 16: try WireBool.read(&reply, &reader)
      default: return false
      }
      return true
    }
  }

  package struct Change: Message {
    package var node: [UInt8] = []
    package var sequence: UInt64 = 0
    package var gone: Bool = false
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.table.v1.Change", "node 1 sequence 2 gone 3")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireBytes.self, 10, node)
      writer.plain(WireUInt64.self, 16, sequence)
      writer.plain(WireBool.self, 24, gone)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireBytes.read(&node, &reader)
      case 16: try WireUInt64.read(&sequence, &reader)
      case 24: try WireBool.read(&gone, &reader)
      default: return false
      }
      return true
    }
  }

  package struct Wanted: Message {
    package var nodes: [[UInt8]] = []
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.table.v1.Wanted", "nodes 1")

    package func encode(into writer: inout WireWriter) {
      writer.repeated(WireBytes.self, 10, nodes)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try reader.repeated(WireBytes.self, &nodes)
      default: return false
      }
      return true
    }
  }

  /// One node's belief about another's record.
  package struct Claim: Message {
    package var node: [UInt8] = []
    package var sequence: UInt64 = 0
    package var kind: TableV1.Claim.Kind = TableV1.Claim.Kind(rawValue: 0)
    package var by: [UInt8] = []
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.table.v1.Claim", "node 1 sequence 2 kind 3 by 4")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireBytes.self, 10, node)
      writer.plain(WireUInt64.self, 16, sequence)
      writer.plain(WireEnum<TableV1.Claim.Kind>.self, 24, kind)
      writer.plain(WireBytes.self, 34, by)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireBytes.read(&node, &reader)
      case 16: try WireUInt64.read(&sequence, &reader)
      case 24: try WireEnum<TableV1.Claim.Kind>.read(&kind, &reader)
      case 34: try WireBytes.read(&by, &reader)
      default: return false
      }
      return true
    }

    package struct Kind: OpenEnum {
      package var rawValue: Int32

      package init(rawValue: Int32) { self.rawValue = rawValue }

      package static var unspecified: Self { Self(rawValue: 0) }
      package static var suspect: Self { Self(rawValue: 1) }
      package static var dead: Self { Self(rawValue: 2) }

      package static let schema = MessageSchema(
        "apus.table.v1.Claim.Kind", "KIND_UNSPECIFIED 0 KIND_SUSPECT 1 KIND_DEAD 2")
    }
  }
}

extension TableV1 {
  package enum GossipMethods {
    package static let service = "apus.table.v1.Gossip"
    package static let exchange = MethodDescription(
      service, "Exchange", .bidirectional, permission: "gossip")
  }

  /// The membership protocol between two linked nodes: one stream for each link.
  package protocol GossipService: Sendable {
    /// Both sides send a greeting first, then messages as they come.
    func exchange(
      _ requests: MessageReader<TableV1.GossipFrame>, _ replies: MessageWriter<TableV1.GossipFrame>,
      _ context: CallContext
    ) async throws
  }

  package struct GossipClient: Sendable {
    private let caller: any Caller

    package init(_ caller: any Caller) { self.caller = caller }

    /// Both sides send a greeting first, then messages as they come.
    package func exchange<Answer: Sendable>(
      options: CallOptions = CallOptions(),
      _ body: (Conversation<TableV1.GossipFrame, TableV1.GossipFrame>) async throws -> Answer
    ) async throws -> Answer {
      try await caller.bidirectional(TableV1.GossipMethods.exchange, options, body)
    }
  }
}

extension TableV1.GossipService {
  /// For the server, which checks permissions by the descriptions.
  package var handlers: [MethodHandler] {
    [
      .bidirectional(TableV1.GossipMethods.exchange, self.exchange)
    ]
  }
}

extension TableV1 {
  package enum RecordsMethods {
    package static let service = "apus.table.v1.Records"
    package static let reconcile = MethodDescription(
      service, "Reconcile", .bidirectional, permission: "gossip")
  }

  /// The whole table at once, for whoever has missed much.
  package protocol RecordsService: Sendable {
    /// The caller learns which of the other side's live records it lacks. Messages take turns, the
    /// caller's first; an answer may come in parts.
    func reconcile(
      _ requests: MessageReader<TableV1.RecordComparison>,
      _ replies: MessageWriter<TableV1.RecordComparison>, _ context: CallContext
    ) async throws
  }

  package struct RecordsClient: Sendable {
    private let caller: any Caller

    package init(_ caller: any Caller) { self.caller = caller }

    /// The caller learns which of the other side's live records it lacks. Messages take turns, the
    /// caller's first; an answer may come in parts.
    package func reconcile<Answer: Sendable>(
      options: CallOptions = CallOptions(),
      _ body: (Conversation<TableV1.RecordComparison, TableV1.RecordComparison>) async throws ->
        Answer
    ) async throws -> Answer {
      try await caller.bidirectional(TableV1.RecordsMethods.reconcile, options, body)
    }
  }
}

extension TableV1.RecordsService {
  /// For the server, which checks permissions by the descriptions.
  package var handlers: [MethodHandler] {
    [
      .bidirectional(TableV1.RecordsMethods.reconcile, self.reconcile)
    ]
  }
}

extension TableV1 {
  package enum LoadsMethods {
    package static let service = "apus.table.v1.Loads"
    package static let now = MethodDescription(
      service, "Now", .unary, permission: "gossip")
  }

  /// What changes all the time and is told to those who ask.
  package protocol LoadsService: Sendable {
    func now(
      _ request: TableV1.LoadRequest, _ context: CallContext
    ) async throws -> TableV1.Load
  }

  package struct LoadsClient: Sendable {
    private let caller: any Caller

    package init(_ caller: any Caller) { self.caller = caller }

    package func now(
      _ request: TableV1.LoadRequest, options: CallOptions = CallOptions()
    ) async throws -> TableV1.Load {
      try await caller.unary(TableV1.LoadsMethods.now, request, options)
    }
  }
}

extension TableV1.LoadsService {
  /// For the server, which checks permissions by the descriptions.
  package var handlers: [MethodHandler] {
    [
      .unary(TableV1.LoadsMethods.now, self.now)
    ]
  }
}
