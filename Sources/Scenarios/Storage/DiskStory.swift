import IO
import Primitives
import Simulation

/// One seed of a scenario about a machine and its disk, which lives several times.
protocol DiskStory: Sendable {
  var steps: [DiskStoryStep] { get }
  mutating func tell() async throws(BrokenPromise)
}

/// Something that happened, by the changes that the disk had seen then.
struct DiskStoryStep: Sendable {
  var kind: Int
  var change: Int
  var detail: Int
  var text: String
}

extension DiskStory {
  /// Tells it to its end on a loop of its own, and writes down what happened.
  func told(_ journal: inout Journal) throws -> Self {
    let told = Told<Self>()
    do {
      _ = try RootTask.run {
        var story = self
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
    return story
  }
}

private final class Told<Story: DiskStory>: Sendable {
  private let state = Locked<(Story, Result<Void, BrokenPromise>)?>(nil)
  var value: (Story, Result<Void, BrokenPromise>)? { state.withLock { $0 } }
  func set(_ story: Story, _ ending: Result<Void, BrokenPromise>) {
    state.withLock { $0 = (story, ending) }
  }
}
