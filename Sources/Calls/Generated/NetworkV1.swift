// Written by Scripts/generate-protobuf from apus/network/v1/network.proto. Do not edit.

/// The package `apus.network.v1`.
package enum NetworkV1 {
  package struct Signed: Message {
    package var payload: [UInt8] = []
    package var signature: [UInt8] = []
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.network.v1.Signed", "payload 1 signature 2")

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

  /// Signed by the network key.
  package struct AdminCertificate: Message {
    package var network: [UInt8] = []
    package var admin: [UInt8] = []
    package var serial: UInt64 = 0
    package var issuedNanoseconds: Int64 = 0
    package var expiresNanoseconds: Int64 = 0
    package var name: String = ""
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.network.v1.AdminCertificate",
      "network 1 admin 2 serial 3 issued_nanoseconds 4 expires_nanoseconds 5 name 6")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireBytes.self, 10, network)
      writer.plain(WireBytes.self, 18, admin)
      writer.plain(WireUInt64.self, 24, serial)
      writer.plain(WireInt64.self, 32, issuedNanoseconds)
      writer.plain(WireInt64.self, 40, expiresNanoseconds)
      writer.plain(WireString.self, 50, name)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireBytes.read(&network, &reader)
      case 18: try WireBytes.read(&admin, &reader)
      case 24: try WireUInt64.read(&serial, &reader)
      case 32: try WireInt64.read(&issuedNanoseconds, &reader)
      case 40: try WireInt64.read(&expiresNanoseconds, &reader)
      case 50: try WireString.read(&name, &reader)
      default: return false
      }
      return true
    }
  }

  /// Signed by the admin whose certificate is inside.
  package struct MembershipCertificate: Message {
    package var network: [UInt8] = []
    package var member: [UInt8] = []
    package var serial: UInt64 = 0
    package var issuedNanoseconds: Int64 = 0
    package var expiresNanoseconds: Int64 = 0
    package var name: String = ""
    package var roles: [String] = []
    package var permissions: [String] = []
    package var issuer: [UInt8] = []
    /// An encoded `Signed` `AdminCertificate`.
    package var adminCertificate: [UInt8] = []
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.network.v1.MembershipCertificate",
      "network 1 member 2 serial 3 issued_nanoseconds 4 expires_nanoseconds 5 name 6 roles 7 permissions 8 issuer 9 admin_certificate 10"
    )

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireBytes.self, 10, network)
      writer.plain(WireBytes.self, 18, member)
      writer.plain(WireUInt64.self, 24, serial)
      writer.plain(WireInt64.self, 32, issuedNanoseconds)
      writer.plain(WireInt64.self, 40, expiresNanoseconds)
      writer.plain(WireString.self, 50, name)
      writer.repeated(WireString.self, 58, roles)
      writer.repeated(WireString.self, 66, permissions)
      writer.plain(WireBytes.self, 74, issuer)
      writer.plain(WireBytes.self, 82, adminCertificate)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireBytes.read(&network, &reader)
      case 18: try WireBytes.read(&member, &reader)
      case 24: try WireUInt64.read(&serial, &reader)
      case 32: try WireInt64.read(&issuedNanoseconds, &reader)
      case 40: try WireInt64.read(&expiresNanoseconds, &reader)
      case 50: try WireString.read(&name, &reader)
      case 58: try reader.repeated(WireString.self, &roles)
      case 66: try reader.repeated(WireString.self, &permissions)
      case 74: try WireBytes.read(&issuer, &reader)
      case 82: try WireBytes.read(&adminCertificate, &reader)
      default: return false
      }
      return true
    }
  }

  /// Signed by the network key, or by the admin whose certificate is inside.
  package struct Revocation: Message {
    package var network: [UInt8] = []
    package var issuer: [UInt8] = []
    /// Each issuer counts its own from 1.
    package var number: UInt64 = 0
    package var timeNanoseconds: Int64 = 0
    package var node: [UInt8] = []
    /// Set: the node is no admin any more. `KEEP` leaves it a member; `REVOKE`, and the field not
    /// set, end its membership too.
    package var signedMembers: NetworkV1.SignedMembers = NetworkV1.SignedMembers(rawValue: 0)
    package var reason: String = ""
    /// Empty when the network key signs.
    package var adminCertificate: [UInt8] = []
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.network.v1.Revocation",
      "network 1 issuer 2 number 3 time_nanoseconds 4 node 5 signed_members 6 reason 7 admin_certificate 8"
    )

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireBytes.self, 10, network)
      writer.plain(WireBytes.self, 18, issuer)
      writer.plain(WireUInt64.self, 24, number)
      writer.plain(WireInt64.self, 32, timeNanoseconds)
      writer.plain(WireBytes.self, 42, node)
      writer.plain(WireEnum<NetworkV1.SignedMembers>.self, 48, signedMembers)
      writer.plain(WireString.self, 58, reason)
      writer.plain(WireBytes.self, 66, adminCertificate)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireBytes.read(&network, &reader)
      case 18: try WireBytes.read(&issuer, &reader)
      case 24: try WireUInt64.read(&number, &reader)
      case 32: try WireInt64.read(&timeNanoseconds, &reader)
      case 42: try WireBytes.read(&node, &reader)
      case 48: try WireEnum<NetworkV1.SignedMembers>.read(&signedMembers, &reader)
      case 58: try WireString.read(&reason, &reader)
      case 66: try WireBytes.read(&adminCertificate, &reader)
      default: return false
      }
      return true
    }
  }

  /// Signed by the admin whose certificate is inside: something it says of a member.
  package struct Decision: Message {
    package var network: [UInt8] = []
    package var issuer: [UInt8] = []
    /// Each issuer counts its own from 1.
    package var number: UInt64 = 0
    package var timeNanoseconds: Int64 = 0
    package var node: [UInt8] = []
    package var adminCertificate: [UInt8] = []
    package var kind: KindChoice?

    package enum KindChoice: Equatable, Sendable {
      /// It may join.
      case approved(Bool)
      case name(String)
      case label(NetworkV1.Label)
    }

    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.network.v1.Decision",
      "network 1 issuer 2 number 3 time_nanoseconds 4 node 5 admin_certificate 6 approved 7 name 8 label 9"
    )

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireBytes.self, 10, network)
      writer.plain(WireBytes.self, 18, issuer)
      writer.plain(WireUInt64.self, 24, number)
      writer.plain(WireInt64.self, 32, timeNanoseconds)
      writer.plain(WireBytes.self, 42, node)
      writer.plain(WireBytes.self, 50, adminCertificate)
      switch kind {
      case .approved(let value)?: writer.always(WireBool.self, 56, value)
      case .name(let value)?: writer.always(WireString.self, 66, value)
      case .label(let value)?: writer.always(WireMessage<NetworkV1.Label>.self, 74, value)
      case nil: break
      }
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireBytes.read(&network, &reader)
      case 18: try WireBytes.read(&issuer, &reader)
      case 24: try WireUInt64.read(&number, &reader)
      case 32: try WireInt64.read(&timeNanoseconds, &reader)
      case 42: try WireBytes.read(&node, &reader)
      case 50: try WireBytes.read(&adminCertificate, &reader)
      case 56: kind = .approved(try WireBool.read(&reader))
      case 66: kind = .name(try WireString.read(&reader))
      case 74:
        var held = NetworkV1.Label()
        if case .label(let value)? = kind { held = value }
        try reader.message(&held)
        kind = .label(held)
      default: return false
      }
      return true
    }
  }

  package struct Label: Message {
    package var key: String = ""
    /// Without one the label is taken off.
    package var value: String?
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.network.v1.Label", "key 1 value 2")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireString.self, 10, key)
      writer.optional(WireString.self, 18, value)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireString.read(&key, &reader)
      case 18: value = try WireString.read(&reader)
      default: return false
      }
      return true
    }
  }

  /// The content of an invite, behind `apus1-` in base32 with four bytes of its hash at the end.
  package struct InviteContent: Message {
    package var network: [UInt8] = []
    package var admin: [UInt8] = []
    package var secret: [UInt8] = []
    package var expiresSeconds: Int64 = 0
    /// host:port.
    package var addresses: [String] = []
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.network.v1.InviteContent", "network 1 admin 2 secret 3 expires_seconds 4 addresses 5")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireBytes.self, 10, network)
      writer.plain(WireBytes.self, 18, admin)
      writer.plain(WireBytes.self, 26, secret)
      writer.plain(WireInt64.self, 32, expiresSeconds)
      writer.repeated(WireString.self, 42, addresses)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireBytes.read(&network, &reader)
      case 18: try WireBytes.read(&admin, &reader)
      case 26: try WireBytes.read(&secret, &reader)
      case 32: try WireInt64.read(&expiresSeconds, &reader)
      case 42: try reader.repeated(WireString.self, &addresses)
      default: return false
      }
      return true
    }
  }

  /// The private key of a network under a password, behind `apus-network-key-1:` in base32.
  package struct NetworkKeyBackup: Message {
    package var network: [UInt8] = []
    package var sealed: [UInt8] = []
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.network.v1.NetworkKeyBackup", "network 1 sealed 2")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireBytes.self, 10, network)
      writer.plain(WireBytes.self, 18, sealed)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireBytes.read(&network, &reader)
      case 18: try WireBytes.read(&sealed, &reader)
      default: return false
      }
      return true
    }
  }

  package struct Passage: Message {
    /// The admin's key, in the caller's first message, which holds nothing else.
    package var admin: [UInt8] = []
    package var data: [UInt8] = []
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.network.v1.Passage", "admin 1 data 2")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireBytes.self, 10, admin)
      writer.plain(WireBytes.self, 18, data)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireBytes.read(&admin, &reader)
      case 18: try WireBytes.read(&data, &reader)
      default: return false
      }
      return true
    }
  }

  package struct JoinRequest: Message {
    package var network: [UInt8] = []
    /// The invite's secret. Send it only to the admin that the invite names.
    package var secret: [UInt8] = []
    package var name: String = ""
    /// What the joiner has, if anything.
    package var certificate: [UInt8] = []
    /// How long the admin may keep the answer back while the node still waits for approval.
    package var waitMilliseconds: UInt32 = 0
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.network.v1.JoinRequest", "network 1 secret 2 name 3 certificate 4 wait_milliseconds 5")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireBytes.self, 10, network)
      writer.plain(WireBytes.self, 18, secret)
      writer.plain(WireString.self, 26, name)
      writer.plain(WireBytes.self, 34, certificate)
      writer.plain(WireUInt32.self, 40, waitMilliseconds)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireBytes.read(&network, &reader)
      case 18: try WireBytes.read(&secret, &reader)
      case 26: try WireString.read(&name, &reader)
      case 34: try WireBytes.read(&certificate, &reader)
      case 40: try WireUInt32.read(&waitMilliseconds, &reader)
      default: return false
      }
      return true
    }
  }

  package struct JoinReply: Message {
    /// Empty while the node waits for approval: then ask again later, with the same secret.
    package var certificate: [UInt8] = []
    package var adminCertificate: [UInt8] = []
    package var network: [UInt8] = []
    package var knowledge: NetworkV1.Knowledge?
    package var pending: Bool = false
    /// Set when the joiner was a member already.
    package var wasMember: Bool = false
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.network.v1.JoinReply",
      "certificate 1 admin_certificate 2 network 3 knowledge 4 pending 5 was_member 6")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireBytes.self, 10, certificate)
      writer.plain(WireBytes.self, 18, adminCertificate)
      writer.plain(WireBytes.self, 26, network)
      writer.optional(WireMessage<NetworkV1.Knowledge>.self, 34, knowledge)
      writer.plain(WireBool.self, 40, pending)
      writer.plain(WireBool.self, 48, wasMember)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireBytes.read(&certificate, &reader)
      case 18: try WireBytes.read(&adminCertificate, &reader)
      case 26: try WireBytes.read(&network, &reader)
      case 34: try reader.message(&knowledge)
      case 40: try WireBool.read(&pending, &reader)
      case 48: try WireBool.read(&wasMember, &reader)
      default: return false
      }
      return true
    }
  }

  package struct RenewRequest: Message {
    package var certificate: [UInt8] = []
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.network.v1.RenewRequest", "certificate 1")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireBytes.self, 10, certificate)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireBytes.read(&certificate, &reader)
      default: return false
      }
      return true
    }
  }

  package struct RenewReply: Message {
    package var certificate: [UInt8] = []
    package var knowledge: NetworkV1.Knowledge?
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.network.v1.RenewReply", "certificate 1 knowledge 2")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireBytes.self, 10, certificate)
      writer.optional(WireMessage<NetworkV1.Knowledge>.self, 18, knowledge)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireBytes.read(&certificate, &reader)
      case 18: try reader.message(&knowledge)
      default: return false
      }
      return true
    }
  }

  /// How much of one issuer's statements a node has.
  package struct IssuerSummary: Message {
    package var issuer: [UInt8] = []
    /// The highest number.
    package var through: UInt64 = 0
    /// SHA-256 over all of them.
    package var digest: [UInt8] = []
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.network.v1.IssuerSummary", "issuer 1 through 2 digest 3")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireBytes.self, 10, issuer)
      writer.plain(WireUInt64.self, 16, through)
      writer.plain(WireBytes.self, 26, digest)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireBytes.read(&issuer, &reader)
      case 16: try WireUInt64.read(&through, &reader)
      case 26: try WireBytes.read(&digest, &reader)
      default: return false
      }
      return true
    }
  }

  package struct Summary: Message {
    /// SHA-256 over all statements.
    package var digest: [UInt8] = []
    package var issuers: [NetworkV1.IssuerSummary] = []
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.network.v1.Summary", "digest 1 issuers 2")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireBytes.self, 10, digest)
      writer.repeated(WireMessage<NetworkV1.IssuerSummary>.self, 18, issuers)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireBytes.read(&digest, &reader)
      case 18: try reader.repeated(WireMessage<NetworkV1.IssuerSummary>.self, &issuers)
      default: return false
      }
      return true
    }
  }

  package struct Knowledge: Message {
    /// Encoded `Signed`, each.
    package var revocations: [[UInt8]] = []
    package var decisions: [[UInt8]] = []
    package var admins: [[UInt8]] = []
    /// There was more than fits one message: ask again and skip what has come.
    package var hasMore: Bool = false
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.network.v1.Knowledge", "revocations 1 decisions 2 admins 3 has_more 4")

    package func encode(into writer: inout WireWriter) {
      writer.repeated(WireBytes.self, 10, revocations)
      writer.repeated(WireBytes.self, 18, decisions)
      writer.repeated(WireBytes.self, 26, admins)
      writer.plain(WireBool.self, 32, hasMore)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try reader.repeated(WireBytes.self, &revocations)
      case 18: try reader.repeated(WireBytes.self, &decisions)
      case 26: try reader.repeated(WireBytes.self, &admins)
      case 32: try WireBool.read(&hasMore, &reader)
      default: return false
      }
      return true
    }
  }

  package struct RevocationsRequest: Message {
    package var revocations: NetworkV1.Summary?
    package var decisions: NetworkV1.Summary?
    /// What the other side is known to lack.
    package var knowledge: NetworkV1.Knowledge?
    /// So many of the answer's statements have come already, asked for with the same summaries.
    package var skip: UInt32 = 0
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.network.v1.RevocationsRequest", "revocations 1 decisions 2 knowledge 3 skip 4")

    package func encode(into writer: inout WireWriter) {
      writer.optional(WireMessage<NetworkV1.Summary>.self, 10, revocations)
      writer.optional(WireMessage<NetworkV1.Summary>.self, 18, decisions)
      writer.optional(WireMessage<NetworkV1.Knowledge>.self, 26, knowledge)
      writer.plain(WireUInt32.self, 32, skip)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try reader.message(&revocations)
      case 18: try reader.message(&decisions)
      case 26: try reader.message(&knowledge)
      case 32: try WireUInt32.read(&skip, &reader)
      default: return false
      }
      return true
    }
  }

  package struct RevocationsReply: Message {
    /// After merging what the request brought.
    package var revocations: NetworkV1.Summary?
    package var decisions: NetworkV1.Summary?
    package var knowledge: NetworkV1.Knowledge?
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.network.v1.RevocationsReply", "revocations 1 decisions 2 knowledge 3")

    package func encode(into writer: inout WireWriter) {
      writer.optional(WireMessage<NetworkV1.Summary>.self, 10, revocations)
      writer.optional(WireMessage<NetworkV1.Summary>.self, 18, decisions)
      writer.optional(WireMessage<NetworkV1.Knowledge>.self, 26, knowledge)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try reader.message(&revocations)
      case 18: try reader.message(&decisions)
      case 26: try reader.message(&knowledge)
      default: return false
      }
      return true
    }
  }

  /// Detail of a status: why something between nodes could not be done.
  package struct Refusal: Message {
    /// violation, forged, expired, revoked, used, wrong_network, denied, not_found, ambiguous,
    /// exists, unreachable, busy, timed_out or closed.
    package var code: String = ""
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.network.v1.Refusal", "code 1")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireString.self, 10, code)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireString.read(&code, &reader)
      default: return false
      }
      return true
    }
  }

  /// An invite whose admin has not let this node in yet.
  package struct PendingJoin: Message {
    package var invite: String = ""
    /// Empty for the node's own name.
    package var name: String = ""
    package var sinceNanoseconds: Int64 = 0
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.network.v1.PendingJoin", "invite 1 name 2 since_nanoseconds 3")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireString.self, 10, invite)
      writer.plain(WireString.self, 18, name)
      writer.plain(WireInt64.self, 24, sinceNanoseconds)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireString.read(&invite, &reader)
      case 18: try WireString.read(&name, &reader)
      case 24: try WireInt64.read(&sinceNanoseconds, &reader)
      default: return false
      }
      return true
    }
  }

  package struct CreateInviteRequest: Message {
    package var roles: [String] = []
    package var permissions: [String] = []
    /// Without it a day.
    package var expiresAfterSeconds: UInt64?
    /// Without it 1.
    package var uses: UInt32?
    /// host:port; none takes the addresses that this node knows of itself.
    package var addresses: [String] = []
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.network.v1.CreateInviteRequest",
      "roles 1 permissions 2 expires_after_seconds 3 uses 4 addresses 5")

    package func encode(into writer: inout WireWriter) {
      writer.repeated(WireString.self, 10, roles)
      writer.repeated(WireString.self, 18, permissions)
      writer.optional(WireUInt64.self, 24, expiresAfterSeconds)
      writer.optional(WireUInt32.self, 32, uses)
      writer.repeated(WireString.self, 42, addresses)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try reader.repeated(WireString.self, &roles)
      case 18: try reader.repeated(WireString.self, &permissions)
      case 24: expiresAfterSeconds = try WireUInt64.read(&reader)
      case 32: uses = try WireUInt32.read(&reader)
      case 42: try reader.repeated(WireString.self, &addresses)
      default: return false
      }
      return true
    }
  }

  package struct CreateInviteReply: Message {
    /// The whole invite. It is shown this once.
    package var invite: String = ""
    /// By which it is listed and withdrawn.
    package var id: String = ""
    package var expiresNanoseconds: Int64 = 0
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.network.v1.CreateInviteReply", "invite 1 id 2 expires_nanoseconds 3")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireString.self, 10, invite)
      writer.plain(WireString.self, 18, id)
      writer.plain(WireInt64.self, 24, expiresNanoseconds)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireString.read(&invite, &reader)
      case 18: try WireString.read(&id, &reader)
      case 24: try WireInt64.read(&expiresNanoseconds, &reader)
      default: return false
      }
      return true
    }
  }

  package struct ListInvitesRequest: Message {
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.network.v1.ListInvitesRequest", "")

    package func encode(into writer: inout WireWriter) {
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      false
    }
  }

  package struct ListInvitesReply: Message {
    package var invites: [NetworkV1.InviteInfo] = []
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.network.v1.ListInvitesReply", "invites 1")

    package func encode(into writer: inout WireWriter) {
      writer.repeated(WireMessage<NetworkV1.InviteInfo>.self, 10, invites)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try reader.repeated(WireMessage<NetworkV1.InviteInfo>.self, &invites)
      default: return false
      }
      return true
    }
  }

  package struct InviteInfo: Message {
    package var id: String = ""
    package var roles: [String] = []
    package var permissions: [String] = []
    package var createdNanoseconds: Int64 = 0
    package var expiresNanoseconds: Int64 = 0
    package var uses: UInt32 = 0
    /// Ids of the nodes that have used it.
    package var usedBy: [String] = []
    package var withdrawn: Bool = false
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.network.v1.InviteInfo",
      "id 1 roles 2 permissions 3 created_nanoseconds 4 expires_nanoseconds 5 uses 6 used_by 7 withdrawn 8"
    )

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireString.self, 10, id)
      writer.repeated(WireString.self, 18, roles)
      writer.repeated(WireString.self, 26, permissions)
      writer.plain(WireInt64.self, 32, createdNanoseconds)
      writer.plain(WireInt64.self, 40, expiresNanoseconds)
      writer.plain(WireUInt32.self, 48, uses)
      writer.repeated(WireString.self, 58, usedBy)
      writer.plain(WireBool.self, 64, withdrawn)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireString.read(&id, &reader)
      case 18: try reader.repeated(WireString.self, &roles)
      case 26: try reader.repeated(WireString.self, &permissions)
      case 32: try WireInt64.read(&createdNanoseconds, &reader)
      case 40: try WireInt64.read(&expiresNanoseconds, &reader)
      case 48: try WireUInt32.read(&uses, &reader)
      case 58: try reader.repeated(WireString.self, &usedBy)
      case 64: try WireBool.read(&withdrawn, &reader)
      default: return false
      }
      return true
    }
  }

  package struct WithdrawInviteRequest: Message {
    /// The id, or enough of its beginning.
    package var id: String = ""
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.network.v1.WithdrawInviteRequest", "id 1")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireString.self, 10, id)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireString.read(&id, &reader)
      default: return false
      }
      return true
    }
  }

  package struct WithdrawInviteReply: Message {
    package var id: String = ""
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.network.v1.WithdrawInviteReply", "id 1")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireString.self, 10, id)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireString.read(&id, &reader)
      default: return false
      }
      return true
    }
  }

  package struct ShowRequest: Message {
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.network.v1.ShowRequest", "")

    package func encode(into writer: inout WireWriter) {
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      false
    }
  }

  package struct ShowReply: Message {
    package var network: String = ""
    package var node: String = ""
    package var name: String = ""
    package var roles: [String] = []
    package var permissions: [String] = []
    package var isAdmin: Bool = false
    package var holdsNetworkKey: Bool = false
    package var issuedNanoseconds: Int64 = 0
    package var expiresNanoseconds: Int64 = 0
    package var issuer: String = ""
    /// ok, renew, warn or expired.
    package var health: String = ""
    /// What to do about it; empty when all is fine.
    package var remedy: String = ""
    package var admins: [NetworkV1.AdminInfo] = []
    package var revocations: [NetworkV1.RevocationInfo] = []
    package var waiting: [NetworkV1.WaitingInfo] = []
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.network.v1.ShowReply",
      "network 1 node 2 name 3 roles 4 permissions 5 is_admin 6 holds_network_key 7 issued_nanoseconds 8 expires_nanoseconds 9 issuer 10 health 11 remedy 12 admins 13 revocations 14 waiting 15"
    )

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireString.self, 10, network)
      writer.plain(WireString.self, 18, node)
      writer.plain(WireString.self, 26, name)
      writer.repeated(WireString.self, 34, roles)
      writer.repeated(WireString.self, 42, permissions)
      writer.plain(WireBool.self, 48, isAdmin)
      writer.plain(WireBool.self, 56, holdsNetworkKey)
      writer.plain(WireInt64.self, 64, issuedNanoseconds)
      writer.plain(WireInt64.self, 72, expiresNanoseconds)
      writer.plain(WireString.self, 82, issuer)
      writer.plain(WireString.self, 90, health)
      writer.plain(WireString.self, 98, remedy)
      writer.repeated(WireMessage<NetworkV1.AdminInfo>.self, 106, admins)
      writer.repeated(WireMessage<NetworkV1.RevocationInfo>.self, 114, revocations)
      writer.repeated(WireMessage<NetworkV1.WaitingInfo>.self, 122, waiting)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireString.read(&network, &reader)
      case 18: try WireString.read(&node, &reader)
      case 26: try WireString.read(&name, &reader)
      case 34: try reader.repeated(WireString.self, &roles)
      case 42: try reader.repeated(WireString.self, &permissions)
      case 48: try WireBool.read(&isAdmin, &reader)
      case 56: try WireBool.read(&holdsNetworkKey, &reader)
      case 64: try WireInt64.read(&issuedNanoseconds, &reader)
      case 72: try WireInt64.read(&expiresNanoseconds, &reader)
      case 82: try WireString.read(&issuer, &reader)
      case 90: try WireString.read(&health, &reader)
      case 98: try WireString.read(&remedy, &reader)
      case 106: try reader.repeated(WireMessage<NetworkV1.AdminInfo>.self, &admins)
      case 114: try reader.repeated(WireMessage<NetworkV1.RevocationInfo>.self, &revocations)
      case 122: try reader.repeated(WireMessage<NetworkV1.WaitingInfo>.self, &waiting)
      default: return false
      }
      return true
    }
  }

  package struct AdminInfo: Message {
    package var id: String = ""
    package var name: String = ""
    package var expiresNanoseconds: Int64 = 0
    package var revoked: Bool = false
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.network.v1.AdminInfo", "id 1 name 2 expires_nanoseconds 3 revoked 4")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireString.self, 10, id)
      writer.plain(WireString.self, 18, name)
      writer.plain(WireInt64.self, 24, expiresNanoseconds)
      writer.plain(WireBool.self, 32, revoked)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireString.read(&id, &reader)
      case 18: try WireString.read(&name, &reader)
      case 24: try WireInt64.read(&expiresNanoseconds, &reader)
      case 32: try WireBool.read(&revoked, &reader)
      default: return false
      }
      return true
    }
  }

  package struct RevocationInfo: Message {
    package var node: String = ""
    package var by: String = ""
    package var timeNanoseconds: Int64 = 0
    package var admin: Bool = false
    package var reason: String = ""
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.network.v1.RevocationInfo", "node 1 by 2 time_nanoseconds 3 admin 4 reason 5")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireString.self, 10, node)
      writer.plain(WireString.self, 18, by)
      writer.plain(WireInt64.self, 24, timeNanoseconds)
      writer.plain(WireBool.self, 32, admin)
      writer.plain(WireString.self, 42, reason)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireString.read(&node, &reader)
      case 18: try WireString.read(&by, &reader)
      case 24: try WireInt64.read(&timeNanoseconds, &reader)
      case 32: try WireBool.read(&admin, &reader)
      case 42: try WireString.read(&reason, &reader)
      default: return false
      }
      return true
    }
  }

  package struct WaitingInfo: Message {
    package var node: String = ""
    package var name: String = ""
    package var sinceNanoseconds: Int64 = 0
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.network.v1.WaitingInfo", "node 1 name 2 since_nanoseconds 3")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireString.self, 10, node)
      writer.plain(WireString.self, 18, name)
      writer.plain(WireInt64.self, 24, sinceNanoseconds)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireString.read(&node, &reader)
      case 18: try WireString.read(&name, &reader)
      case 24: try WireInt64.read(&sinceNanoseconds, &reader)
      default: return false
      }
      return true
    }
  }

  package struct BackupRequest: Message {
    package var password: String = ""
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.network.v1.BackupRequest", "password 1")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireString.self, 10, password)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireString.read(&password, &reader)
      default: return false
      }
      return true
    }
  }

  package struct BackupReply: Message {
    package var backup: String = ""
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.network.v1.BackupReply", "backup 1")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireString.self, 10, backup)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireString.read(&backup, &reader)
      default: return false
      }
      return true
    }
  }

  package struct RestoreRequest: Message {
    package var backup: String = ""
    package var password: String = ""
    /// Forgets the key once the backup has proven to hold it, so that it is kept offline alone.
    package var forget: Bool = false
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.network.v1.RestoreRequest", "backup 1 password 2 forget 3")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireString.self, 10, backup)
      writer.plain(WireString.self, 18, password)
      writer.plain(WireBool.self, 24, forget)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireString.read(&backup, &reader)
      case 18: try WireString.read(&password, &reader)
      case 24: try WireBool.read(&forget, &reader)
      default: return false
      }
      return true
    }
  }

  package struct RestoreReply: Message {
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.network.v1.RestoreReply", "")

    package func encode(into writer: inout WireWriter) {
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      false
    }
  }

  package struct AddAdminRequest: Message {
    /// Id of a member.
    package var node: String = ""
    package var name: String = ""
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.network.v1.AddAdminRequest", "node 1 name 2")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireString.self, 10, node)
      writer.plain(WireString.self, 18, name)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireString.read(&node, &reader)
      case 18: try WireString.read(&name, &reader)
      default: return false
      }
      return true
    }
  }

  package struct AddAdminReply: Message {
    package var expiresNanoseconds: Int64 = 0
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.network.v1.AddAdminReply", "expires_nanoseconds 1")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireInt64.self, 8, expiresNanoseconds)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 8: try WireInt64.read(&expiresNanoseconds, &reader)
      default: return false
      }
      return true
    }
  }

  package struct ApproveRequest: Message {
    package var node: String = ""
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.network.v1.ApproveRequest", "node 1")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireString.self, 10, node)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireString.read(&node, &reader)
      default: return false
      }
      return true
    }
  }

  package struct ApproveReply: Message {
    package var name: String = ""
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.network.v1.ApproveReply", "name 1")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireString.self, 10, name)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireString.read(&name, &reader)
      default: return false
      }
      return true
    }
  }

  package struct RevokeRequest: Message {
    package var node: String = ""
    package var reason: String = ""
    /// Needed for an admin: what becomes of the members it signed.
    package var signedMembers: NetworkV1.SignedMembers = NetworkV1.SignedMembers(rawValue: 0)
    /// Only says who would fall.
    package var preview: Bool = false
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.network.v1.RevokeRequest", "node 1 reason 2 signed_members 3 preview 4")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireString.self, 10, node)
      writer.plain(WireString.self, 18, reason)
      writer.plain(WireEnum<NetworkV1.SignedMembers>.self, 24, signedMembers)
      writer.plain(WireBool.self, 32, preview)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireString.read(&node, &reader)
      case 18: try WireString.read(&reason, &reader)
      case 24: try WireEnum<NetworkV1.SignedMembers>.read(&signedMembers, &reader)
      case 32: try WireBool.read(&preview, &reader)
      default: return false
      }
      return true
    }
  }

  package struct RevokeReply: Message {
    /// What this node's network forgets at once.
    package var revoked: [String] = []
    /// The same nodes, with their names.
    package var nodes: [NetworkV1.FallingNode] = []
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.network.v1.RevokeReply", "revoked 1 nodes 2")

    package func encode(into writer: inout WireWriter) {
      writer.repeated(WireString.self, 10, revoked)
      writer.repeated(WireMessage<NetworkV1.FallingNode>.self, 18, nodes)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try reader.repeated(WireString.self, &revoked)
      case 18: try reader.repeated(WireMessage<NetworkV1.FallingNode>.self, &nodes)
      default: return false
      }
      return true
    }
  }

  package struct FallingNode: Message {
    package var id: String = ""
    package var name: String = ""
    /// It is said to be out itself; else it falls with the admin who signed it.
    package var isNamed: Bool = false
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.network.v1.FallingNode", "id 1 name 2 is_named 3")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireString.self, 10, id)
      writer.plain(WireString.self, 18, name)
      writer.plain(WireBool.self, 24, isNamed)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireString.read(&id, &reader)
      case 18: try WireString.read(&name, &reader)
      case 24: try WireBool.read(&isNamed, &reader)
      default: return false
      }
      return true
    }
  }

  package struct LabelRequest: Message {
    package var node: String = ""
    package var key: String = ""
    /// Without one the label is taken off.
    package var value: String?
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.network.v1.LabelRequest", "node 1 key 2 value 3")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireString.self, 10, node)
      writer.plain(WireString.self, 18, key)
      writer.optional(WireString.self, 26, value)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireString.read(&node, &reader)
      case 18: try WireString.read(&key, &reader)
      case 26: value = try WireString.read(&reader)
      default: return false
      }
      return true
    }
  }

  package struct LabelReply: Message {
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.network.v1.LabelReply", "")

    package func encode(into writer: inout WireWriter) {
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      false
    }
  }

  package struct RenameRequest: Message {
    package var node: String = ""
    package var name: String = ""
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.network.v1.RenameRequest", "node 1 name 2")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireString.self, 10, node)
      writer.plain(WireString.self, 18, name)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireString.read(&node, &reader)
      case 18: try WireString.read(&name, &reader)
      default: return false
      }
      return true
    }
  }

  package struct RenameReply: Message {
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.network.v1.RenameReply", "")

    package func encode(into writer: inout WireWriter) {
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      false
    }
  }

  package struct JoinNetworkRequest: Message {
    package var invite: String = ""
    /// Without one this node's own name.
    package var name: String = ""
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.network.v1.JoinNetworkRequest", "invite 1 name 2")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireString.self, 10, invite)
      writer.plain(WireString.self, 18, name)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireString.read(&invite, &reader)
      case 18: try WireString.read(&name, &reader)
      default: return false
      }
      return true
    }
  }

  package struct JoinNetworkReply: Message {
    package var network: String = ""
    /// As the admin gave it, which may be another than the one that was asked for.
    package var name: String = ""
    package var pending: Bool = false
    package var wasMember: Bool = false
    /// The node table is here; else it is still on its way.
    package var complete: Bool = false
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.network.v1.JoinNetworkReply", "network 1 name 2 pending 3 was_member 4 complete 5")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireString.self, 10, network)
      writer.plain(WireString.self, 18, name)
      writer.plain(WireBool.self, 24, pending)
      writer.plain(WireBool.self, 32, wasMember)
      writer.plain(WireBool.self, 40, complete)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireString.read(&network, &reader)
      case 18: try WireString.read(&name, &reader)
      case 24: try WireBool.read(&pending, &reader)
      case 32: try WireBool.read(&wasMember, &reader)
      case 40: try WireBool.read(&complete, &reader)
      default: return false
      }
      return true
    }
  }

  package struct LeaveRequest: Message {
    /// Leaves at once, whatever could not be handed over.
    package var force: Bool = false
    /// How long handing over may take, in nanoseconds; 0: as long as the call.
    package var patience: Int64 = 0
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.network.v1.LeaveRequest", "force 1 patience 2")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireBool.self, 8, force)
      writer.plain(WireInt64.self, 16, patience)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 8: try WireBool.read(&force, &reader)
      case 16: try WireInt64.read(&patience, &reader)
      default: return false
      }
      return true
    }
  }

  package struct LeaveReply: Message {
    /// The network of one that this node is now; empty until it has left.
    package var network: String = ""
    /// Files of which others need a copy, and those of them that have not got one yet.
    package var files: UInt64 = 0
    package var filesLeft: UInt64 = 0
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.network.v1.LeaveReply", "network 1 files 2 files_left 3")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireString.self, 10, network)
      writer.plain(WireUInt64.self, 16, files)
      writer.plain(WireUInt64.self, 24, filesLeft)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireString.read(&network, &reader)
      case 16: try WireUInt64.read(&files, &reader)
      case 24: try WireUInt64.read(&filesLeft, &reader)
      default: return false
      }
      return true
    }
  }

  /// What becomes of the members that a revoked admin has signed.
  package struct SignedMembers: OpenEnum {
    package var rawValue: Int32

    package init(rawValue: Int32) { self.rawValue = rawValue }

    package static var unspecified: Self { Self(rawValue: 0) }
    /// The certificates it signed before it was revoked hold until they expire.
    package static var keep: Self { Self(rawValue: 1) }
    /// None of them holds, and nothing else it has signed: its key is in wrong hands.
    package static var revoke: Self { Self(rawValue: 2) }

    package static let schema = MessageSchema(
      "apus.network.v1.SignedMembers",
      "SIGNED_MEMBERS_UNSPECIFIED 0 SIGNED_MEMBERS_KEEP 1 SIGNED_MEMBERS_REVOKE 2")
  }
}

