import Primitives
import Testing

@testable import IO

@Suite(.timeLimit(.minutes(5))) final class MemoryTransportTests: Sendable {
  let loop: EventLoop

  init() throws { loop = try EventLoop() }

  deinit { loop.stop() }

  @Test(arguments: [1, 2, 7, 4_096, 65_536], [1, 3, 1_000, Int.max])
  func `bytes cross both ways the same, at any capacity and split`(
    capacity: Int, readLimit: Int
  ) async throws {
    var random = SplitMix(seed: 5)
    let there = random.bytes(5_000)
    let back = random.bytes(5_000)
    try await loop.run {
      let (left, right) = MemoryTransport.pair(on: loop, capacity: capacity)
      (left.readLimit, right.readLimit) = (readLimit, readLimit)
      async let sentThere: Void = send(there, over: left)
      async let sentBack: Void = send(back, over: right)
      async let gotThere = readToEnd(right)
      async let gotBack = readToEnd(left)
      _ = try await (sentThere, sentBack)
      let isSame = try await gotThere == there
      let isSameBack = try await gotBack == back
      #expect(isSame)
      #expect(isSameBack)
    }
  }

  private func send(_ bytes: [UInt8], over transport: MemoryTransport) async throws {
    try await transport.write(bytes)
    try await transport.finish()
  }

  @Test func `it takes no more than its capacity`() async throws {
    try await loop.run {
      let (left, right) = MemoryTransport.pair(on: loop, capacity: 10)
      let taken = try [UInt8](repeating: 1, count: 30).withUnsafeBytes {
        [try left.offer($0), try left.offer($0)]
      }
      #expect(taken == [10, 0])
      async let writable: Void = left.writable()
      await loop.yieldTurn()
      let read = try await readExactly(10, from: right)
      #expect(read.count == 10)
      try await writable
    }
  }

  @Test func `closing ends whoever waits on either side`() async throws {
    try await loop.run {
      let (left, right) = MemoryTransport.pair(on: loop, capacity: 10)
      async let leftReading = failure { _ = try await left.read { _ in } }
      async let leftWriting = failure { try await left.write([UInt8](repeating: 0, count: 20)) }
      await loop.yieldTurn()
      left.close()
      left.close()
      let codes = await [leftReading, leftWriting]
      #expect(codes == [.closed, .closed])
      let sent = try await readToEnd(right)
      #expect(sent.count == 10)
      let write = await failure { try await right.write([1]) }
      #expect(write == .reset)
    }
  }

  @Test func `mebibytes one by one cost no more than their number`() async throws {
    try await loop.run {
      let (left, right) = MemoryTransport.pair(on: loop, capacity: 1 << 19)
      right.readLimit = 1
      async let sent: Void = send([UInt8](repeating: 1, count: 1 << 19), over: left)
      let start = processorTime()
      let received = try await readToEnd(right).count
      try await sent
      #expect(received == 1 << 19)
      #expect(processorTime() - start < .seconds(12))
    }
  }
}
