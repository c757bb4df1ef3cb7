import Calls
import Primitives
import Security

extension ZoneMessage {
  package struct WireLimits: Sendable {
    package var bytes = 4 << 20
    package var elements = 8_192
    package init() {}
  }

  /// `apus.zones.v1.ZoneMessage`.
  package var encoded: [UInt8] { wire.encoded() }

  package init(
    decoding bytes: [UInt8], limits: WireLimits = WireLimits()
  ) throws(NetworkError) {
    var reading = WireReader.Limits()
    reading.size = limits.bytes
    reading.elements = limits.elements
    reading.depth = 6
    let message: ZonesV1.ZoneMessage
    do {
      message = try ZonesV1.ZoneMessage(decoding: bytes, limits: reading)
    } catch {
      throw NetworkError(.violation, "a message about zones cannot be read", cause: error)
    }
    try self.init(message)
  }

  init(_ message: ZonesV1.ZoneMessage) throws(NetworkError) {
    guard let choice = message.message else {
      throw NetworkError(
        .violation, "a message about zones says nothing: the peer may have a newer program")
    }
    try self.init(choice)
  }

  private init(_ choice: ZonesV1.ZoneMessage.MessageChoice) throws(NetworkError) {
    switch choice {
    case .mapOffer(let offer): self = .mapOffer(fingerprint: offer.fingerprint)
    case .decisions(let message):
      var decisions: [ZoneMap.Decision] = []
      for decision in message.decisions {
        decisions.append(
          ZoneMap.Decision(
            prefix: try ZonePrefix(decision.prefix), number: decision.number,
            isSplit: decision.isSplit))
      }
      self = .decisions(decisions)
    case .put(let put):
      self = .put(request: put.request, entries: try ZoneEntry.entries(put.entries))
    case .stored(let stored): self = .stored(request: stored.request)
    case .find(let find):
      guard let lower = Bytes32(find.lower) else { throw Self.keyError }
      var keys = KeyRange(lower: lower, upper: nil)
      if !find.upper.isEmpty {
        guard let upper = Bytes32(find.upper), upper > lower else { throw Self.keyError }
        keys.upper = upper
      }
      self = .find(request: find.request, keys: keys, limit: Int(find.limit))
    case .found(let found):
      self = .found(
        request: found.request, entries: try ZoneEntry.entries(found.entries),
        isSettled: found.isSettled)
    case .compare(let turn): self = .compare(try Comparison(turn))
    case .compared(let turn): self = .compared(try Comparison(turn))
    }
  }

  fileprivate static let keyError = NetworkError(
    .violation, "a key of the index has 32 bytes, and ranges of keys ascend")

  /// Near what the wire form takes.
  package var roughSize: Int {
    func size(_ entries: [ZoneEntry]) -> Int { entries.reduce(0) { $0 + $1.payload.count + 156 } }
    return switch self {
    case .mapOffer, .stored: 16
    case .decisions(let decisions): 8 + 12 * decisions.count
    case .put(_, let entries), .found(_, let entries, _): 16 + size(entries)
    case .find: 80
    case .compare(let turn), .compared(let turn): 32 + turn.message.count + size(turn.entries)
    }
  }

  var wire: ZonesV1.ZoneMessage {
    ZonesV1.ZoneMessage { message in
      switch self {
      case .mapOffer(let fingerprint):
        message.message = .mapOffer(ZonesV1.MapOffer { $0.fingerprint = fingerprint })
      case .decisions(let decisions):
        message.message = .decisions(ZonesV1.Decisions { $0.decisions = decisions.map(\.wire) })
      case .put(let request, let entries):
        message.message = .put(
          ZonesV1.Put {
            $0.request = request
            $0.entries = entries.map(\.wire)
          })
      case .stored(let request):
        message.message = .stored(ZonesV1.Stored { $0.request = request })
      case .find(let request, let keys, let limit):
        message.message = .find(
          ZonesV1.Find {
            $0.request = request
            $0.lower = keys.lower.bytes
            $0.upper = keys.upper?.bytes ?? []
            $0.limit = UInt32(clamping: limit)
          })
      case .found(let request, let entries, let isSettled):
        message.message = .found(
          ZonesV1.Found {
            $0.request = request
            $0.entries = entries.map(\.wire)
            $0.isSettled = isSettled
          })
      case .compare(let turn): message.message = .compare(turn.wire)
      case .compared(let turn): message.message = .compared(turn.wire)
      }
    }
  }
}

extension ZoneMap.Decision {
  fileprivate var wire: ZonesV1.Decision {
    ZonesV1.Decision {
      $0.prefix = prefix.wire
      $0.number = number
      $0.isSplit = isSplit
    }
  }
}

extension ZonePrefix {
  fileprivate init(_ wire: ZonesV1.Prefix?) throws(NetworkError) {
    guard let prefix = ZonePrefix(bits: wire?.bits ?? 0, length: Int(wire?.length ?? 0)) else {
      throw NetworkError(.violation, "a zone's prefix has more bits than it says, or above 32")
    }
    self = prefix
  }

  fileprivate var wire: ZonesV1.Prefix {
    ZonesV1.Prefix {
      $0.bits = bits
      $0.length = UInt32(length)
    }
  }
}

extension ZoneEntry {
  fileprivate static func entries(_ wire: [ZonesV1.Entry]) throws(NetworkError) -> [ZoneEntry] {
    var entries: [ZoneEntry] = []
    for entry in wire {
      guard let key = Bytes32(entry.key) else { throw ZoneMessage.keyError }
      guard let publisher = NodeID(entry.publisher), let signature = Signature(entry.signature)
      else { throw NetworkError(.violation, "an index entry lacks its publisher's signature") }
      entries.append(
        ZoneEntry(
          key: key, version: entry.version, expiresAt: WallTime(nanoseconds: entry.expiresAt),
          payload: entry.payload, isRemoved: entry.isRemoved, publisher: publisher,
          signature: signature))
    }
    return entries
  }

  fileprivate var wire: ZonesV1.Entry {
    ZonesV1.Entry {
      $0.key = key.bytes
      $0.version = version
      $0.expiresAt = expiresAt.nanoseconds
      $0.isRemoved = isRemoved
      $0.payload = payload
      $0.publisher = publisher.bytes
      $0.signature = signature.bytes
    }
  }
}

extension ZoneMessage.Comparison {
  fileprivate init(_ wire: ZonesV1.Comparison) throws(NetworkError) {
    self.init(
      session: wire.session, number: wire.number, prefix: try ZonePrefix(wire.prefix),
      isHandover: wire.isHandover, message: wire.message,
      entries: try ZoneEntry.entries(wire.entries))
  }

  fileprivate var wire: ZonesV1.Comparison {
    ZonesV1.Comparison {
      $0.session = session
      $0.number = number
      $0.prefix = prefix.wire
      $0.isHandover = isHandover
      $0.message = message
      $0.entries = entries.map(\.wire)
    }
  }
}
