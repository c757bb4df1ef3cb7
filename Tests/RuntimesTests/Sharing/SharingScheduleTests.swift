import Primitives
import Testing

@testable import Runtimes

struct SharingScheduleTests {
  /// 2026-11-16 was a Monday.
  private func moment(_ day: Int, _ hour: Int, _ minute: Int = 0, ahead: Int = 0) -> LocalMoment {
    let seconds = Int64(20_773 + day) * 86_400 + Int64(hour * 3600 + minute * 60)
    return LocalMoment(
      WallTime(nanoseconds: seconds * 1_000_000_000), offset: .seconds(ahead * 3600))
  }

  @Test(arguments: [
    ("", "always"), ("always", "always"), ("mon-fri 22:00-06:00", "mon-fri 22:00-06:00"),
    ("sat,sun", "sat,sun"), ("8:00-12:30", "daily 08:00-12:30"),
    ("daily 00:00-24:00", "daily"), ("SUN,mon,tue 1:00-2:00", "mon,tue,sun 01:00-02:00"),
    ("sat-mon 20:00-24:00; wed", "mon,sat,sun 20:00-24:00; wed"),
    (" mon-sun  10:00-11:00 ;; ", "daily 10:00-11:00"),
  ])
  func `hours are read and written`(_ text: String, _ expected: String) throws {
    let schedule = try SharingSchedule(text)
    #expect(schedule.description == expected)
    #expect(try SharingSchedule(schedule.description) == schedule)
  }

  @Test(arguments: [
    "mon-", "xyz", "mon 8-9", "mon 08:00", "mon 08:00-08:00", "mon 24:00-06:00", "25:00-26:00",
    "mon 08:00-09:60", "mon tue 08:00-09:00", "08:00-09:00 mon", "mon 08:00-09:00-10:00",
    "mon-tue-wed", ",", "mon -1:00-2:00", String(repeating: "mon;", count: 65),
    String(repeating: "x", count: 5000),
  ])
  func `what are no hours is refused with an example`(_ text: String) {
    let error = #expect(throws: RuntimeError.self) { try SharingSchedule(text) }
    #expect(error?.code == .refused && error?.message.contains("mon-fri 22:00-06:00") == true)
  }

  @Test(arguments: [
    // Friday's night ends on Saturday, and nothing begins then.
    ("mon-fri 22:00-06:00", 4, 23, true, 7 * 60), ("mon-fri 22:00-06:00", 5, 5, true, 60),
    ("mon-fri 22:00-06:00", 5, 6, false, 64 * 60), ("mon-fri 22:00-06:00", 0, 5, false, 17 * 60),
    // Sunday's end is Monday's beginning.
    ("sun 20:00-08:00", 6, 23, true, 9 * 60), ("sun 20:00-08:00", 0, 7, true, 60),
    ("sun; mon", 6, 12, true, 36 * 60), ("mon", 1, 0, false, 6 * 1440),
    ("10:00-11:00; 10:30-12:00", 2, 10, true, 120),
  ])
  func `it opens and closes by the hour`(
    _ text: String, _ day: Int, _ hour: Int, _ isOpen: Bool, _ minutes: Int
  ) throws {
    let schedule = try SharingSchedule(text)
    #expect(schedule.isOpen(at: moment(day, hour)) == isOpen)
    #expect(schedule.minutesUntilChange(at: moment(day, hour)) == minutes)
  }

  @Test(arguments: ["always", "daily", "mon-sun 12:00-12:01; 12:01-12:00"])
  func `what is always open never changes`(_ text: String) throws {
    let schedule = try SharingSchedule(text)
    #expect(schedule.isOpen(at: moment(3, 4)))
    #expect(schedule.minutesUntilChange(at: moment(3, 4)) == nil)
  }

  @Test func `each minute is as the change before it said`() throws {
    let schedule = try SharingSchedule("mon-thu 22:15-06:45; fri 18:00-24:00; sat; sun 00:00-03:30")
    var left: Int?
    var isOpen = false
    for minute in 0..<3 * 10_080 {
      let now = moment(0, 0, minute)
      if left == nil || left == 0 {
        isOpen = left == nil ? schedule.isOpen(at: now) : !isOpen
        left = schedule.minutesUntilChange(at: now)
      }
      guard schedule.isOpen(at: now) == isOpen, schedule.minutesUntilChange(at: now) == left else {
        Issue.record("minute \(minute)")
        return
      }
      left = left.map { $0 - 1 }
    }
  }

  @Test func `the hours are those of the place`() throws {
    let schedule = try SharingSchedule("tue 00:00-01:00")
    // Monday, 23:30 UTC, is Tuesday two hours to the east.
    #expect(!schedule.isOpen(at: moment(0, 22, 30)))
    #expect(schedule.isOpen(at: moment(0, 22, 30, ahead: 2)))
    #expect(!schedule.isOpen(at: moment(1, 0, 30, ahead: -5)))
    let now = moment(0, 22, 30, ahead: 2)
    #expect(now.startOfMinute(after: 30) == moment(0, 23).wall)
    #expect(LocalMoment(WallTime(nanoseconds: -1)).minuteOfWeek == 3 * 1440 - 1)
  }
}
