import Blobs
import IO
import Primitives
import Security
import Simulation

// MARK: - What happens in a life

extension BlobStory {
  mutating func step(_ store: BlobStore) async throws(BrokenPromise) {
    do throws(BlobError) {
      switch Int.random(in: 0..<100, using: &random) {
      case 0..<35: try await add(store)
      case 35..<45: try await addFolder(store)
      case 45..<65: try await fetchOn(store)
      case 65..<78: try await remove(store)
      case 78..<88: try await store.collect()
      case 88..<93: try await damage(store)
      default: try await repair(store)
      }
    } catch {
      note(8, 0, "in doubt: \(error)")
      doubted += 1
      guard isExpected(error) else { throw BrokenPromise("a step failed: \(error)") }
    }
  }

  /// Files share chunks: there are only so many different ones of each length.
  private mutating func draw() -> Blob {
    defer { nextNumber += 1 }
    var builder = ManifestBuilder()
    let content: [UInt8]
    if random.chance(0.25) {
      let wholes = Int.random(in: 1...3, using: &random)
      content =
        (0..<wholes).flatMap { _ in chunk(1 << 20, Int.random(in: 1...4, using: &random)) }
        + chunk(Int.random(in: 0...3, using: &random) * 20_000, nextNumber)
    } else if random.chance(0.5) {
      content = chunk(Int.random(in: 1...3, using: &random) * 600, nextNumber)
    } else {
      let seed = Int.random(in: 1...30, using: &random)
      content = chunk(2_000 + seed * 1_700, seed)
    }
    var chunks: [[UInt8]] = []
    // Never as long as a file may be.
    if let cut = try? builder.feed(content[...]) { chunks = cut.map(\.bytes) }
    let (last, manifest) = builder.finish()
    if let last { chunks.append(last.bytes) }
    return Blob(number: nextNumber, chunks: chunks, manifest: manifest)
  }

  private func chunk(_ count: Int, _ seed: Int) -> [UInt8] {
    var bytes = [UInt8](repeating: UInt8(truncatingIfNeeded: seed), count: count)
    // So that a sector that is missing shows.
    for place in stride(from: 0, to: count, by: 512) {
      bytes[place] = UInt8(truncatingIfNeeded: place >> 9 &+ seed &* 7)
    }
    if count == 0 { return [] }
    bytes[1] = UInt8(truncatingIfNeeded: seed >> 8)
    // No chunk is the beginning of another.
    (bytes[2], bytes[3]) = (
      UInt8(truncatingIfNeeded: count >> 2), UInt8(truncatingIfNeeded: count >> 10)
    )
    return bytes
  }

  /// The same bytes may have another number already.
  private func numberHeld(_ manifest: Manifest) -> Int? {
    known.values.filter { $0.manifest == manifest }.map(\.number).min()
  }

  // MARK: - Adding

  private mutating func add(_ store: BlobStore) async throws(BlobError) {
    let blob = draw()
    if numberHeld(blob.manifest) != nil || blob.manifest == fetch?.blob.manifest { return }
    known[blob.number] = blob
    standing[blob.number] = .doubtful
    try await writing(store) { writer throws(BlobError) in
      try await Self.keep(blob, writer)
      try await writer.seal([blob.manifest])
    }
    acknowledge([blob.number], "file \(blob.number) added")
  }

  private mutating func addFolder(_ store: BlobStore) async throws(BlobError) {
    let (listing, member) = (draw(), draw())
    guard listing.manifest != member.manifest,
      [listing, member].allSatisfy({
        numberHeld($0.manifest) == nil && $0.manifest != fetch?.blob.manifest
      })
    else { return }
    known[member.number] = member
    known[listing.number] = listing
    known[listing.number]?.member = member.number
    (standing[member.number], standing[listing.number]) = (.doubtful, .doubtful)
    try await writing(store) { writer throws(BlobError) in
      try await Self.keep(member, writer)
      try await writer.enclose([member.manifest])
      try await Self.keep(listing, writer)
      try await writer.sealFolder(listing.manifest, size: member.manifest.size)
    }
    // What is removed with the folder is not asked for by itself.
    acknowledge([listing.number], "folder \(listing.number) added")
  }

  private mutating func acknowledge(_ numbers: [Int], _ text: String) {
    acknowledged += 1
    for number in numbers { stand(number) }
    note(4, numbers[0], text)
  }

  private static func keep(_ blob: Blob, _ writer: BlobWriter) async throws(BlobError) {
    for (bytes, digest) in zip(blob.chunks, blob.manifest.chunks) {
      try await writer.keep(bytes, digest)
    }
  }

  private func writing(
    _ store: BlobStore, _ body: (BlobWriter) async throws(BlobError) -> Void
  ) async throws(BlobError) {
    let writer = BlobWriter(store)
    do throws(BlobError) {
      try await body(writer)
    } catch {
      await writer.close()
      throw error
    }
    await writer.close()
  }

  // MARK: - Fetching

