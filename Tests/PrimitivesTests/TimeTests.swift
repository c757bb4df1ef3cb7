import Testing

@testable import Primitives

struct TimeTests {
  @Test(arguments: [
    (0, "1970-01-01T00:00:00.000Z", "Thu, 01 Jan 1970 00:00:00 GMT"),
    (-1, "1969-12-31T23:59:59.000Z", "Wed, 31 Dec 1969 23:59:59 GMT"),
    (951_782_400, "2000-02-29T00:00:00.000Z", "Tue, 29 Feb 2000 00:00:00 GMT"),
    (951_868_800, "2000-03-01T00:00:00.000Z", "Wed, 01 Mar 2000 00:00:00 GMT"),
    (1_709_164_799, "2024-02-28T23:59:59.000Z", "Wed, 28 Feb 2024 23:59:59 GMT"),
    (1_709_251_199, "2024-02-29T23:59:59.000Z", "Thu, 29 Feb 2024 23:59:59 GMT"),
    (1_677_628_800, "2023-03-01T00:00:00.000Z", "Wed, 01 Mar 2023 00:00:00 GMT"),
    (4_107_542_400, "2100-03-01T00:00:00.000Z", "Mon, 01 Mar 2100 00:00:00 GMT"),
    (-2_203_891_200, "1900-03-01T00:00:00.000Z", "Thu, 01 Mar 1900 00:00:00 GMT"),
    (784_111_777, "1994-11-06T08:49:37.000Z", "Sun, 06 Nov 1994 08:49:37 GMT"),
    (1_798_761_599, "2026-12-31T23:59:59.000Z", "Thu, 31 Dec 2026 23:59:59 GMT"),
  ])
  func `calendar dates, in leap years and before 1970`(
    seconds: Int64, rfc3339: String, http: String
  ) {
    let time = WallTime(nanoseconds: seconds * 1_000_000_000)
    #expect(time.description == rfc3339)
    #expect(time.httpDate == http)
  }

  @Test func `days follow each other through four hundred years`() {
    var previous = Civil(secondsSince1970: -86_400 * 146_097)
    #expect(previous.year == 1570 && previous.month == 1 && previous.day == 1)
    for day in (1 - 146_097)...146_097 {
      let civil = Civil(secondsSince1970: Int64(day) * 86_400 + 86_399)
      let isNextDay = civil.day == previous.day + 1 && civil.month == previous.month
      let isNextMonth =
        civil.day == 1 && previous.day >= 28 && civil.month == previous.month % 12 + 1
      guard isNextDay || isNextMonth, civil.weekday == (previous.weekday + 1) % 7 else {
        Issue.record("day \(day): \(previous) then \(civil)")
        return
      }
      previous = civil
    }
    #expect(previous.year == 2370 && previous.hour == 23 && previous.second == 59)
  }

  @Test func `fractions round down on both sides of 1970`() {
    #expect(WallTime(nanoseconds: -1).description == "1969-12-31T23:59:59.999Z")
    #expect(WallTime(nanoseconds: 1_999_999).description == "1970-01-01T00:00:00.001Z")
    #expect(WallTime(nanoseconds: -1).secondsSince1970 == -1)
    #expect(WallTime(nanoseconds: .min).description == "1677-09-21T00:12:43.145Z")
    #expect(WallTime(nanoseconds: .max).description == "2262-04-11T23:47:16.854Z")
  }

  @Test func `instants saturate instead of wrapping`() {
    let now = Instant(nanoseconds: 1_000)
    #expect(now.advanced(by: .seconds(1)).nanoseconds == 1_000_001_000)
    #expect(now.advanced(by: .seconds(Int64.max)) == .distantFuture)
    #expect(now.advanced(by: .nanoseconds(-2_000)).nanoseconds == -1_000)
    #expect(Instant(nanoseconds: .min).duration(to: .distantFuture).nanoseconds == .max)
    #expect(now.duration(to: .distantFuture) == .nanoseconds(Int64.max - 1_000))
  }

  @Test func `wall times saturate instead of wrapping`() {
    #expect(WallTime(nanoseconds: .max).advanced(by: .seconds(1)).nanoseconds == .max)
    #expect(WallTime(nanoseconds: .min).advanced(by: .seconds(-1)).nanoseconds == .min)
    let span = WallTime(nanoseconds: .min).duration(to: WallTime(nanoseconds: .max))
    #expect(span.nanoseconds == .max)
  }

  @Test(arguments: [
    (Duration.zero, 0 as Int64), (.nanoseconds(-5), -5), (.seconds(Int64.max), Int64.max),
    (.seconds(Int64.min), Int64.min), (.milliseconds(1500), 1_500_000_000),
  ])
  func `durations in nanoseconds saturate`(duration: Duration, nanoseconds: Int64) {
    #expect(duration.nanoseconds == nanoseconds)
  }

  @Test func `the clocks move forward`() {
    let first = Instant.now()
    #expect(first <= Instant.now())
    #expect(WallTime.now() > WallTime(nanoseconds: 1_700_000_000 * 1_000_000_000))
  }
}
