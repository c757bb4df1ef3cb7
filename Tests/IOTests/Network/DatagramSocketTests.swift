import Glibc
import Primitives
import Testing

@testable import IO

@Suite(.timeLimit(.minutes(5))) final class DatagramSocketTests: Sendable {
  let loop: EventLoop

  init() throws { loop = try EventLoop() }

  deinit { loop.stop() }

  private func withSockets(
    _ body: (DatagramSocket, DatagramSocket) async throws -> Void
  ) async throws {
    try await loop.run {
      let left = try DatagramSocket(bind: .loopback(port: 0), on: loop)
      let right = try DatagramSocket(bind: .loopback(port: 0), on: loop)
      defer {
        left.close()
        right.close()
      }
      try await body(left, right)
    }
  }

  private func receive(_ socket: DatagramSocket) async throws -> ([UInt8], SocketAddress) {
    var result: ([UInt8], SocketAddress) = ([], .loopback(port: 0))
    try await socket.receive { result = (Array($0), $1) }
    return result
  }

  @Test(arguments: [0, 1, 1_472, 65_507])
  func `a datagram arrives whole, with the address it came from`(size: Int) async throws {
    try await withSockets { left, right in
      let bytes = [UInt8](repeating: 3, count: size)
      let wasTaken = try left.send(bytes, to: right.local)
      #expect(wasTaken)
      let (received, from) = try await receive(right)
      #expect(received == bytes)
      #expect(from == left.local)
    }
  }

  @Test func `one that waits already is woken, and order holds on loopback`() async throws {
    try await withSockets { left, right in
      async let first = receive(right)
      await loop.yieldTurn()
      for number in 0..<50 { try left.send([UInt8(number)], to: right.local) }
      var numbers = [try await first.0]
      for _ in 1..<50 { numbers.append(try await receive(right).0) }
      #expect(numbers == (0..<50).map { [UInt8($0)] })
    }
  }

  @Test func `news that an earlier datagram met nobody breaks neither side`() async throws {
    try await withSockets { left, right in
      let gone = try DatagramSocket(bind: .loopback(port: 0), on: loop)
      let address = gone.local
      gone.close()
      for _ in 0..<3 { try left.send([1], to: address) }
      try right.send([2], to: left.local)
      let (received, _) = try await receive(left)
      #expect(received == [2])
    }
  }

  @Test func `too large a datagram is an error, a full queue is not`() async throws {
    try await withSockets { left, right in
      #expect(throws: SystemError.self) {
        try left.send([UInt8](repeating: 0, count: 70_000), to: right.local)
      }
      // The receiver's queue is bounded; what does not fit is dropped, as the network would.
      for _ in 0..<5_000 { try left.send([UInt8](repeating: 0, count: 1_000), to: right.local) }
      let (received, _) = try await receive(right)
      #expect(received.count == 1_000)
    }
  }

  @Test func `closing ends the wait and later calls`() async throws {
    try await withSockets { left, right in
      async let waiting = failure { try await left.receive { _, _ in } }
      await loop.yieldTurn()
      left.close()
      left.close()
      let code = await waiting
      #expect(code == .closed)
      let later = await failure { try left.send([1], to: right.local) }
      #expect(later == .closed)
    }
  }

  @Test func `a flood of datagrams leaves turns to others`() async throws {
    try await withSockets { left, right in
      let loop = loop
      let stop = Gate()
      async let echoing: Void = {
        // Each datagram begets the next: the socket is never empty.
        while !stop.isOpen {
          _ = try await receive(right)
          try left.send([1], to: right.local)
        }
      }()
      for _ in 0..<10 { try left.send([1], to: right.local) }
      for _ in 0..<100 { await loop.yieldTurn() }
      stop.open()
      try left.send([1], to: right.local)
      try await echoing
    }
  }

  @Test func `a taken port is refused and costs no descriptor`() async throws {
    try await withSockets { left, _ in
      let error = #expect(throws: SystemError.self) {
        _ = try DatagramSocket(bind: left.local, on: loop)
      }
      #expect(error?.code == .addressInUse)
    }
  }
}
