import Mesh
import Primitives

/// What it takes to find one change among a million records.
struct ReconciliationSuite: Suite {
  let name = "reconciliation"
  let abstract = "one record of a million differs: round trips and bytes until both sides agree"

  func run(_ bench: Bench) async throws -> SuiteReport {
    let count = bench.scaled(1_000_000, quick: 100_000)
    var random = SystemRandomNumberGenerator()
    let set = ReconciliationSet((0..<count).map { _ in Self.item(&random) }, isVersioned: true)
    let exchanges = try (0..<bench.options.pairs).map { number in
      try exchange(set, isLacking: number % 2 == 0, &random)
    }
    return SuiteReport(
      suite: name,
      settings: [
        "\(count) records with random keys, \(exchanges.count) exchanges, in each another record "
          + "that one side lacks or has in another version"
      ],
      figures: [
        Figure("round trips", exchanges.map { Double(($0.messages + 1) / 2) }),
        Figure("bytes", exchanges.map { Double($0.bytes) / 1024 }, "KiB"),
        Figure("both sides", exchanges.map { $0.time.inSeconds * 1000 }, "ms"),
      ])
  }

  private struct Exchange: Sendable {
    var messages = 0
    var bytes = 0
    var time = Duration.zero
  }

  private func exchange(
    _ set: ReconciliationSet, isLacking: Bool, _ random: inout some RandomNumberGenerator
  ) throws -> Exchange {
    let changed = set.item(at: Int.random(in: 0..<set.count, using: &random))
    var other = set
    if isLacking {
      other.remove(changed.key)
    } else {
      other.insert(ReconciliationItem(key: changed.key, digest: Self.key(&random)))
    }
    var sides = [Reconciler(set), Reconciler(other)]
    var exchange = Exchange()
    var found: Set<Bytes32> = []
    let start = Instant.now()
    var message: [UInt8]? = sides[0].begin()
    while let bytes = message {
      exchange.messages += 1
      exchange.bytes += bytes.count
      let step = try sides[exchange.messages % 2].receive(bytes)
      found.formUnion(step.toSend.map(\.key))
      message = step.reply
    }
    exchange.time = start.duration(to: .now())
    guard found == [changed.key] else { throw BenchError("the change was not found") }
    return exchange
  }

  private static func item(_ random: inout some RandomNumberGenerator) -> ReconciliationItem {
    ReconciliationItem(key: key(&random), digest: key(&random))
  }

  private static func key(_ random: inout some RandomNumberGenerator) -> Bytes32 {
    Bytes32(words: (random.next(), random.next(), random.next(), random.next()))
  }
}
