import Calls
import Primitives
import Security

/// The bytes of a statement and their signature, as they travel. There is one encoding of each:
/// two certificates are the same when their bytes are.
struct Envelope: Hashable, Sendable {
  let payload: [UInt8]
  let signature: Signature

  init(_ message: some Message, signedBy key: SigningKey, for purpose: SigningPurpose) {
    payload = message.encoded()
    signature = key.sign(payload, for: purpose)
  }

  /// `what` is the thing's name in an error.
  init(decoding bytes: [UInt8], limit: Int, as what: String) throws(NetworkError) {
    guard bytes.count <= limit else {
      throw NetworkError(
        .violation, "\(what) of \(bytes.count) bytes is longer than the \(limit) allowed")
    }
    let message: NetworkV1.Signed = try Self.decode(bytes, as: what)
    guard let signature = Signature(message.signature), message.unknownFields.bytes.isEmpty,
      message.encoded() == bytes
    else {
      throw NetworkError(.violation, "\(what) is not written as it should be")
    }
    payload = message.payload
    self.signature = signature
  }

  var encoded: [UInt8] {
    NetworkV1.Signed {
      $0.payload = payload
      $0.signature = signature.bytes
    }.encoded()
  }

  func isSigned(by signer: NodeID, for purpose: SigningPurpose) -> Bool {
    signer.isValid(signature, of: payload, for: purpose)
  }

  /// Certificates and the like have few fields and no depth.
  static func decode<M: Message>(_ bytes: [UInt8], as what: String) throws(NetworkError) -> M {
    var limits = WireReader.Limits()
    limits.depth = 4
    limits.size = 64 * 1024
    limits.elements = 256
    do {
      return try M(decoding: bytes, limits: limits)
    } catch {
      throw NetworkError(.violation, "\(what) cannot be read: \(error)", cause: error)
    }
  }
}

/// Reads the fields that statements have in common.
struct FieldReader {
  /// The statement's name in an error.
  let what: String

  func node(_ bytes: [UInt8], _ field: String) throws(NetworkError) -> NodeID {
    guard let id = NodeID(bytes) else { throw wrong("\(field) of \(bytes.count) bytes, not 32") }
    return id
  }

  func network(_ bytes: [UInt8]) throws(NetworkError) -> NetworkID {
    guard let id = NetworkID(bytes) else {
      throw wrong("a network of \(bytes.count) bytes, not 32")
    }
    return id
  }

  func text(_ text: String, _ field: String, limit: Int) throws(NetworkError) -> String {
    guard text.utf8.count <= limit else {
      throw wrong("\(field) of \(text.utf8.count) bytes where \(limit) are allowed")
    }
    guard MemberName.isPrintable(text) else { throw wrong("\(field) that cannot be printed") }
    return text
  }

  func name(_ name: String) throws(NetworkError) -> String {
    guard MemberName.complaint(about: name) == nil else {
      throw wrong("a name that no node can have")
    }
    return name
  }

  func validity(
    _ issued: Int64, _ expires: Int64, life: Duration
  ) throws(NetworkError) -> Validity {
    let validity = Validity(
      issuedAt: WallTime(nanoseconds: issued), expiresAt: WallTime(nanoseconds: expires))
    guard validity.life > .zero, validity.life <= life else {
      throw wrong("an impossible time of validity")
    }
    return validity
  }

  func wrong(_ found: String) -> NetworkError { NetworkError(.violation, "\(what) has \(found)") }
}
