import Primitives

/// What concurrent parts of a test have seen.
final class Numbers: Sendable {
  private let numbers = Locked<[Int32]>([])

  func add(_ number: Int32) { numbers.withLock { $0.append(number) } }

  var all: [Int32] { numbers.withLock { $0 } }
}

/// For `async let`, which a macro cannot capture.
func outcome<Success: Sendable>(
  _ body: () async throws -> Success
) async -> Result<Success, any Error> {
  do { return .success(try await body()) } catch { return .failure(error) }
}
