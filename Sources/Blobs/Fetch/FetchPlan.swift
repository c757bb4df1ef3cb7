import Calls
import Primitives

/// What is to be fetched: the chunks that are not here, each once, however many blobs have it and
/// however often.
struct FetchPlan: Sendable {
  struct Piece: Sendable {
    /// Where it comes first on a call that names all blobs in order.
    var number: UInt32
    var digest: Digest
    var length: Int
  }

  let manifests: [Manifest]
  /// The number of each blob's first chunk on a call.
  let firsts: [UInt32]
  let pieces: [Piece]
  let size: Int64
  /// Bytes that need not be fetched: they are here already, or come once for several places.
  let found: Int64
  private let places: [UInt32: Int]

  /// `held` are the chunks that are here.
  init(_ manifests: [Manifest], held: Set<Digest>) throws(BlobError) {
    self.manifests = manifests
    var firsts: [UInt32] = []
    var pieces: [Piece] = []
    var places: [UInt32: Int] = [:]
    var wanted: [Digest: Int] = [:]
    var next = 0
    var found: Int64 = 0
    for manifest in manifests {
      firsts.append(UInt32(next))
      for (chunk, digest) in manifest.chunks.enumerated() {
        let length = manifest.length(of: chunk)
        let known = wanted.updateValue(length, forKey: digest)
        guard known ?? length == length else {
          throw BlobError(
            .damaged, "two of these files say that one chunk has different lengths: \(digest)")
        }
        if held.contains(digest) || known != nil {
          found += Int64(length)
          continue
        }
        places[UInt32(next + chunk)] = pieces.count
        pieces.append(Piece(number: UInt32(next + chunk), digest: digest, length: length))
      }
      // An empty blob takes a number too, for each begins behind the one before.
      next += max(1, manifest.chunks.count)
      guard next < Int(UInt32.max) else {
        throw BlobError(.refused, "these are too many files to fetch at once; fetch fewer")
      }
    }
    self.firsts = firsts
    self.pieces = pieces
    self.places = places
    self.found = found
    size = manifests.reduce(0) { $0 + $1.size }
  }

  /// Nil for a chunk that is not to be fetched.
  func piece(of number: UInt32) -> Int? { places[number] }

  /// Whether what a source says of a blob can be.
  func check(
    _ holding: FetchHolding, of blob: Int
  ) throws(FetchFault) -> ChunkMap {
    let manifest = manifests[blob]
    let count = manifest.chunks.count
    if holding.state == .none { return ChunkMap(count: count) }
    guard holding.size == UInt64(manifest.size) else { throw .wrongHolding }
    if holding.state == .whole { return ChunkMap(count: count, full: true) }
    do throws(BlobError) { return try ChunkMap(decoding: holding.map, count: count) } catch {
      throw .wrongHolding
    }
  }

  /// Which pieces a source has that has so much of the blobs; nil means all.
  func pieces(in maps: [ChunkMap]) -> [Bool]? {
    if maps.allSatisfy(\.isFull) { return nil }
    var has = [Bool](repeating: false, count: pieces.count)
    for (blob, map) in maps.enumerated() where map.held > 0 {
      for chunk in 0..<map.count where map[chunk] {
        if let piece = places[firsts[blob] + UInt32(chunk)] { has[piece] = true }
      }
    }
    return has
  }
}
