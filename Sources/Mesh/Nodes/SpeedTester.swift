import IO
package import Primitives

/// Measures the bandwidth to other nodes, one at a time: two tests at once measure each other.
package final class SpeedTester: Sendable {
  private let view: any NetworkView
  private let tested = Locked<NodeID?>(nil)

  package init(_ view: any NetworkView) { self.view = view }

  /// The node table keeps the result.
  package func measure(
    _ peer: NodeID, limits: SpeedTest.Limits = .init(),
    _ report: (SpeedTest.Progress) async throws -> Void = { _ in }
  ) async throws -> SpeedTest.Result {
    try begin(peer)
    defer { tested.withLock { $0 = nil } }
    let test = SpeedTest(over: try view.caller(to: peer), limits: limits)
    let result = try await test.run(report)
    try view.withTable { $0.setBandwidth(result.bandwidth(at: .now()), to: peer) }
    view.tableChanges.announce()
    return result
  }

  private func begin(_ peer: NodeID) throws(NetworkError) {
    let other = tested.withLock { tested in
      if let tested { return tested as NodeID? }
      tested = peer
      return nil
    }
    guard let other else { return }
    throw NetworkError(
      .busy,
      "The bandwidth to \(other.short) is being measured; two tests at once would measure each "
        + "other. Try again in a few seconds.")
  }
}
