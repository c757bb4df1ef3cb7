import Calls
import Primitives
package import Security

/// A share as it travels: the very bytes that were signed, the signature, and the tags.
package struct SignedShare: Hashable, Sendable {
  package static let purpose: SigningPurpose = "file-share"

  package let share: Share
  private let body: [UInt8]
  private let signature: Signature

  /// Signs it. Throws when the share breaks a bound, so that no node sends what all refuse.
  package init(_ share: Share, key: SigningKey) throws(BlobError) {
    precondition(share.owner == key.id, "a node signs its own shares")
    precondition(!share.isShortened, "a share without its tags is not signed")
    try share.check()
    self.share = share
    body = share.body.encoded()
    signature = key.sign(body, for: Self.purpose)
  }

  /// Reads what somebody sent. Nothing is believed before `isGenuine` has said so.
  package init(
    decoding bytes: [UInt8], limits: Share.Limits = Share.Limits()
  ) throws(BlobError) {
    guard bytes.count <= limits.bytes else {
      throw Self.damaged("it has \(bytes.count) bytes; at most \(limits.bytes) are read")
    }
    var reading = WireReader.Limits()
    reading.elements = limits.tags + 1
    reading.depth = 2
    let message: FilesV1.SignedShare
    do { message = try FilesV1.SignedShare(decoding: bytes, limits: reading) } catch {
      throw BlobError(.damaged, "A share cannot be read: ask another node.", cause: error)
    }
    try self.init(message, limits: limits)
  }

  init(
    _ message: FilesV1.SignedShare, limits: Share.Limits = Share.Limits()
  ) throws(BlobError) {
    guard message.body.count <= limits.bytes, message.tags.count <= limits.tags,
      let signature = Signature(message.signature)
    else { throw Self.damaged("its body, tags or signature have a length that none has") }
    let read: FilesV1.ShareBody
    do { read = try FilesV1.ShareBody(decoding: message.body) } catch {
      throw BlobError(.damaged, "A share cannot be read: ask another node.", cause: error)
    }
    var share = try Share(read)
    if message.tags.isEmpty {
      share.isShortened = !read.tagsDigest.isEmpty
    } else {
      share.tags = message.tags
      guard Share.digest(of: message.tags) == read.tagsDigest else {
        throw Self.damaged("its tags are not those that were signed")
      }
    }
    try share.check(limits)
    self.share = share
    self.signature = signature
    body = message.body
  }

  private init(_ share: Share, _ body: [UInt8], _ signature: Signature) {
    self.share = share
    self.body = body
    self.signature = signature
  }

  /// The owner signed exactly this.
  package var isGenuine: Bool { share.owner.isValid(signature, of: body, for: Self.purpose) }

  package var key: ShareKey { share.key }
  package var version: UInt64 { share.version }

  /// The same without tags.
  package var shortened: SignedShare {
    var share = share
    share.isShortened = share.isShortened || !share.tags.isEmpty
    share.tags = []
    return SignedShare(share, body, signature)
  }

  package var encoded: [UInt8] { message.encoded() }

  /// With tags when there is room for them.
  package func encoded(within count: Int) -> [UInt8] {
    let whole = encoded
    return whole.count <= count ? whole : shortened.encoded
  }

  var message: FilesV1.SignedShare {
    FilesV1.SignedShare {
      $0.body = body
      $0.signature = signature.bytes
      $0.tags = share.tags
    }
  }

  private static func damaged(_ what: String) -> BlobError {
    BlobError(.damaged, "A share is damaged: \(what).")
  }
}

extension Share {
  fileprivate init(_ message: FilesV1.ShareBody) throws(BlobError) {
    guard let id = ShareID(message.id), let owner = NodeID(message.owner),
      let digest = Digest(message.blob), let replicas = Int(exactly: message.replicas),
      message.tagsDigest.isEmpty || message.tagsDigest.count == 32
    else {
      throw BlobError(.damaged, "A share is damaged: an id or a hash has a wrong length.")
    }
    self.init(
      key: ShareKey(owner: owner, id: id), name: message.name, size: message.size,
      blob: BlobID(digest), at: WallTime(nanoseconds: message.created))
    version = message.version
    isFolder = message.isFolder
    mediaType = message.mediaType
    changed = WallTime(nanoseconds: message.changed)
    isWithdrawn = message.isWithdrawn
    self.replicas = replicas
  }

  fileprivate var body: FilesV1.ShareBody {
    FilesV1.ShareBody {
      $0.id = id.bytes
      $0.version = version
      $0.name = name
      $0.isFolder = isFolder
      $0.mediaType = mediaType
      $0.size = size
      $0.blob = blob.bytes
      $0.tagsDigest = tags.isEmpty ? [] : Self.digest(of: tags)
      $0.owner = owner.bytes
      $0.replicas = UInt32(clamping: replicas)
      $0.created = created.nanoseconds
      $0.changed = changed.nanoseconds
      $0.isWithdrawn = isWithdrawn
    }
  }

  fileprivate static func digest(of tags: [String]) -> [UInt8] {
    var bytes: [UInt8] = []
    for tag in tags {
      bytes.append(bigEndian: UInt64(tag.utf8.count))
      bytes += tag.utf8
    }
    return Digest.sha256(of: bytes).bytes
  }
}