  /// Some chunks of the blob that is being fetched, in any order.
  private mutating func fetchOn(_ store: BlobStore) async throws(BlobError) {
    if fetch == nil {
      let blob = draw()
      if numberHeld(blob.manifest) != nil || blob.chunks.isEmpty { return }
      fetch = Fetch(blob: blob)
      begun.append(blob.manifest.id)
    }
    guard let blob = fetch?.blob else { return }
    let writer = BlobWriter(store)
    do throws(BlobError) {
      try await writer.begin(blob.manifest)
      let saved = fetch?.saved ?? []
      for chunk in (0..<blob.chunks.count).shuffled(using: &random) where !saved.contains(chunk) {
        try await writer.keep(blob.chunks[chunk], blob.manifest.chunks[chunk])
        fetch?.kept.insert(chunk)
        if random.chance(0.3) {
          try await writer.checkpoint()
          fetch?.save()
        }
        if random.chance(0.2) { break }
      }
      let have = (fetch?.saved ?? []).union(fetch?.kept ?? [])
      if have.count == blob.chunks.count {
        known[blob.number] = blob
        standing[blob.number] = .doubtful
        for digest in blob.manifest.chunks where try await !writer.has(digest) {
          throw BlobError(.damaged, "a chunk that was kept is gone")
        }
        try await writer.seal([blob.manifest])
        acknowledge([blob.number], "file \(blob.number) fetched")
        fetch = nil
      } else {
        try await writer.checkpoint()
        fetch?.save()
      }
    } catch {
      // Chunks whose sync failed are not kept any more, unless the process just ended.
      if !disk.hasCrashed { fetch?.kept = [] }
      if standing[blob.number] == .doubtful { fetch = nil }
      await writer.close()
      throw error
    }
    await writer.close()
  }

  // MARK: - Removing and repairing

  private mutating func remove(_ store: BlobStore) async throws(BlobError) {
    let candidates = standing.filter { $0.value == .there }.keys.sorted()
    guard let number = candidates.randomElement(using: &random), let blob = known[number] else {
      return
    }
    standing[number] = .doubtful
    // A member of a folder stays or goes with it.
    if let member = blob.member, standing[member] == .there { standing[member] = .doubtful }
    try await store.remove(blob.manifest.id)
    note(5, number, "file \(number) removed")
    acknowledged += 1
    if try await store.manifest(of: blob.manifest.id) == nil { forget(number) }
  }

  /// Bytes of a chunk turn on the disk.
  private mutating func damage(_ store: BlobStore) async throws(BlobError) {
    if victim != nil || disk.hasCrashed { return }
    let sound = standing.filter { $0.value == .there }.keys.sorted()
    guard let number = sound.randomElement(using: &random), let blob = known[number],
      let chosen = blob.manifest.chunks.randomElement(using: &random),
      try await spoil(chosen, store)
    else { return }
    victim = chosen
    for number in known.keys where standing[number] == .there { stand(number) }
    note(6, number, "a chunk of file \(number) is damaged")
  }

  /// False when it is a row: the database sees to those itself.
  private func spoil(_ victim: Digest, _ store: BlobStore) async throws(BlobError) -> Bool {
    guard let bytes = try await store.chunk(victim), bytes.count > 2_000 else { return false }
    do throws(SystemError) {
      for name in try await disk.list(Self.folder, limit: 1_000) {
        let file = try await disk.open("\(Self.folder)/\(name)", .writing)
        let size = try await file.info().size
        for place in stride(from: 0, to: size, by: 64 << 10) {
          let there = try await file.read(at: place, count: bytes.count)
          guard there == bytes else { continue }
          try await file.write([bytes[600] ^ 1], at: place + 600)
          try await file.sync()
        }
      }
      return true
    } catch {
      // A part may be done: the caller counts it as damaged all the same.
      return true
    }
  }

  private mutating func repair(_ store: BlobStore) async throws(BlobError) {
    let broken = standing.filter { $0.value == .damaged }.keys.sorted()
    if victim == nil { return }
    let damages = try await store.mend(try await store.verify())
    note(7, damages.count, "\(damages.count) files have lost a chunk")
    // From here on the bytes that were wrong are forgotten.
    victim = nil
    for number in broken {
      guard let blob = known[number] else { continue }
      try await writing(store) { writer throws(BlobError) in
        try await writer.begin(blob.manifest)
        try await Self.keep(blob, writer)
        try await writer.seal([blob.manifest])
      }
      standing[number] = .there
      repaired += 1
    }
    let left = try await store.damages(limit: 100)
    guard left.allSatisfy({ lost in doubtful(lost.id) }) else {
      throw BlobError(.damaged, "\(left.count) files are damaged after the repair")
    }
  }

  /// What was never acknowledged is nobody's to repair.
  private func doubtful(_ id: BlobID) -> Bool {
    !known.values.contains { $0.manifest.id == id && standing[$0.number] == .there }
  }
}
