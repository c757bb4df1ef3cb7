import IO
import Primitives
import Simulation
import Store

/// Random transactions on a database and replacements of a file, and a power cut in the middle of
/// any change to the disk, several times over.
struct StorageCrash: Scenario {
  let name = "storage-crash"
  let promise = "what was acknowledged survives a power cut, and nothing is half there"
  let seeds = (short: 200, long: 20_000)
  let isTimed = false

  func run(seed: UInt64, journal: inout Journal) throws -> [Figure] {
    let story = try StorageStory(seed: seed).told(&journal)
    return [
      Figure(name: "acknowledged", value: Double(story.acknowledged), unit: "writes"),
      Figure(name: "in doubt", value: Double(story.doubted), unit: "writes"),
      Figure(name: "of these kept", value: Double(story.doubtedKept), unit: "writes"),
      Figure(name: "power cuts", value: Double(story.crashes), unit: ""),
      Figure(name: "changes to the disk", value: Double(story.disk.changes), unit: ""),
    ]
  }
}