extension NetworkV1 {
  package enum MembershipMethods {
    package static let service = "apus.network.v1.Membership"
    package static let join = MethodDescription(
      service, "Join", .unary, permission: "join")
    package static let renew = MethodDescription(
      service, "Renew", .unary, permission: "membership")
    package static let revocations = MethodDescription(
      service, "Revocations", .unary, permission: "membership")
    package static let introduce = MethodDescription(
      service, "Introduce", .bidirectional, permission: "join")
  }

  /// Who belongs to a network: what nodes ask of each other.
  package protocol MembershipService: Sendable {
    /// A node that holds an invite becomes a member. Only the admin that issued the invite answers;
    /// the connection proves the joiner's key.
    func join(
      _ request: NetworkV1.JoinRequest, _ context: CallContext
    ) async throws -> NetworkV1.JoinReply
    /// Any admin gives a member a new certificate, from ten days before the old one expires.
    func renew(
      _ request: NetworkV1.RenewRequest, _ context: CallContext
    ) async throws -> NetworkV1.RenewReply
    /// Both sides say what they know of admins, revocations and decisions, and learn what they lack.
    func revocations(
      _ request: NetworkV1.RevocationsRequest, _ context: CallContext
    ) async throws -> NetworkV1.RevocationsReply
    /// Carries bytes between a node that wants to join and the admin whom its invite names, by way
    /// of a member that both can reach. They are TLS between those two: the member in between can
    /// neither read nor change them.
    func introduce(
      _ requests: MessageReader<NetworkV1.Passage>, _ replies: MessageWriter<NetworkV1.Passage>,
      _ context: CallContext
    ) async throws
  }

