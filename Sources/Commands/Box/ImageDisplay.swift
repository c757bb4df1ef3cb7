import IO
import Primitives
import Runtimes

/// Shows on standard error how an image is fetched or built, until the program writes.
final class ImageDisplay: Sendable {
  private struct State {
    var progress = ImageProgress()
    var display: ProgressDisplay?
    var isOver = false
  }

  private let title: String
  private let terminal: Terminal
  private let isBuilt: Bool
  private let state = Locked(State())

  init(_ attempt: Attempt, isJSON: Bool) {
    title = attempt.program
    // An engine says in words how it builds, and in numbers how it fetches.
    isBuilt = attempt.file != nil
    terminal = isJSON ? .none : Terminal.detect(2, environment: Surroundings.environment)
  }

  var show: ContainerEngine.ProgressSink {
    { [self] step in add(step, now: .now()) }
  }

  private func add(_ step: ContainerEngine.Progress, now: Instant) {
    state.withLock { state in
      if state.isOver { return }
      if isBuilt {
        if terminal.isTerminal { Output.print(Self.lines(step.text), to: 2) }
        return
      }
      state.progress.add(step)
      guard state.progress.total > 0 else { return }
      if state.display == nil {
        state.display = ProgressDisplay(
          ProgressLine(title, .bytes, total: nil, now: now), on: terminal)
      }
      state.display?.update(done: state.progress.done, total: state.progress.total, now: now)
    }
  }

  private static func lines(_ text: String) -> String {
    text.split(whereSeparator: \.isNewline).map { TextWidth.printable(String($0)) + "\n" }.joined()
  }

  /// Harmless when repeated.
  func finish() {
    state.withLock { state in
      state.isOver = true
      state.display?.finish(now: .now())
      state.display = nil
    }
  }
}

/// How far an image is, from what an engine says of its layers.
struct ImageProgress {
  private static let limit = 1000

  private var layers: [String: (done: Int64, total: Int64)] = [:]

  var done: Int64 { layers.values.reduce(0) { $0 + $1.done } }
  var total: Int64 { layers.values.reduce(0) { $0 + $1.total } }

  /// Layers are fetched and then unpacked, which is counted from the beginning again.
  mutating func add(_ step: ContainerEngine.Progress) {
    let layer = step.subject
    if let done = step.done, let total = step.total, 0...(1 << 50) ~= total, 0...total ~= done {
      guard let known = layers[layer] else {
        if layers.count < Self.limit { layers[layer] = (done, total) }
        return
      }
      layers[layer] = (max(known.done, min(done, known.total)), known.total)
    } else if let known = layers[layer] {
      layers[layer] = (known.total, known.total)
    }
  }
}
