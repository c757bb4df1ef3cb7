import Blobs
import Primitives

/// What comes as a folder, a manifest, a map of chunks or a path. There is one way to write each:
/// what reads is written as the very bytes, and no path leads out of its folder.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzFolders(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let input = unsafe Array(UnsafeBufferPointer(start: start, count: count))
  guard let kind = input.first else { return 0 }
  let bytes = Array(input.dropFirst())
  do throws(BlobError) {
    switch kind % 4 {
    case 0: try readListing(bytes)
    case 1: try readManifest(bytes)
    case 2: try readMap(bytes)
    default: check(try SafePath(String(decoding: bytes, as: UTF8.self)))
    }
  } catch {
    precondition(!error.message.isEmpty, "an error says nothing")
    precondition(error.message.utf8.allSatisfy { $0 >= 32 }, "an error says control characters")
  }
  return 0
}

private func readListing(_ bytes: [UInt8]) throws(BlobError) {
  let listing = try Listing(decoding: bytes)
  precondition(listing.encoded == bytes, "a folder can be written in two ways")
  precondition(listing.size >= 0, "files of a negative size")
  var folders: Set<SafePath> = []
  for entry in listing.entries {
    check(entry.path)
    precondition(
      entry.path.parent.map { folders.contains($0) } ?? true, "a file before its folder")
    if case .folder = entry.content { folders.insert(entry.path) }
  }
}

private func readManifest(_ bytes: [UInt8]) throws(BlobError) {
  let manifest = try Manifest(decoding: bytes)
  precondition(manifest.encoded == bytes, "a manifest can be written in two ways")
  let lengths = manifest.chunks.indices.map { manifest.length(of: $0) }
  precondition(lengths.allSatisfy { (1...Manifest.chunkSize).contains($0) }, "an empty chunk")
  precondition(lengths.reduce(0, +) == manifest.size, "chunks of another size than the blob")
  precondition(manifest.chunks(of: 0..<manifest.size) == manifest.chunks.indices)
}

private func readMap(_ bytes: [UInt8]) throws(BlobError) {
  guard let first = bytes.first else { return }
  var map = try ChunkMap(decoding: Array(bytes.dropFirst()), count: Int(first))
  precondition(map.encoded == Array(bytes.dropFirst()), "a map can be written in two ways")
  let missing = map.missing
  precondition(map.held + missing.count == map.count, "chunks were counted wrongly")
  for chunk in missing { map[chunk] = true }
  precondition(map.isFull && map == ChunkMap(count: map.count, full: true), "a full map lacks one")
}

private func check(_ path: SafePath) {
  precondition(path.text.utf8.first != UInt8(ascii: "/"), "a path is absolute")
  precondition(
    path.names.joined(separator: "/") == path.text
      && path.names.allSatisfy { $0 != "." && $0 != ".." && !$0.utf8.contains(0) },
    "a path leads elsewhere")
  var above = path.parent
  var steps = 1
  while let folder = above {
    steps += 1
    above = folder.parent
  }
  precondition(steps == path.names.count, "a path has another depth than names")
}