  package struct MembershipClient: Sendable {
    private let caller: any Caller

    package init(_ caller: any Caller) { self.caller = caller }

    /// A node that holds an invite becomes a member. Only the admin that issued the invite answers;
    /// the connection proves the joiner's key.
    package func join(
      _ request: NetworkV1.JoinRequest, options: CallOptions = CallOptions()
    ) async throws -> NetworkV1.JoinReply {
      try await caller.unary(NetworkV1.MembershipMethods.join, request, options)
    }

    /// Any admin gives a member a new certificate, from ten days before the old one expires.
    package func renew(
      _ request: NetworkV1.RenewRequest, options: CallOptions = CallOptions()
    ) async throws -> NetworkV1.RenewReply {
      try await caller.unary(NetworkV1.MembershipMethods.renew, request, options)
    }

    /// Both sides say what they know of admins, revocations and decisions, and learn what they lack.
    package func revocations(
      _ request: NetworkV1.RevocationsRequest, options: CallOptions = CallOptions()
    ) async throws -> NetworkV1.RevocationsReply {
      try await caller.unary(NetworkV1.MembershipMethods.revocations, request, options)
    }

    /// Carries bytes between a node that wants to join and the admin whom its invite names, by way
    /// of a member that both can reach. They are TLS between those two: the member in between can
    /// neither read nor change them.
    package func introduce<Answer: Sendable>(
      options: CallOptions = CallOptions(),
      _ body: (Conversation<NetworkV1.Passage, NetworkV1.Passage>) async throws -> Answer
    ) async throws -> Answer {
      try await caller.bidirectional(NetworkV1.MembershipMethods.introduce, options, body)
    }
  }
}

