import Primitives
import Simulation
import Testing

@testable import Mesh

/// So that a change can stand within an expectation.
private final class Bucket {
  private var core: TokenBucket
  init(_ rate: TokenBucket.Rate, now: Instant) { core = TokenBucket(rate, now: now) }

  var level: Int { core.level }
  var isFull: Bool { core.isFull }
  func take(_ count: Int, now: Instant) -> Bool { core.take(count, now: now) }
  func time(of count: Int) -> Instant { core.time(of: count) }
  func refill(now: Instant) { core.refill(now: now) }
  func giveBack(_ count: Int) { core.giveBack(count) }
}

@Suite struct TokenBucketTests {
  @Test func `it gives its burst, then its rate to the unit`() {
    let bucket = Bucket(.init(perSecond: 7, burst: 10), now: .at(0))
    #expect(bucket.take(10, now: .at(0)))
    #expect(!bucket.take(1, now: .at(0.1428571)))
    #expect(bucket.take(1, now: .at(0.142857143)))
    #expect(bucket.time(of: 1) > .at(0.28))
    #expect(bucket.take(1, now: bucket.time(of: 1)))
  }

  @Test(arguments: [3, 1_000_003, 134_217_728], [10, 1000, 1_000_000_000])
  func `however it is asked, it gives the burst and the rate times the time`(
    _ rate: Int, _ burst: Int
  ) {
    var random = SeededRandom(seed: UInt64(rate))
    let bucket = Bucket(.init(perSecond: rate, burst: burst), now: .at(0))
    #expect(bucket.take(burst, now: .at(0)))
    var now = Instant.at(0)
    var given = 0
    // Steps in which less than a burst comes in, so that nothing is lost to the brim.
    let longest = Int64(Double(burst - 1) / Double(rate) * 0.9e9)
    for _ in 0..<2000 {
      let step = Int64.random(in: 0...max(1, longest), using: &random)
      now = now.advanced(by: .nanoseconds(step))
      bucket.refill(now: now)
      let count = bucket.level
      #expect(bucket.take(count, now: now))
      given += count
    }
    let (high, low) = now.nanoseconds.multipliedFullWidth(by: Int64(rate))
    let due = Int64(1_000_000_000).dividingFullWidth((high, low)).quotient
    #expect(given == Int(due))
  }

  @Test func `it holds no more than its burst, however long it waits`() {
    let bucket = Bucket(.init(perSecond: 1 << 40, burst: 5), now: .at(0))
    bucket.refill(now: .distantFuture)
    #expect(bucket.level == 5)
    #expect(bucket.isFull)
    bucket.giveBack(3)
    #expect(bucket.level == 5)
  }

  @Test func `a clock that goes back gives nothing`() {
    let bucket = Bucket(.init(perSecond: 1000, burst: 1000), now: .at(5))
    #expect(bucket.take(1000, now: .at(5)))
    #expect(!bucket.take(1, now: .at(4)))
    #expect(bucket.take(1, now: .at(5.001)))
  }
}
