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
    let told = Told()
    do {
      _ = try RootTask.run {
        var story = StorageStory(seed: seed)
        let ending: Result<Void, BrokenPromise>
        do throws(BrokenPromise) {
          try await story.tell()
          ending = .success(())
        } catch {
          ending = .failure(error)
        }
        told.set(story, ending)
        return 0
      }
    } catch {
      throw BrokenPromise("no thread to run on: \(error)")
    }
    guard let (story, ending) = told.value else { throw BrokenPromise("the story did not end") }
    for step in story.steps {
      journal.record(
        at: Instant(nanoseconds: Int64(step.change) * 1_000_000), step.kind, step.change,
        step.detail, text: step.text)
    }
    try ending.get()
    return [
      Figure(name: "acknowledged", value: Double(story.acknowledged), unit: "writes"),
      Figure(name: "in doubt", value: Double(story.doubted), unit: "writes"),
      Figure(name: "of these kept", value: Double(story.doubtedKept), unit: "writes"),
      Figure(name: "power cuts", value: Double(story.crashes), unit: ""),
      Figure(name: "changes to the disk", value: Double(story.disk.changes), unit: ""),
    ]
  }

  private final class Told: Sendable {
    private let state = Locked<(StorageStory, Result<Void, BrokenPromise>)?>(nil)
    var value: (StorageStory, Result<Void, BrokenPromise>)? { state.withLock { $0 } }
    func set(_ story: StorageStory, _ ending: Result<Void, BrokenPromise>) {
      state.withLock { $0 = (story, ending) }
    }
  }
}
