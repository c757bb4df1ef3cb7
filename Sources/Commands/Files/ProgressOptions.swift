import Calls
import IO
import Primitives

/// Progress for programs and logs.
struct ProgressOptions: ParsableArguments {
  @Flag(
    help: """
      Tell the progress in lines on standard error, also without a terminal; with --json each is \
      an object.
      """) var progress = false

  init() {}
}

/// Progress as lines, one a second and one for each phase.
struct ProgressLines {
  private static let pause = Duration.seconds(1)

  private let title: String
  private let isJSON: Bool
  private let write: (String) -> Void
  private var toldAt: Instant?
  private var phase: FilesV1.Progress.Phase?

  init(
    _ title: String, isJSON: Bool, write: @escaping (String) -> Void = { Output.print($0, to: 2) }
  ) {
    self.title = title
    self.isJSON = isJSON
    self.write = write
  }

  mutating func tell(_ progress: FilesV1.Progress, now: Instant) {
    let isDue = toldAt.map { $0.duration(to: now) >= Self.pause } ?? true
    guard isDue || progress.phase != phase else { return }
    (toldAt, phase) = (now, progress.phase)
    write((isJSON ? Self.json(progress).text : text(progress)) + "\n")
  }

  private func text(_ progress: FilesV1.Progress) -> String {
    let done = ByteSize(progress.bytes).rounded
    let total = progress.total > 0 ? " of \(ByteSize(progress.total).rounded)" : ""
    let lines = progress.sources.map { source in
      let rate = source.isCalled ? ", \(ByteSize(source.bytesPerSecond).rounded)/s" : ""
      let fault = source.fault.isEmpty ? "" : ": \(TextWidth.printable(source.fault))"
      return "\n  \(ByteSize(source.bytes).rounded) from \(TextWidth.printable(source.name))"
        + rate + fault
    }
    return "\(TextWidth.printable(title)): \(Self.name(progress.phase)), \(done)\(total)"
      + lines.joined()
  }

  static func json(_ progress: FilesV1.Progress) -> JSON {
    [
      "event": "progress", "phase": .string(name(progress.phase)),
      "bytes": .integer(progress.bytes),
      "totalBytes": progress.total > 0 ? .integer(progress.total) : .null,
      "sparedBytes": .integer(progress.spared),
      "sources": .array(progress.sources.map(json)),
    ]
  }

  static func json(_ source: FilesV1.SourceProgress) -> JSON {
    [
      "id": .string(NodeID(source.node)?.description ?? ""), "name": .string(source.name),
      "path": source.path.isEmpty ? .null : .string(source.path),
      "bytes": .integer(source.bytes), "bytesPerSecond": .integer(source.bytesPerSecond),
      "isCalled": .bool(source.isCalled),
      "fault": source.fault.isEmpty ? .null : .string(source.fault),
    ]
  }

  private static func name(_ phase: FilesV1.Progress.Phase) -> String {
    switch phase {
    case .looking: "looking"
    case .reading: "reading"
    case .fetching: "fetching"
    case .writing: "writing"
    case .done: "done"
    default: "working"
    }
  }
}

extension FilesV1.Progress {
  /// What the command itself sends or writes.
  static func on(_ phase: Phase, _ bytes: Int64, of total: Int64) -> FilesV1.Progress {
    FilesV1.Progress {
      $0.phase = phase
      $0.bytes = bytes
      $0.total = total
    }
  }
}
