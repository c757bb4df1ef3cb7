import Apus
import IO
import Runtimes

/// Boxes of this command alone, beside those of a node on the same state folder.
struct LocalBoxes: Sendable {
  private let boxes: Boxes
  private let loops: LoopGroup

  init(_ ground: BoxGround, for runtime: Runtime) async throws {
    loops = try LoopGroup(count: 1)
    boxes = try await ground.localBoxes(for: runtime, on: loops)
  }

  /// For as long as `body` runs.
  func serving<Value: Sendable>(
    _ body: @Sendable (Boxes) async throws -> Value
  ) async throws -> Value {
    defer { loops.stop() }
    return try await boxes.serving { [boxes] in try await body(boxes) }
  }
}
