import Simulation

/// Files are added, fetched, removed, collected, damaged and repaired, and in the middle of any
/// change to the disk the power fails or the process is killed, several times over.
struct BlobStoreCrash: Scenario {
  let name = "blob-store"
  let promise = "no acknowledged file is lost and none is served that is not whole"
  let seeds = (short: 200, long: 10_000)
  let isTimed = false

  func run(seed: UInt64, journal: inout Journal) throws -> [Figure] {
    let story = try BlobStory(seed: seed).told(&journal)
    return [
      Figure(name: "acknowledged", value: Double(story.acknowledged), unit: "changes"),
      Figure(name: "in doubt", value: Double(story.doubted), unit: "changes"),
      Figure(name: "repaired", value: Double(story.repaired), unit: "files"),
      Figure(
        name: "fetched again after a kill", value: Double(story.repeated), unit: "bytes",
        bound: "at most 1 MiB"),
      Figure(name: "power cuts and kills", value: Double(story.crashes), unit: ""),
      Figure(name: "changes to the disk", value: Double(story.disk.changes), unit: ""),
    ]
  }
}
