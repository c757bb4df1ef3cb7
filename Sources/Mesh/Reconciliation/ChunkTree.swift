import Primitives

/// Counts and sums of chunks with prefix queries in logarithmic time: two binary indexed trees
/// (Fenwick, 1994) that share their positions.
struct ChunkTree: Sendable {
  // Position i covers the chunks i - (i & -i) ..< i; position 0 is unused.
  private var counts: [Int] = [0]
  private var sums: [Sum256] = [Sum256()]

  init() {}

  init(_ chunks: [(count: Int, sum: Sum256)]) {
    counts = [Int](repeating: 0, count: chunks.count + 1)
    sums = [Sum256](repeating: Sum256(), count: chunks.count + 1)
    for (index, chunk) in chunks.enumerated() {
      let position = index + 1
      counts[position] += chunk.count
      sums[position] += chunk.sum
      let parent = position + (position & -position)
      if parent < counts.count {
        counts[parent] += counts[position]
        sums[parent] += sums[position]
      }
    }
  }

  mutating func add(_ digest: Bytes32, to chunk: Int) {
    var position = chunk + 1
    while position < counts.count {
      counts[position] += 1
      sums[position].add(digest)
      position += position & -position
    }
  }

  mutating func subtract(_ digest: Bytes32, from chunk: Int) {
    var position = chunk + 1
    while position < counts.count {
      counts[position] -= 1
      sums[position].subtract(digest)
      position += position & -position
    }
  }

  func count(before chunk: Int) -> Int {
    var (position, count) = (chunk, 0)
    while position > 0 {
      count += counts[position]
      position &= position - 1
    }
    return count
  }

  func sum(before chunk: Int) -> Sum256 {
    var (position, sum) = (chunk, Sum256())
    while position > 0 {
      sum += sums[position]
      position &= position - 1
    }
    return sum
  }

  /// Where the item of a rank is.
  func locate(_ rank: Int) -> (chunk: Int, index: Int) {
    var (position, rest) = (0, rank)
    var step = 1
    while step * 2 < counts.count { step *= 2 }
    while step > 0 {
      let next = position + step
      if next < counts.count, counts[next] <= rest {
        position = next
        rest -= counts[next]
      }
      step /= 2
    }
    return (position, rest)
  }
}
