import Calls
import Runtimes

extension Status {
  /// What a box could not do, as a caller is told.
  static func explaining<Value>(
    _ body: () async throws(RuntimeError) -> Value
  ) async throws(Status) -> Value {
    do throws(RuntimeError) {
      return try await body()
    } catch {
      let code: Status.Code =
        switch error.code {
        case .absent, .weak, .refused: .failedPrecondition
        case .damaged: .invalidArgument
        case .busy: .resourceExhausted
        case .lost: .aborted
        case .cancelled: .cancelled
        case .failed: .internal
        }
      throw Status(code, error.message)
    }
  }
}
