import Calls
import Primitives

/// Tells other nodes how busy this one is.
struct LoadService: TableV1.LoadsService {
  let load: @Sendable () -> LoadReport

  func now(
    _ request: TableV1.LoadRequest, _ context: CallContext
  ) async throws -> TableV1.Load {
    let load = load()
    return TableV1.Load {
      $0.processor = load.processor
      $0.freeMemoryBytes = load.freeMemoryBytes
      $0.freeDiskBytes = load.freeDiskBytes
      $0.runningTasks = UInt32(clamping: load.runningTasks)
    }
  }
}

extension LoadReport {
  init(askedOf peer: any Caller) async throws {
    let load = try await TableV1.LoadsClient(peer).now(
      TableV1.LoadRequest(), options: CallOptions(timeout: .seconds(5)))
    guard load.processor.isFinite, load.processor >= 0 else {
      throw NetworkError(.violation, "a node says that its load is \(load.processor)")
    }
    self.init(
      processor: load.processor, freeMemoryBytes: load.freeMemoryBytes,
      freeDiskBytes: load.freeDiskBytes, runningTasks: Int(load.runningTasks), at: .now())
  }
}