extension NetworkV1.MembershipService {
  /// For the server, which checks permissions by the descriptions.
  package var handlers: [MethodHandler] {
    [
      .unary(NetworkV1.MembershipMethods.join, self.join),
      .unary(NetworkV1.MembershipMethods.renew, self.renew),
      .unary(NetworkV1.MembershipMethods.revocations, self.revocations),
      .bidirectional(NetworkV1.MembershipMethods.introduce, self.introduce),
    ]
  }
}

extension NetworkV1 {
  package enum NetworkAdminMethods {
    package static let service = "apus.network.v1.NetworkAdmin"
    package static let createInvite = MethodDescription(
      service, "CreateInvite", .unary, permission: "administer")
    package static let listInvites = MethodDescription(
      service, "ListInvites", .unary, permission: "administer")
    package static let withdrawInvite = MethodDescription(
      service, "WithdrawInvite", .unary, permission: "administer")
    package static let show = MethodDescription(
      service, "Show", .unary, permission: "administer")
    package static let backup = MethodDescription(
      service, "Backup", .unary, permission: "administer")
    package static let restore = MethodDescription(
      service, "Restore", .unary, permission: "administer")
    package static let addAdmin = MethodDescription(
      service, "AddAdmin", .unary, permission: "administer")
    package static let approve = MethodDescription(
      service, "Approve", .unary, permission: "administer")
    package static let revoke = MethodDescription(
      service, "Revoke", .unary, permission: "administer")
    package static let label = MethodDescription(
      service, "Label", .unary, permission: "administer")
    package static let rename = MethodDescription(
      service, "Rename", .unary, permission: "administer")
    package static let joinNetwork = MethodDescription(
      service, "JoinNetwork", .unary, permission: "administer")
    package static let leave = MethodDescription(
      service, "Leave", .serverStream, permission: "administer")
  }

