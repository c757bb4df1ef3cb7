package import Primitives
import Security

/// Items in the order of their keys, with the count and the sum of digests of any range of them in
/// logarithmic time.
///
/// Sorted chunks of at most 256 items lie side by side; two binary indexed trees over the chunks
/// hold counts and sums. A copy shares its chunks until one side changes, so a snapshot is cheap.
package struct ReconciliationSet: Sendable {
  private struct Chunk: Sendable {
    var keys: [Bytes32]
    /// Empty where keys are their own digests.
    var digests: [Bytes32]

    func digest(_ index: Int) -> Bytes32 { digests.isEmpty ? keys[index] : digests[index] }

    func sum(_ range: Range<Int>) -> Sum256 {
      var sum = Sum256()
      if digests.isEmpty {
        for index in range { sum.add(keys[index]) }
      } else {
        for index in range { sum.add(digests[index]) }
      }
      return sum
    }
  }

  private static let chunkLimit = 256
  /// Fresh sets leave room, so that the first insertions split nothing.
  private static let chunkFill = 192

  package let isVersioned: Bool
  private var chunks: [Chunk] = []
  /// First key of each chunk: what a search looks at first.
  private var firsts: [Bytes32] = []
  private var tree = ChunkTree()
  package private(set) var count = 0

  /// `isVersioned` sets keep a digest beside each key; the others take the key for it.
  package init(isVersioned: Bool) { self.isVersioned = isVersioned }

  /// Of equal keys the last one stays.
  package init(_ items: some Sequence<ReconciliationItem>, isVersioned: Bool) {
    self.init(isVersioned: isVersioned)
    var sorted = items.sorted { $0.key < $1.key }
    if !sorted.isEmpty {
      var kept = 0
      for index in 1..<sorted.count {
        if sorted[index].key != sorted[kept].key { kept += 1 }
        sorted[kept] = sorted[index]
      }
      sorted.removeSubrange((kept + 1)...)
    }
    count = sorted.count
    for start in stride(from: 0, to: sorted.count, by: Self.chunkFill) {
      let part = sorted[start..<min(start + Self.chunkFill, sorted.count)]
      chunks.append(
        Chunk(keys: part.map(\.key), digests: isVersioned ? part.map(\.digest) : []))
    }
    firsts = chunks.map { $0.keys[0] }
    rebuildTree()
  }

  package var isEmpty: Bool { count == 0 }

  // MARK: Changing

  /// Adds an item or replaces the one of its key. Returns false when it was there already.
  @discardableResult
  package mutating func insert(_ item: ReconciliationItem) -> Bool {
    guard !chunks.isEmpty else {
      chunks = [Chunk(keys: [item.key], digests: isVersioned ? [item.digest] : [])]
      firsts = [item.key]
      count = 1
      rebuildTree()
      return true
    }
    let place = chunkIndex(for: item.key)
    let index = Self.firstIndex(in: chunks[place].keys, notBelow: item.key)
    if index < chunks[place].keys.count, chunks[place].keys[index] == item.key {
      return replace(item, in: place, at: index)
    }
    chunks[place].keys.insert(item.key, at: index)
    if isVersioned { chunks[place].digests.insert(item.digest, at: index) }
    if index == 0 { firsts[place] = item.key }
    count += 1
    if chunks[place].keys.count > Self.chunkLimit {
      split(place)
    } else {
      tree.add(isVersioned ? item.digest : item.key, to: place)
    }
    return true
  }

  @discardableResult
  package mutating func insert(_ key: Bytes32) -> Bool { insert(ReconciliationItem(key)) }

  /// Returns false when there was none.
  @discardableResult
  package mutating func remove(_ key: Bytes32) -> Bool {
    guard let (place, index) = find(key) else { return false }
    tree.subtract(chunks[place].digest(index), from: place)
    chunks[place].keys.remove(at: index)
    if isVersioned { chunks[place].digests.remove(at: index) }
    count -= 1
    if let first = chunks[place].keys.first {
      firsts[place] = first
    } else {
      chunks.remove(at: place)
      firsts.remove(at: place)
      rebuildTree()
    }
    if chunks.count > 8, chunks.count * Self.chunkLimit > 8 * count { pack() }
    return true
  }

  private mutating func replace(
    _ item: ReconciliationItem, in place: Int, at index: Int
  ) -> Bool {
    guard isVersioned, chunks[place].digests[index] != item.digest else { return false }
    tree.subtract(chunks[place].digests[index], from: place)
    tree.add(item.digest, to: place)
    chunks[place].digests[index] = item.digest
    return true
  }

  private mutating func split(_ place: Int) {
    let middle = chunks[place].keys.count / 2
    let upper = Chunk(
      keys: Array(chunks[place].keys[middle...]),
      digests: isVersioned ? Array(chunks[place].digests[middle...]) : [])
    chunks[place].keys.removeSubrange(middle...)
    if isVersioned { chunks[place].digests.removeSubrange(middle...) }
    chunks.insert(upper, at: place + 1)
    firsts.insert(upper.keys[0], at: place + 1)
    rebuildTree()
  }

  /// After many removals: full chunks again.
  private mutating func pack() {
    var items: [ReconciliationItem] = []
    items.reserveCapacity(count)
    forEach(in: 0..<count) { items.append($0) }
    self = ReconciliationSet(items, isVersioned: isVersioned)
  }

  private mutating func rebuildTree() {
    tree = ChunkTree(chunks.map { (count: $0.keys.count, sum: $0.sum(0..<$0.keys.count)) })
  }

  // MARK: Asking

  package func digest(of key: Bytes32) -> Bytes32? {
    find(key).map { chunks[$0.place].digest($0.index) }
  }

  package func contains(_ key: Bytes32) -> Bool { find(key) != nil }

  /// How many items have lower keys.
  package func rank(of key: Bytes32) -> Int {
    guard !chunks.isEmpty else { return 0 }
    let place = chunkIndex(for: key)
    return tree.count(before: place) + Self.firstIndex(in: chunks[place].keys, notBelow: key)
  }

  package func ranks(in range: KeyRange) -> Range<Int> {
    let lower = rank(of: range.lower)
    return lower..<max(lower, range.upper.map(rank) ?? count)
  }

  package func item(at rank: Int) -> ReconciliationItem {
    precondition((0..<count).contains(rank), "there is no item of that rank")
    let (place, index) = tree.locate(rank)
    return ReconciliationItem(
      key: chunks[place].keys[index], digest: chunks[place].digest(index))
  }

  package func forEach(in ranks: Range<Int>, _ body: (ReconciliationItem) -> Void) {
    guard !ranks.isEmpty else { return }
    var (place, index) = tree.locate(ranks.lowerBound)
    for _ in ranks {
      if index == chunks[place].keys.count { (place, index) = (place + 1, 0) }
      body(
        ReconciliationItem(key: chunks[place].keys[index], digest: chunks[place].digest(index)))
      index += 1
    }
  }

  package func items(in range: KeyRange) -> [ReconciliationItem] {
    var items: [ReconciliationItem] = []
    forEach(in: ranks(in: range)) { items.append($0) }
    return items
  }

  package func sum(of ranks: Range<Int>) -> Sum256 {
    guard !ranks.isEmpty else { return Sum256() }
    let (first, start) = tree.locate(ranks.lowerBound)
    let (last, end) = tree.locate(ranks.upperBound - 1)
    if first == last { return chunks[first].sum(start..<end + 1) }
    var sum = tree.sum(before: last)
    sum -= tree.sum(before: first)
    sum -= chunks[first].sum(0..<start)
    sum += chunks[last].sum(0..<end + 1)
    return sum
  }

  /// The sum of the range, hashed with its count: no part of a sum can be read off or steered.
  package func fingerprint(of ranks: Range<Int>) -> ItemTag {
    var bytes = sum(of: ranks).value.bytes
    bytes.append(bigEndian: UInt64(ranks.count))
    return ItemTag(Digest.sha256(of: bytes).value)
  }

  // MARK: Searching

  private func find(_ key: Bytes32) -> (place: Int, index: Int)? {
    guard !chunks.isEmpty else { return nil }
    let place = chunkIndex(for: key)
    let index = Self.firstIndex(in: chunks[place].keys, notBelow: key)
    guard index < chunks[place].keys.count, chunks[place].keys[index] == key else { return nil }
    return (place, index)
  }

  /// The last chunk that starts at or below the key; else the first.
  private func chunkIndex(for key: Bytes32) -> Int {
    let above = Self.firstIndex(in: firsts, notBelow: key)
    if above < firsts.count, firsts[above] == key { return above }
    return max(0, above - 1)
  }

  private static func firstIndex(in keys: [Bytes32], notBelow key: Bytes32) -> Int {
    var (low, high) = (0, keys.count)
    while low < high {
      let middle = (low + high) / 2
      if keys[middle] < key { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
