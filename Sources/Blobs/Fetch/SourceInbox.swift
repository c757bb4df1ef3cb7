package import Calls
package import IO
import Primitives

package typealias FetchHolding = FilesV1.Holding

/// Looks at what one source sends, as a value: whether it was asked for, and whether it can be
/// right. Nothing that it sends makes this hold more than one chunk, or a manifest.
package struct SourceInbox: Sendable {
  package enum Event: Sendable, Equatable {
    /// Of the blob of that place in the order of naming.
    case holding(blob: Int, FetchHolding)
    case manifest([UInt8])
    /// Bytes of a manifest that goes on.
    case manifestPart(bytes: Int)
    /// Bytes of a chunk.
    case part(bytes: Int)
    /// All of them.
    case chunk(UInt32, PageBuffer)
    case gone(UInt32)
  }

  private struct GatheredManifest: Sendable {
    var number: UInt32
    var length: Int
    var bytes: [UInt8] = []
  }

  /// A value, though its memory is an object: the disk takes it as it is.
  private struct GatheredChunk: Sendable {
    var number: UInt32
    var length: Int
    private(set) var bytes: PageBuffer

    init(_ number: UInt32, length: Int) {
      self.number = number
      self.length = length
      bytes = PageBuffer(capacity: max(1, length))
    }

    mutating func append(_ piece: ArraySlice<UInt8>) {
      if !isKnownUniquelyReferenced(&bytes) { bytes = bytes.copy() }
      _ = bytes.append(piece)
    }
  }

  static let manifestLimit = Manifest.encodedSize(of: Manifest.sizeLimit)

  private struct Asked: Sendable {
    var length: Int
    var times = 1
  }

  /// What was asked for and has not begun to come.
  private var asked: [UInt32: Asked] = [:]
  /// What may break off: it was withdrawn once.
  private var withdrawn: Set<UInt32> = []
  private var chunk: GatheredChunk?
  private var manifest: GatheredManifest?
  /// First numbers of blobs that were named and not answered.
  private var opened: [UInt32] = []
  private var answered = 0
  private let wantsManifest: Bool

  package init(opening firsts: [UInt32], wantsManifest: Bool) {
    opened = firsts
    self.wantsManifest = wantsManifest
  }

  /// Every blob was answered for.
  package var isOpen: Bool { answered == opened.count }

  package mutating func ask(_ number: UInt32, length: Int) {
    asked[number, default: Asked(length: length, times: 0)].times += 1
  }

  /// It may come all the same, if it was on its way.
  package mutating func withdraw(_ number: UInt32) { withdrawn.insert(number) }

  package mutating func take(_ received: FetchReply) throws(FetchFault) -> [Event] {
    var events: [Event] = []
    let reply = received.others
    for holding in reply.holdings { events.append(try take(holding)) }
    for number in reply.gone {
      _ = try begin(number)
      events.append(.gone(number))
    }
    switch reply.content {
    case .chunk: events += try takePart(received.bytes, of: reply)
    case .manifest: events += try takeManifest(received.bytes, of: reply)
    default:
      guard received.bytes.isEmpty else { throw .unasked }
    }
    if reply.holdings.isEmpty, reply.gone.isEmpty, received.bytes.isEmpty { throw .empty }
    return events
  }

  private mutating func take(_ holding: FetchHolding) throws(FetchFault) -> Event {
    guard answered < opened.count, opened[answered] == holding.first,
      holding.size <= UInt64(Manifest.sizeLimit)
    else { throw .wrongHolding }
    defer { answered += 1 }
    if wantsManifest, holding.state == .whole || holding.state == .some {
      manifest = GatheredManifest(
        number: holding.first, length: Manifest.encodedSize(of: Int64(holding.size)))
    }
    return .holding(blob: answered, holding)
  }

  private mutating func takeManifest(
    _ bytes: ArraySlice<UInt8>, of reply: FilesV1.AskReply
  ) throws(FetchFault) -> [Event] {
    guard var gathering = manifest, gathering.number == reply.number else { throw .unasked }
    guard !bytes.isEmpty, Int(reply.offset) == gathering.bytes.count,
      gathering.bytes.count + bytes.count <= gathering.length
    else { throw .wrongLength }
    manifest = nil
    gathering.bytes += bytes
    if gathering.bytes.count == gathering.length { return [.manifest(gathering.bytes)] }
    manifest = gathering
    return [.manifestPart(bytes: bytes.count)]
  }

  private mutating func takePart(
    _ bytes: ArraySlice<UInt8>, of reply: FilesV1.AskReply
  ) throws(FetchFault) -> [Event] {
    if reply.offset == 0 {
      if let broken = chunk?.number, !withdrawn.contains(broken) { throw .wrongLength }
      chunk = GatheredChunk(reply.number, length: try begin(reply.number))
    }
    // A copy of the chunk held here would have all its bytes copied below.
    guard chunk?.number == reply.number else { throw .unasked }
    let count = chunk?.bytes.count ?? 0
    guard !bytes.isEmpty, Int(reply.offset) == count, count + bytes.count <= chunk?.length ?? 0
    else { throw .wrongLength }
    chunk?.append(bytes)
    var events = [Event.part(bytes: bytes.count)]
    if let chunk, chunk.bytes.count == chunk.length {
      events.append(.chunk(chunk.number, chunk.bytes))
      self.chunk = nil
    }
    return events
  }

  /// What was asked for once comes once; returns its length.
  private mutating func begin(_ number: UInt32) throws(FetchFault) -> Int {
    guard var asked = asked[number] else { throw .unasked }
    asked.times -= 1
    self.asked[number] = asked.times > 0 ? asked : nil
    return asked.length
  }
}
