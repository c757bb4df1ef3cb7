package import Calls
package import Primitives

/// What one asker wants, in order, as a value: the blobs that it named and the chunks of them that
/// it waits for.
package struct AskBook: Sendable {
  package enum Job: Sendable, Equatable {
    case holdings([FilesV1.Holding])
    /// Of the blob whose first chunk has that number.
    case manifest(first: UInt32, [UInt8])
    /// The name is nil for a chunk of a blob that is not given.
    case chunk(number: UInt32, Digest?, serial: UInt64)
  }

  package enum Next: Sendable, Equatable {
    case job(Job)
    /// Nothing is wanted now.
    case nothing
    /// And nothing will be.
    case over
  }

  private struct Opened: Sendable {
    var first: UInt32
    var chunks: [Digest]
    var end: UInt32
    var isGiven: Bool
  }

  private struct Taken: Sendable {
    var serial: UInt64
    var number: UInt32
    var isWithdrawn = false
  }

  private let limits: ChunkService.Limits
  private var opened: [Opened] = []
  private var names: Set<[UInt8]> = []
  /// Of all blobs together.
  private var chunkCount = 0
  private var answers: [Job] = []
  private var nextAnswer = 0
  /// Those among the answers.
  private var manifests = 0
  private var asks: [UInt32] = []
  private var nextAsk = 0
  /// Chunks that are being read or given.
  private var taken: [Taken] = []
  private var serial: UInt64 = 0
  private var isClosed = false

  static let isNamedAlready = Status(.invalidArgument, "One call may name a blob once.")

  package init(limits: ChunkService.Limits) { self.limits = limits }

  /// Chunks that wait for their turn.
  package var waiting: Int { asks.count - nextAsk }
  /// A manifest waits, of up to 32 MiB: nothing more is heard before it goes out.
  var isBehind: Bool { manifests > 0 }

  // MARK: - What the asker says

  /// `manifest` is nil where nothing is given.
  package mutating func open(
    _ opening: FilesV1.Opening, _ manifest: Manifest?, _ holding: FilesV1.Holding
  ) throws(Status) {
    guard opened.count < limits.blobs else {
      throw Status(
        .resourceExhausted, "One call may name \(limits.blobs) blobs at most; open another.")
    }
    let chunks = manifest?.chunks ?? []
    let end = UInt64(opening.first) + UInt64(max(1, chunks.count))
    guard opening.first >= opened.last?.end ?? 0, end <= UInt64(UInt32.max) else {
      throw Status(
        .invalidArgument, "The chunks of two blobs have the same numbers, or numbers too high.")
    }
    guard names.insert(opening.blob).inserted else {
      throw Self.isNamedAlready
    }
    guard chunkCount + chunks.count <= limits.chunks else {
      throw Status(
        .resourceExhausted,
        "The blobs of one call may have \(limits.chunks) chunks together; open another.")
    }
    chunkCount += chunks.count
    opened.append(
      Opened(
        first: opening.first, chunks: chunks, end: UInt32(end), isGiven: manifest != nil))
    if case .holdings(let others) = answers.last, nextAnswer < answers.count,
      others.count < limits.holdingsPerReply, holding.map.isEmpty
    {
      answers[answers.count - 1] = .holdings(others + [holding])
    } else {
      answers.append(.holdings([holding]))
    }
    if let manifest, opening.wantsManifest {
      answers.append(.manifest(first: opening.first, manifest.encoded))
      manifests += 1
    }
  }

  package mutating func ask(_ numbers: [UInt32]) throws(Status) {
    guard waiting + numbers.count <= limits.asks else {
      throw Status(
        .resourceExhausted, "One call may ask for \(limits.asks) chunks ahead; ask for fewer.")
    }
    for number in numbers where blob(of: number) == nil {
      throw Status(.invalidArgument, "The chunk \(number) is of no blob that was named.")
    }
    asks += numbers
  }

  package mutating func withdraw(_ numbers: [UInt32]) {
    let gone = Set(numbers)
    asks = asks[nextAsk...].filter { !gone.contains($0) }
    nextAsk = 0
    for place in taken.indices where gone.contains(taken[place].number) {
      taken[place].isWithdrawn = true
    }
  }

  /// It will not ask for more.
  package mutating func close() { isClosed = true }

  // MARK: - What is to be done

  package mutating func next() -> Next {
    if nextAnswer < answers.count {
      let answer = answers[nextAnswer]
      if case .manifest = answer {
        manifests -= 1
        // Not to be held beyond its turn.
        answers[nextAnswer] = .holdings([])
      }
      nextAnswer += 1
      if nextAnswer == answers.count { (answers, nextAnswer) = ([], 0) }
      return .job(answer)
    }
    guard nextAsk < asks.count else { return isClosed ? .over : .nothing }
    let number = asks[nextAsk]
    nextAsk += 1
    if nextAsk >= 256 {
      asks.removeFirst(nextAsk)
      nextAsk = 0
    }
    serial += 1
    taken.append(Taken(serial: serial, number: number))
    guard let blob = blob(of: number), opened[blob].isGiven else {
      return .job(.chunk(number: number, nil, serial: serial))
    }
    let digest = opened[blob].chunks[Int(number - opened[blob].first)]
    return .job(.chunk(number: number, digest, serial: serial))
  }

  package func isWithdrawn(_ serial: UInt64) -> Bool {
    taken.first { $0.serial == serial }?.isWithdrawn ?? true
  }

  package mutating func done(_ serial: UInt64) { taken.removeAll { $0.serial == serial } }

  /// Nil where no blob has a chunk of that number.
  private func blob(of number: UInt32) -> Int? {
    var low = 0
    var high = opened.count
    while low < high {
      let middle = (low + high) / 2
      if opened[middle].first <= number { low = middle + 1 } else { high = middle }
    }
    guard low > 0 else { return nil }
    // Of one that is not given the length is not known here. An empty one has no chunk.
    let blob = opened[low - 1]
    return !blob.isGiven || Int(number - blob.first) < blob.chunks.count ? low - 1 : nil
  }
}
