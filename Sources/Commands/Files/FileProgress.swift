import Apus
import Calls
import IO
import Primitives

/// Follows what the node does with a file, and shows it on a terminal.
enum FileProgress {
  /// The last progress, which says what became of it. `interrupted` tells what Ctrl-C leaves.
  static func follow(
    _ node: NodeOptions, _ title: String, _ output: OutputOptions,
    _ options: ProgressOptions = ProgressOptions(), interrupted: String,
    _ call:
      @escaping @Sendable (
        FilesV1.FilesClient, (MessageReader<FilesV1.Progress>) async throws -> Void
      ) async throws -> Void
  ) async throws -> FilesV1.Progress? {
    let terminal =
      output.json || options.progress
      ? Terminal.none : Terminal.detect(2, environment: Surroundings.environment)
    let (isTold, isJSON) = (options.progress, output.json)
    let last = Locked<FilesV1.Progress?>(nil)
    let interruption = try await NodeAccess.connect(node, takesSignals: true) { caller in
      try await Interruption.watch {
        try await call(FilesV1.FilesClient(caller)) { replies in
          var shown = FileProgressDisplay(title, on: terminal)
          defer { shown.finish() }
          var lines = ProgressLines(title, isJSON: isJSON)
          while let progress = try await replies.next() {
            last.withLock { $0 = progress }
            shown.show(progress)
            if isTold { lines.tell(progress, now: .now()) }
          }
        }
      }
    }
    if let interruption {
      Output.print("apus: interrupted; \(interrupted)\n", to: 2)
      interruption.raise()
    }
    return last.withLock { $0 }
  }
}

/// A line for each phase.
struct FileProgressDisplay {
  private let title: String
  private let terminal: Terminal
  private var phase = FilesV1.Progress.Phase.looking
  private var display: ProgressDisplay?

  init(_ title: String, on terminal: Terminal) {
    self.title = title
    self.terminal = terminal
  }

  mutating func show(_ progress: FilesV1.Progress) {
    // Elsewhere than on a terminal it is quiet until the end.
    guard terminal.isTerminal, progress.phase != .done, progress.total > 0 else { return }
    if progress.phase != phase || display == nil {
      display?.finish(now: .now())
      phase = progress.phase
      display = ProgressDisplay(
        ProgressLine(line(progress), .bytes, total: progress.total, now: .now()), on: terminal)
    }
    display?.update(done: progress.bytes, total: progress.total, now: .now())
  }

  private func line(_ progress: FilesV1.Progress) -> String {
    switch progress.phase {
    case .fetching where !progress.sources.isEmpty: "\(title) from \(progress.sources.count)"
    case .writing: "writing"
    default: title
    }
  }

  mutating func finish() { display?.finish(now: .now()) }
}

/// Paths as a person types them.
enum FilePath {
  static func absolute(_ path: String) -> String {
    path.hasPrefix("/") ? path : "\(Surroundings.workingDirectory)/\(path)"
  }
}
