import IO
import Primitives
import Runtimes

/// What an attack in a box costs whoever is beside it: attempts of somebody else, and the keeper of
/// both.
enum NeighbourPart {
  static func run(_ arguments: inout PartArguments) async throws {
    let program = try arguments.text("the program of boxes")
    let folder = try arguments.text("a folder for boxes")
    let script = try arguments.text("what the attacker's shell is told; empty for no attack")
    let seconds = try arguments.number("for how many seconds to measure")
    var settings = BoxSettings(folder: folder)
    settings.program = program
    settings.groups = ControlGroups.ofThisMachine().groups
    guard settings.groups.canHold else {
      throw BenchError("no control groups can be made here, and nothing else holds a shell")
    }
    let loops = try LoopGroup(count: 2)
    defer { loops.stop() }
    let boxes = Boxes(settings, on: loops)
    let result = try await boxes.serving {
      try await measured(boxes, script, .seconds(seconds), on: loops.next())
    }
    Parts.say(result)
  }

  private static func measured(
    _ boxes: Boxes, _ script: String, _ time: Duration, on loop: EventLoop
  ) async throws -> JSON {
    try await withThrowingTaskGroup(of: Void.self) { group in
      if !script.isEmpty {
        group.addTask { await attack(boxes, script) }
        // Its box stands, and it has had a moment to become what it is.
        while !boxes.reports.contains(where: { $0.creator == "attacker" }) {
          try await loop.run { try await loop.sleep(for: .milliseconds(10)) }
        }
        try await loop.run { try await loop.sleep(for: .milliseconds(500)) }
      }
      async let keeper = samples(for: time) {
        _ = try await BlockingPool.shared.run { try FolderHandle.look(at: "/") }
        try await loop.run { try await loop.sleep(for: .milliseconds(1)) }
      }
      let attempts = try await samples(for: time) {
        let result = try await boxes.run(Attempt(.process, creator: "neighbour", "/bin/true"))
        guard result.ending.isSuccess else { throw BenchError("true ended: \(result.ending)") }
      }
      let kept = try await keeper
      group.cancelAll()
      return ["attempts": .array(attempts), "keeper": .array(kept)]
    }
  }

  /// Again and again: most attacks end by a limit that they meet.
  private static func attack(_ boxes: Boxes, _ script: String) async {
    var attempt = Attempt(.process, creator: "attacker", "/bin/sh", ["-c", script])
    attempt.limits.memory = 256 << 20
    while !Task.isCancelled {
      do { _ = try await boxes.run(attempt) { _, _ in } } catch { return }
    }
  }

  /// Milliseconds of each turn but the first, which makes what is kept warm.
  private static func samples(
    for time: Duration, _ turn: @Sendable () async throws -> Void
  ) async throws -> [JSON] {
    try await turn()
    var samples: [JSON] = []
    let end = Instant.now().advanced(by: time)
    while Instant.now() < end {
      let start = Instant.now()
      try await turn()
      samples.append(.number(start.duration(to: .now()).inSeconds * 1000))
    }
    return samples
  }
}