  /// Who belongs to a network: what the owner of a node asks and decides.
  package protocol NetworkAdminService: Sendable {
    func createInvite(
      _ request: NetworkV1.CreateInviteRequest, _ context: CallContext
    ) async throws -> NetworkV1.CreateInviteReply
    func listInvites(
      _ request: NetworkV1.ListInvitesRequest, _ context: CallContext
    ) async throws -> NetworkV1.ListInvitesReply
    func withdrawInvite(
      _ request: NetworkV1.WithdrawInviteRequest, _ context: CallContext
    ) async throws -> NetworkV1.WithdrawInviteReply
    /// The network, this node's place in it, and what it knows of admins and revocations.
    func show(
      _ request: NetworkV1.ShowRequest, _ context: CallContext
    ) async throws -> NetworkV1.ShowReply
    /// The network's private key, encrypted under a password, to be kept offline.
    func backup(
      _ request: NetworkV1.BackupRequest, _ context: CallContext
    ) async throws -> NetworkV1.BackupReply
    /// Takes the network's private key back from a backup, or forgets it once there is one.
    func restore(
      _ request: NetworkV1.RestoreRequest, _ context: CallContext
    ) async throws -> NetworkV1.RestoreReply
    func addAdmin(
      _ request: NetworkV1.AddAdminRequest, _ context: CallContext
    ) async throws -> NetworkV1.AddAdminReply
    /// Lets a node in that waits for it.
    func approve(
      _ request: NetworkV1.ApproveRequest, _ context: CallContext
    ) async throws -> NetworkV1.ApproveReply
    func revoke(
      _ request: NetworkV1.RevokeRequest, _ context: CallContext
    ) async throws -> NetworkV1.RevokeReply
    func label(
      _ request: NetworkV1.LabelRequest, _ context: CallContext
    ) async throws -> NetworkV1.LabelReply
    func rename(
      _ request: NetworkV1.RenameRequest, _ context: CallContext
    ) async throws -> NetworkV1.RenameReply
    /// Makes this node a member of the invite's network.
    func joinNetwork(
      _ request: NetworkV1.JoinNetworkRequest, _ context: CallContext
    ) async throws -> NetworkV1.JoinNetworkReply
    /// Hands over what others rely on, then goes back to a network of one. The last reply says of
    /// which.
    func leave(
      _ request: NetworkV1.LeaveRequest, _ replies: MessageWriter<NetworkV1.LeaveReply>,
      _ context: CallContext
    ) async throws
  }

