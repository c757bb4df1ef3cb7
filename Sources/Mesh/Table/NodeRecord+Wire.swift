import Calls
import Primitives

extension NodeRecord {
  /// The bytes a signature is over. Labels are sorted, so that equal records have equal bytes.
  package var encoded: [UInt8] { message.encoded() }

  package init(
    decoding bytes: [UInt8], limits: Limits = Limits()
  ) throws(NetworkError) {
    try Self.require(bytes.count <= limits.bytes, "it has more than \(limits.bytes) bytes")
    var reading = WireReader.Limits()
    reading.elements = 256
    reading.depth = 4
    let message: TableV1.NodeRecord
    do {
      message = try TableV1.NodeRecord(decoding: bytes, limits: reading)
    } catch {
      throw NetworkError(.violation, "A node record cannot be read.", cause: error)
    }
    try self.init(message)
    try check(limits)
  }

  private init(_ message: TableV1.NodeRecord) throws(NetworkError) {
    guard let id = NodeID(message.id) else {
      throw NetworkError(.violation, "A node record is refused: its id is not 32 bytes.")
    }
    self.init(
      id: id, sequence: message.sequence, name: message.name,
      issuedAt: WallTime(nanoseconds: message.issuedAt),
      lease: .seconds(Int64(message.leaseSeconds)))
    addresses = message.addresses
    roles = message.roles.compactMap(Role.init(rawValue:))
    specs = message.specs.map(NodeSpecs.init) ?? NodeSpecs()
    labels = try Self.labels(message.labels)
    zone = message.zone
    version = message.version
    nat = NATKind(rawValue: message.nat) ?? .unknown
    certificate = message.certificate
    isLeaving = message.leaving
    startedAt = message.startedAt == 0 ? nil : WallTime(nanoseconds: message.startedAt)
    try Self.require(Set(roles).count == roles.count, "a role is there twice")
    for relay in message.relays {
      guard let relay = NodeID(relay) else {
        throw NetworkError(.violation, "A node record is refused: a relay's id is not 32 bytes.")
      }
      relays.append(relay)
    }
  }

  private static func labels(_ labels: [TableV1.Label]) throws(NetworkError) -> [String: String] {
    var result: [String: String] = [:]
    for (index, label) in labels.enumerated() {
      try require(
        index == 0 || labels[index - 1].name < label.name, "its labels are not in order")
      result[label.name] = label.value
    }
    return result
  }

  private var message: TableV1.NodeRecord {
    TableV1.NodeRecord {
      $0.id = id.bytes
      $0.sequence = sequence
      $0.name = name
      $0.addresses = addresses
      $0.roles = roles.map(\.rawValue)
      $0.specs = specs.message
      $0.labels = labels.sorted { $0.key < $1.key }.map { label in
        TableV1.Label {
          $0.name = label.key
          $0.value = label.value
        }
      }
      $0.zone = zone
      $0.version = version
      $0.nat = nat == .unknown ? "" : nat.rawValue
      $0.relays = relays.map(\.bytes)
      $0.certificate = certificate
      $0.issuedAt = issuedAt.nanoseconds
      $0.leaseSeconds = UInt32(clamping: lease.components.seconds)
      $0.leaving = isLeaving
      $0.startedAt = startedAt?.nanoseconds ?? 0
    }
  }
}

extension NodeSpecs {
  fileprivate init(_ message: TableV1.NodeSpecs) {
    processor = message.processor
    cores = Int(message.cores)
    memoryBytes = message.memoryBytes
    diskBytes = message.diskBytes
    freeDiskBytes = message.freeDiskBytes
    system = message.system
    architecture = message.architecture
    graphics = message.graphics.map {
      Graphics(name: $0.name, vendor: $0.vendor, memoryBytes: $0.memoryBytes)
    }
  }

  fileprivate var message: TableV1.NodeSpecs? {
    if self == NodeSpecs() { return nil }
    return TableV1.NodeSpecs {
      $0.processor = processor
      $0.cores = UInt32(clamping: cores)
      $0.memoryBytes = memoryBytes
      $0.diskBytes = diskBytes
      $0.freeDiskBytes = freeDiskBytes
      $0.system = system
      $0.architecture = architecture
      $0.graphics = graphics.map { card in
        TableV1.Graphics {
          $0.name = card.name
          $0.vendor = card.vendor
          $0.memoryBytes = card.memoryBytes
        }
      }
    }
  }
}
