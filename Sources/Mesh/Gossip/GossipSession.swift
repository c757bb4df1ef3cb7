import Calls
import IO
import Primitives

/// The stream with one peer. Guard: confined to the exchange's loop.
final class GossipSession: @unchecked Sendable {
  let peer: NodeID
  /// Whether this node opened it.
  let isMine: Bool
  private var outgoing: [TableV1.GossipFrame] = []
  private let changed = Broadcast()
  private var isClosing = false
  private let limit: Int
  private(set) var dropped = 0

  init(peer: NodeID, isMine: Bool, limit: Int) {
    self.peer = peer
    self.isMine = isMine
    self.limit = limit
  }

  /// What a slow peer has no room for is dropped: comparing tables mends it.
  func send(_ frame: TableV1.GossipFrame) {
    guard outgoing.count < limit, !isClosing else {
      dropped += 1
      return
    }
    outgoing.append(frame)
    changed.announce()
  }

  /// Ends the stream once all is sent.
  func close() {
    isClosing = true
    changed.announce()
  }

  /// Until it is closed or the task is cancelled.
  func writeAll(to stream: GossipStream) async throws {
    while !Task.isCancelled {
      let gate = changed.next()
      if outgoing.isEmpty {
        if isClosing { return }
        await gate.wait()
        continue
      }
      let batch = outgoing
      outgoing = []
      for frame in batch { try await stream.write(frame) }
    }
  }
}