  package struct NetworkAdminClient: Sendable {
    private let caller: any Caller

    package init(_ caller: any Caller) { self.caller = caller }

    package func createInvite(
      _ request: NetworkV1.CreateInviteRequest, options: CallOptions = CallOptions()
    ) async throws -> NetworkV1.CreateInviteReply {
      try await caller.unary(NetworkV1.NetworkAdminMethods.createInvite, request, options)
    }

    package func listInvites(
      _ request: NetworkV1.ListInvitesRequest, options: CallOptions = CallOptions()
    ) async throws -> NetworkV1.ListInvitesReply {
      try await caller.unary(NetworkV1.NetworkAdminMethods.listInvites, request, options)
    }

    package func withdrawInvite(
      _ request: NetworkV1.WithdrawInviteRequest, options: CallOptions = CallOptions()
    ) async throws -> NetworkV1.WithdrawInviteReply {
      try await caller.unary(NetworkV1.NetworkAdminMethods.withdrawInvite, request, options)
    }

    /// The network, this node's place in it, and what it knows of admins and revocations.
    package func show(
      _ request: NetworkV1.ShowRequest, options: CallOptions = CallOptions()
    ) async throws -> NetworkV1.ShowReply {
      try await caller.unary(NetworkV1.NetworkAdminMethods.show, request, options)
    }

    /// The network's private key, encrypted under a password, to be kept offline.
    package func backup(
      _ request: NetworkV1.BackupRequest, options: CallOptions = CallOptions()
    ) async throws -> NetworkV1.BackupReply {
      try await caller.unary(NetworkV1.NetworkAdminMethods.backup, request, options)
    }

    /// Takes the network's private key back from a backup, or forgets it once there is one.
    package func restore(
      _ request: NetworkV1.RestoreRequest, options: CallOptions = CallOptions()
    ) async throws -> NetworkV1.RestoreReply {
      try await caller.unary(NetworkV1.NetworkAdminMethods.restore, request, options)
    }

    package func addAdmin(
      _ request: NetworkV1.AddAdminRequest, options: CallOptions = CallOptions()
    ) async throws -> NetworkV1.AddAdminReply {
      try await caller.unary(NetworkV1.NetworkAdminMethods.addAdmin, request, options)
    }

    /// Lets a node in that waits for it.
    package func approve(
      _ request: NetworkV1.ApproveRequest, options: CallOptions = CallOptions()
    ) async throws -> NetworkV1.ApproveReply {
      try await caller.unary(NetworkV1.NetworkAdminMethods.approve, request, options)
    }

    package func revoke(
      _ request: NetworkV1.RevokeRequest, options: CallOptions = CallOptions()
    ) async throws -> NetworkV1.RevokeReply {
      try await caller.unary(NetworkV1.NetworkAdminMethods.revoke, request, options)
    }

    package func label(
      _ request: NetworkV1.LabelRequest, options: CallOptions = CallOptions()
    ) async throws -> NetworkV1.LabelReply {
      try await caller.unary(NetworkV1.NetworkAdminMethods.label, request, options)
    }

    package func rename(
      _ request: NetworkV1.RenameRequest, options: CallOptions = CallOptions()
    ) async throws -> NetworkV1.RenameReply {
      try await caller.unary(NetworkV1.NetworkAdminMethods.rename, request, options)
    }

    /// Makes this node a member of the invite's network.
    package func joinNetwork(
      _ request: NetworkV1.JoinNetworkRequest, options: CallOptions = CallOptions()
    ) async throws -> NetworkV1.JoinNetworkReply {
      try await caller.unary(NetworkV1.NetworkAdminMethods.joinNetwork, request, options)
    }

    /// Hands over what others rely on, then goes back to a network of one. The last reply says of
    /// which.
    package func leave<Answer: Sendable>(
      _ request: NetworkV1.LeaveRequest, options: CallOptions = CallOptions(),
      _ replies: (MessageReader<NetworkV1.LeaveReply>) async throws -> Answer
    ) async throws -> Answer {
      try await caller.serverStream(NetworkV1.NetworkAdminMethods.leave, request, options, replies)
    }
  }
}

