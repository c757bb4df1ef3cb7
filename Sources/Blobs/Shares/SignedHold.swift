import Calls
package import Primitives
package import Security

/// A node's word that it has a blob whole, for the index.
package struct SignedHold: Hashable, Sendable {
  package static let purpose: SigningPurpose = "file-hold"

  package let blob: BlobID
  package let holder: NodeID
  package let madeAt: WallTime
  private let signature: Signature

  package init(_ blob: BlobID, at time: WallTime, key: SigningKey) {
    self.blob = blob
    holder = key.id
    madeAt = time
    signature = key.sign(Self.statement(blob, key.id, time), for: Self.purpose)
  }

  /// Reads what somebody sent. Nothing is believed before `isGenuine` has said so.
  package init(decoding bytes: [UInt8]) throws(BlobError) {
    let message: FilesV1.SignedHold
    do { message = try FilesV1.SignedHold(decoding: bytes) } catch {
      throw BlobError(.damaged, "A holder's word cannot be read: ask another node.", cause: error)
    }
    guard let digest = Digest(message.blob), let holder = NodeID(message.holder),
      let signature = Signature(message.signature)
    else {
      throw BlobError(.damaged, "A holder's word is damaged: a length is one that none has.")
    }
    blob = BlobID(digest)
    self.holder = holder
    madeAt = WallTime(nanoseconds: message.madeAt)
    self.signature = signature
  }

  package var isGenuine: Bool {
    holder.isValid(signature, of: Self.statement(blob, holder, madeAt), for: Self.purpose)
  }

  package var encoded: [UInt8] {
    FilesV1.SignedHold {
      $0.blob = blob.bytes
      $0.holder = holder.bytes
      $0.madeAt = madeAt.nanoseconds
      $0.signature = signature.bytes
    }.encoded()
  }

  private static func statement(_ blob: BlobID, _ holder: NodeID, _ time: WallTime) -> [UInt8] {
    var bytes = blob.bytes + holder.bytes
    bytes.append(bigEndian: UInt64(bitPattern: time.nanoseconds))
    return bytes
  }
}
