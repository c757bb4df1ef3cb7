import Calls
import Primitives
import Security
import Simulation
import Testing

@testable import Blobs

struct PlacementMessageTests {
  private let key = SigningKey()

  private func messages() throws -> [PlacementMessage] {
    let signed = try SignedShare(ShareSamples.share(owner: key.id), key: key)
    let name = PlacementMessage.Name(signed.key, version: 3)
    let holders = [SigningKey().id, SigningKey().id]
    var copy = PlacementMessage.Copy(name, .fetching)
    copy.holders = holders
    copy.listedUntil = WallTime(nanoseconds: 1_790_000_000_000_000_000)
    var newer = PlacementMessage.Copy(name, .full)
    newer.newer = signed
    return [
      .keep(signed, holders: holders), .tell([copy]), .told([newer, copy]),
      .release(name, holders: holders), .askPromise(name), .promise(name, isGiven: true),
    ]
  }

  private func read(_ bytes: [UInt8]) throws(BlobError) -> PlacementMessage? {
    let wire: FilesV1.PlacementMessage
    // What is no protobuf at all ends the stream before this.
    do { wire = try FilesV1.PlacementMessage(decoding: bytes) } catch { return nil }
    return try PlacementMessage(wire)
  }

  @Test func `messages read back as they were written`() throws {
    for message in try messages() {
      let bytes = message.wire.encoded()
      #expect(try read(bytes) == message)
      #expect(abs(bytes.count - message.roughSize) < 400)
    }
  }

  @Test func `readers stand every cut and every change, and believe no forged share`() throws {
    var random = SeededRandom(seed: 6)
    var refused = 0
    for message in try messages() {
      let bytes = message.wire.encoded()
      func offer(_ bytes: [UInt8]) {
        do throws(BlobError) {
          if case .keep(let signed, _) = try read(bytes) { #expect(signed.isGenuine) }
        } catch { refused += error.code == .damaged || error.code == .refused ? 1 : 1_000_000 }
      }
      for count in bytes.indices { offer(Array(bytes[..<count])) }
      for _ in 0..<300 {
        var changed = bytes
        changed[Int.random(in: 0..<bytes.count, using: &random)] ^= UInt8.random(
          in: 1...255, using: &random)
        offer(changed)
      }
    }
    #expect((300..<1_000_000).contains(refused))
  }

  @Test func `more holders or shares than are taken are refused`() throws {
    let signed = try SignedShare(ShareSamples.share(owner: key.id), key: key)
    let many = PlacementMessage.keep(
      signed, holders: Array(repeating: key.id, count: PlacementLimits().holders + 1))
    #expect(throws: BlobError.self) { try PlacementMessage(many.wire) }
    let name = PlacementMessage.Name(signed.key, version: 1)
    let copies = Array(
      repeating: PlacementMessage.Copy(name, .whole),
      count: PlacementLimits().copiesPerMessage + 1)
    #expect(throws: BlobError.self) { try PlacementMessage(PlacementMessage.tell(copies).wire) }
    #expect(throws: BlobError.self) { try PlacementMessage(FilesV1.PlacementMessage()) }
  }
}