extension NetworkV1.NetworkAdminService {
  /// For the server, which checks permissions by the descriptions.
  package var handlers: [MethodHandler] {
    [
      .unary(NetworkV1.NetworkAdminMethods.createInvite, self.createInvite),
      .unary(NetworkV1.NetworkAdminMethods.listInvites, self.listInvites),
      .unary(NetworkV1.NetworkAdminMethods.withdrawInvite, self.withdrawInvite),
      .unary(NetworkV1.NetworkAdminMethods.show, self.show),
      .unary(NetworkV1.NetworkAdminMethods.backup, self.backup),
      .unary(NetworkV1.NetworkAdminMethods.restore, self.restore),
      .unary(NetworkV1.NetworkAdminMethods.addAdmin, self.addAdmin),
      .unary(NetworkV1.NetworkAdminMethods.approve, self.approve),
      .unary(NetworkV1.NetworkAdminMethods.revoke, self.revoke),
      .unary(NetworkV1.NetworkAdminMethods.label, self.label),
      .unary(NetworkV1.NetworkAdminMethods.rename, self.rename),
      .unary(NetworkV1.NetworkAdminMethods.joinNetwork, self.joinNetwork),
      .serverStream(NetworkV1.NetworkAdminMethods.leave, self.leave),
    ]
  }
}
