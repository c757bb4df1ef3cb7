import Calls
import Primitives
import Security
import Simulation
import Testing

@testable import Blobs

struct SignedShareTests {
  private let key = SigningKey()

  @Test func `a share reads back as it was signed`() throws {
    var share = ShareSamples.share(owner: key.id)
    (share.isFolder, share.replicas, share.version) = (true, 16, 7)
    let signed = try SignedShare(share, key: key)
    let read = try SignedShare(decoding: signed.encoded)
    #expect(read.share == share && read.isGenuine)
    #expect(read == signed && !read.share.isShortened)
  }

  @Test func `without its tags a share is as genuine, and says that they are missing`() throws {
    let share = ShareSamples.share(owner: key.id)
    let short = try SignedShare(share, key: key).shortened
    let read = try SignedShare(decoding: short.encoded)
    #expect(read.isGenuine && read.share.isShortened && read.share.tags.isEmpty)
    #expect(read.share.name == share.name)
  }

  @Test func `the longest share fits into a line of the index without its tags`() throws {
    var share = ShareSamples.share(owner: key.id, name: String(repeating: "n", count: 255))
    share.mediaType = String(repeating: "t", count: 127)
    (share.size, share.version) = (.max, 1 << 28 - 1)
    share.changed = WallTime(nanoseconds: .max)
    share.tags = (0..<32).map { "\(10 + $0)" + String(repeating: "x", count: 62) }
    let signed = try SignedShare(share, key: key)
    let line = signed.encoded(within: 1_024)
    #expect(line.count <= 1_024 && signed.encoded.count <= Share.Limits().bytes)
    #expect(try SignedShare(decoding: line).isGenuine)
    #expect(try SignedShare(decoding: signed.encoded).share.tags.count == 32)
  }

  @Test func `no cut and no change of a byte is taken for genuine`() throws {
    let bytes = try SignedShare(ShareSamples.share(owner: key.id), key: key).encoded
    var believed = 0, refused = 0
    func offer(_ bytes: [UInt8]) throws {
      do throws(BlobError) {
        let read = try SignedShare(decoding: bytes)
        // Left out as a whole, the tags are only missing.
        if read.isGenuine && !read.share.isShortened { believed += 1 }
      } catch {
        refused += 1
        #expect(error.code == .damaged || error.code == .refused)
      }
    }
    for count in bytes.indices { try offer(Array(bytes[..<count])) }
    var random = SeededRandom(seed: 11)
    for _ in 0..<3_000 {
      var changed = bytes
      let place = Int.random(in: 0..<bytes.count, using: &random)
      changed[place] ^= UInt8.random(in: 1...255, using: &random)
      if random.chance(0.3) {
        changed.removeSubrange(
          place..<min(bytes.count, place + Int.random(in: 1...9, using: &random)))
      }
      try offer(changed)
    }
    // Bytes that are no field of this version are passed over, so tags may stay as they are.
    #expect(refused > 1_500)
    #expect(believed == 0)
  }

  @Test func `a signature for anything else, or by anybody else, is none`() throws {
    let share = ShareSamples.share(owner: key.id)
    let genuine = try SignedShare(share, key: key).message
    for signature in [
      SigningKey().sign(genuine.body, for: SignedShare.purpose),
      key.sign(genuine.body, for: SignedHold.purpose),
    ] {
      var forged = genuine
      forged.signature = signature.bytes
      #expect(try !SignedShare(forged).isGenuine)
    }
    var other = genuine
    other.tags = ["other"]
    #expect(throws: BlobError.self) { try SignedShare(other) }
  }

  private static let breaches: [String: @Sendable (inout Share) -> Void] = [
    "empty name": { $0.name = "" },
    "long name": { $0.name = String(repeating: "a", count: 256) },
    "slash": { $0.name = "a/b" },
    "parent": { $0.name = ".." },
    "escape": { $0.name = "\u{1B}[31m" },
    "direction override": { $0.name = "a\u{202E}b" },
    "no version": { $0.version = 0 },
    "high version": { $0.version = 1 << 28 },
    "negative size": { $0.size = -1 },
    "no copies": { $0.replicas = 0 },
    "many copies": { $0.replicas = 17 },
    "media type": { $0.mediaType = "a\nb" },
    "many tags": { $0.tags = (100..<133).map { "\($0)" } },
    "long tag": { $0.tags = [String(repeating: "t", count: 65)] },
    "tags out of order": { $0.tags = ["b", "a"] },
    "a tag twice": { $0.tags = ["a", "a"] },
  ]

  @Test(arguments: breaches.keys.sorted())
  func `a share beyond a bound is refused by who signs and by who reads`(what: String) throws {
    var share = ShareSamples.share(owner: key.id)
    let change = try #require(Self.breaches[what])
    let good = try SignedShare(share, key: key)
    #expect(good.isGenuine)
    change(&share)
    #expect(throws: BlobError.self) { try SignedShare(share, key: key) }
    #expect(throws: BlobError.self) { try share.check() }
  }

  @Test(arguments: [
    ("a/b\u{7}.txt", "a_b_.txt"), ("..", "_"), ("", "_"), ("grüße 漢字", "grüße 漢字"),
    (String(repeating: "é", count: 200), String(repeating: "é", count: 127)),
  ])
  func `the nearest name is one`(text: String, name: String) {
    #expect(Share.name(from: text) == name)
    #expect(Share.isName(Share.name(from: text)))
  }

  @Test func `a holder's word is its own`() throws {
    let blob = BlobID(Digest.sha256(of: [1]))
    let hold = SignedHold(blob, at: ShareSamples.time, key: key)
    let bytes = hold.encoded
    let read = try SignedHold(decoding: bytes)
    #expect(read == hold && read.isGenuine && read.holder == key.id)
    var believed = 0
    for count in bytes.indices {
      // What is cut may not read at all.
      if let cut = try? SignedHold(decoding: Array(bytes[..<count])), cut.isGenuine {
        believed += 1
      }
    }
    for place in bytes.indices {
      var changed = bytes
      changed[place] ^= 0x41
      // As above.
      if let read = try? SignedHold(decoding: changed), read.isGenuine { believed += 1 }
    }
    #expect(believed == 0)
  }
}
