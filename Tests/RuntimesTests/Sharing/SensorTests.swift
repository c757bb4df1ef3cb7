import Foundation
import Glibc
import Primitives
import Testing

@testable import Runtimes

struct SensorTests {
  /// A folder that stands for a machine; gone with the value that holds it.
  final class Machine: Sendable {
    let root = "/tmp/apus-machine-\(UUID().uuidString)"

    func write(_ text: String, _ path: String) throws {
      let whole = URL(fileURLWithPath: root + path)
      try FileManager.default.createDirectory(
        at: whole.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: whole)
    }

    func supply(_ name: String, _ files: [String: String]) throws {
      for (file, text) in files {
        try write(text + "\n", "/sys/class/power_supply/\(name)/\(file)")
      }
    }

    deinit { try? FileManager.default.removeItem(atPath: root) }
  }

  let machine = Machine()
  var sensors: SharingSensors { SharingSensors(root: machine.root) }

  @Test(arguments: [
    ([("AC", ["type": "Mains", "online": "1"])], true),
    (
      [
        ("AC", ["type": "Mains", "online": "0"]),
        ("BAT0", ["type": "Battery", "status": "Discharging"]),
      ], false
    ),
    ([("BAT0", ["type": "Battery", "status": "Charging"])], true),
    (
      [
        ("usb", ["type": "USB", "online": "1"]),
        ("BAT0", ["type": "Battery", "status": "Discharging"]),
      ], true
    ),
    ([("mouse", ["type": "Battery", "scope": "Device", "status": "Discharging"])], true),
    ([("ups", ["type": "UPS", "status": "Discharging"])], false),
    ([("odd", ["type": "Something"])], true),
  ])
  func `mains power is told by its supplies`(
    _ supplies: [(String, [String: String])], _ expected: Bool
  ) throws {
    for (name, files) in supplies { try machine.supply(name, files) }
    #expect(sensors.hasMains() == expected)
  }

  @Test func `where nothing can be read nobody knows`() {
    #expect(sensors.hasMains() == nil)
    #expect(sensors.processorTime() == nil)
    #expect(sensors.lastInput() == nil)
    #expect(sensors.sample(at: Instant(nanoseconds: 0), wall: WallTime(nanoseconds: 0)) == nil)
  }

  @Test func `processors' time leaves waiting, idling and guests out`() throws {
    try machine.write("cpu  100 20 30 99999 8888 4 6 777 55 44\ncpu0 1 1 1 1 1 1 1\n", "/proc/stat")
    let tick = 1_000_000_000 / Int64(sysconf(Int32(_SC_CLK_TCK)))
    #expect(sensors.processorTime() == .nanoseconds(160 * tick))
  }

  @Test func `the last use is that of any terminal`() throws {
    for (path, seconds) in [
      ("/dev/pts/3", 100), ("/dev/input/event7", 300), ("/dev/tty1", 200),
      ("/dev/pts/ptmx", 900), ("/dev/ttyS0", 901), ("/dev/input/mice", 902),
    ] {
      try machine.write("", path)
      var times = [timespec(tv_sec: seconds, tv_nsec: 0), timespec(tv_sec: 5, tv_nsec: 0)]
      #expect(utimensat(AT_FDCWD, machine.root + path, &times, 0) == 0)
    }
    #expect(sensors.lastInput() == WallTime(nanoseconds: 200_000_000_000))
  }

  @Test func `this machine is looked at without harm`() {
    let sample = SharingSensors().sample(at: .now(), wall: .now())
    #expect(sample.map { $0.busy > .zero && $0.own > .zero } ?? false)
  }

  @Test func `the hour is that of this machine`() {
    let moment = LocalMoment.now()
    let formatter = DateFormatter()
    formatter.locale = Locale(identifier: "en_US_POSIX")
    formatter.dateFormat = "xx"
    let date = Date(timeIntervalSince1970: Double(moment.wall.nanoseconds) / 1e9)
    let text = formatter.string(from: date)
    let number = Int64(text) ?? .max
    #expect(moment.offset == .seconds((number / 100 * 60 + number % 100) * 60), "\(text)")
  }

  // MARK: - Idleness

  private func sample(_ second: Int64, busy: Int64, own: Int64 = 0, input: Int64? = nil)
    -> IdleWatch.Sample
  {
    IdleWatch.Sample(
      at: Instant(nanoseconds: second * 1_000_000_000), busy: .milliseconds(busy),
      own: .milliseconds(own), sinceInput: input.map { .seconds($0) })
  }

  @Test func `our own work leaves the machine idle, that of others does not`() {
    var watch = IdleWatch()
    #expect(watch.feed(sample(0, busy: 0)) == .zero)
    #expect(watch.feed(sample(10, busy: 20_000, own: 19_000)) == .seconds(10))
    #expect(watch.feed(sample(20, busy: 26_000, own: 19_000)) == .seconds(20), "once is no use")
    #expect(watch.feed(sample(30, busy: 32_000, own: 19_000)) == .zero)
    #expect(watch.feed(sample(40, busy: 32_500, own: 19_000)) == .seconds(10))
    // What ended took its time along; nobody else gains by it for long.
    #expect(watch.feed(sample(50, busy: 40_000, own: 0)) == .seconds(20))
    #expect(watch.feed(sample(60, busy: 50_000, own: 10_000)) == .seconds(30))
  }

  @Test func `a key that was pressed is use`() {
    var watch = IdleWatch()
    _ = watch.feed(sample(0, busy: 0, input: 5000))
    #expect(watch.feed(sample(100, busy: 0, input: 5100)) == .seconds(100))
    #expect(watch.feed(sample(200, busy: 0, input: 3)) == .seconds(3))
    #expect(watch.feed(sample(300, busy: 0, input: 103)) == .seconds(103))
  }

  // MARK: - Processors

  @Test(arguments: [
    ("0-3,6", [0, 1, 2, 3, 6], "0-3,6"), ("5", [5], "5"), ("1,0", [0, 1], "0-1"),
    (" 2-4,4\n", [2, 3, 4], "2-4"),
  ])
  func `sets of processors are read and written`(
    _ text: String, _ numbers: [Int], _ written: String
  ) {
    let set = ProcessorSet(text)
    #expect(set?.numbers == numbers && set?.description == written)
  }

  @Test func `what is no set is none, and the last ones are shared`() {
    for text in ["x", "3-1", "1-2-3", "-1", "1--2", "99999999"] {
      #expect(ProcessorSet(text) == nil, "\(text)")
    }
    let status = "Name:\tx\nCpus_allowed:\tff\nCpus_allowed_list:\t0-2,5\nMems_allowed:\t1\n"
    let all = ProcessorSet.ofThisProcess(status)
    #expect(
      all?.last(2).description == "2,5" && all?.last(99) == all && all?.last(0).numbers == [5])
    #expect(ProcessorSet.ofThisProcess("nothing") == nil)
    #expect(ProcessorSet.ofThisProcess()?.numbers.isEmpty == false)
  }
}
