import Mesh
import Primitives
import Simulation

/// Two nodes, two lanes, four directions of bytes, and carriers that break at any byte, are
/// replaced by better and worse ones, and are dialled by both sides at once.
struct LinkChanges: Scenario {
  let name = "link-changes"
  let promise = "lanes lose, double and change no byte while carriers come and go"
  let seeds = (short: 500, long: 10_000)

  /// Carriers broken or replaced in one run.
  private let changes = 40
  private let record = StallRecord()

  func run(seed: UInt64, journal: inout Journal) throws -> [Figure] {
    var world = LinkWorld(seed: seed, changes: changes)
    try world.run(journal: &journal)
    try record.add(world.stalls)
    let longest = world.stalls.max() ?? .zero
    return [
      Figure(name: "longest stall", value: longest.inSeconds * 1000, unit: "ms"),
      Figure(
        name: "stalls over 1.5 s",
        value: Double(world.stalls.count { $0 > StallRecord.bound }), unit: "stalls"),
      Figure(name: "changes", value: Double(world.changesMade), unit: "changes"),
      Figure(name: "carried", value: Double(world.carried) / 1024, unit: "KiB"),
    ]
  }
}

/// The stalls of all seeds of one run of the program: a promise about the 99th percentile is
/// about all of them.
private final class StallRecord: Sendable {
  static let bound = Duration.milliseconds(1_500)
  /// Below that a percentile says little.
  private static let leastCount = 1_000
  private let counts = Locked((all: 0, long: 0))

  func add(_ stalls: [Duration]) throws {
    let counts = counts.withLock { counts in
      counts.all += stalls.count
      counts.long += stalls.count { $0 > Self.bound }
      return counts
    }
    guard counts.all < Self.leastCount || counts.long * 100 <= counts.all else {
      throw BrokenPromise("\(counts.long) of \(counts.all) stalls were over \(Self.bound)")
    }
  }
}
