import Glibc
import Primitives
import Testing

@testable import IO

@Suite(.timeLimit(.minutes(5))) struct BlockingTests {
  private struct Refused: Error {}

  @Test func `results and errors come back, and the caller's loop goes on meanwhile`() async throws
  {
    let loop = try EventLoop()
    defer { loop.stop() }
    let pool = BlockingPool(name: "test")
    try await loop.run {
      let free = Gate()
      async let slow = pool.run {
        waitOnThread(free)
        return 7
      }
      await loop.yieldTurn()
      free.open()
      let result = try await slow
      #expect(result == 7)
      #expect(loop.isCurrent)
      await #expect(throws: Refused.self) { try await pool.run { throw Refused() } }
    }
  }

  @Test func `as many calls block at once as there are threads, and no more`() async throws {
    var limits = BlockingPool.Limits()
    limits.threads = 3
    let pool = BlockingPool(name: "test", limits: limits)
    let state = Shared((running: 0, most: 0))
    let three = Gate()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<30 {
        group.addTask {
          try await pool.run {
            let running = state.withLock {
              $0.running += 1
              $0.most = max($0.most, $0.running)
              return $0.running
            }
            if running == 3 { three.open() }
            waitOnThread(three)
            state.withLock { $0.running -= 1 }
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(state.withLock { $0.most } == 3)
  }

  /// Each pair needs two threads at once; a race that starts one too few hangs.
  @Test func `calls that wait for each other get a thread each`() async throws {
    for _ in 0..<200 {
      let pool = BlockingPool(name: "test")
      try await pool.run {}
      let gate = Gate()
      async let first: Void = pool.run { waitOnThread(gate) }
      async let second: Void = pool.run { gate.open() }
      _ = try await (first, second)
    }
  }

  @Test func `a worker runs what it gets in order, on one thread`() async throws {
    let worker = Worker(name: "test")
    let order = Trace()
    let threads = Shared<Set<UInt>>([])
    for index in 0..<1_000 {
      try worker.submit {
        order.add(index)
        threads.withLock { _ = $0.insert(UInt(pthread_self())) }
      }
    }
    #expect(try await worker.run { order.all.count } == 1_000)
    #expect(order.all == Array(0..<1_000))
    #expect(threads.withLock { $0.count } == 1)
  }

  @Test func `a batch holds what was queued meanwhile, up to its limit, in order`() async throws {
    let batches = Trace()
    let worker = Worker(name: "test", batchLimit: 8) { bodies in
      batches.add(bodies.count)
      for body in bodies { body() }
    }
    let free = Gate()
    let order = Trace()
    try worker.submit { waitOnThread(free) }
    for index in 0..<20 { try worker.submit { order.add(index) } }
    free.open()
    try await worker.run {}
    #expect(order.all == Array(0..<20))
    #expect(batches.all.allSatisfy { $0 <= 8 })
    #expect(batches.all.count <= 5)
    #expect(batches.all.reduce(0, +) == 22)
  }

  @Test func `a batch settles its callers after its own end`() async throws {
    let waiting = Shared<[@Sendable () -> Void]>([])
    let worker = Worker(name: "test", batchLimit: 100) { bodies in
      for body in bodies { body() }
      let settle = waiting.withLock { list in
        defer { list = [] }
        return list
      }
      for body in settle { body() }
    }
    let sum = try await withThrowingTaskGroup(of: Int.self) { group in
      for index in 0..<50 {
        group.addTask {
          try await worker.settle { report in
            waiting.withLock { $0.append { report(.success(index)) } }
          }
        }
      }
      return try await group.reduce(0, +)
    }
    #expect(sum == 49 * 50 / 2)
  }

  @Test func `a long queue does not cost its length per piece`() async throws {
    var limits = Worker.Limits()
    limits.waiting = 300_000
    let worker = Worker(name: "test", limits: limits)
    let free = Gate()
    let start = Shared(Duration.zero)
    try worker.submit {
      waitOnThread(free)
      start.withLock { $0 = processorTime() }
    }
    for _ in 0..<200_000 { try worker.submit {} }
    free.open()
    let end = try await worker.run { processorTime() }
    #expect(end - start.withLock { $0 } < .seconds(15))
  }

  @Test func `what is too much to wait is refused, and what waits still runs`() async throws {
    var limits = Worker.Limits()
    limits.waiting = 3
    let worker = Worker(name: "test", limits: limits)
    let (busy, free, order) = (Gate(), Gate(), Trace())
    try worker.submit {
      busy.open()
      waitOnThread(free)
    }
    await busy.wait()
    for index in 0..<3 { try worker.submit { order.add(index) } }
    let error = #expect(throws: SystemError.self) { try worker.submit { order.add(3) } }
    #expect(error?.code == .overloaded && error?.message.contains("try again") == true)
    await #expect(throws: SystemError.self) { try await worker.run { order.add(4) } }
    free.open()
    while order.all.count < 3 { await Task.yield() }
    try await worker.run { order.add(5) }
    #expect(order.all == [0, 1, 2, 5])
  }

  @Test func `a pool whose threads are all held refuses what is too much to wait`() async throws {
    var limits = BlockingPool.Limits()
    (limits.threads, limits.waiting) = (1, 2)
    let pool = BlockingPool(name: "test", limits: limits)
    let (busy, free) = (Gate(), Gate())
    try await withThrowingTaskGroup(of: Bool.self) { group in
      group.addTask {
        try await pool.run {
          busy.open()
          waitOnThread(free)
        }
        return true
      }
      await busy.wait()
      for _ in 0..<5 {
        group.addTask {
          do {
            try await pool.run {}
            return true
          } catch let error as SystemError where error.code == .overloaded { return false }
        }
      }
      // The three that do not fit come back while the thread is held.
      for _ in 0..<3 {
        let isDone = try await group.next()
        #expect(isDone == false)
      }
      free.open()
      for _ in 0..<3 {
        let isDone = try await group.next()
        #expect(isDone == true)
      }
    }
  }

  @Test func `a worker that is let go finishes its queue and ends its thread`() async throws {
    let order = Trace()
    let done = Gate()
    weak var held: Trace?
    do {
      let token = Trace()
      held = token
      let worker = Worker(name: "test", batchLimit: 1) { [token] bodies in
        token.add(1)
        for body in bodies { body() }
      }
      for index in 0..<10 { try worker.submit { order.add(index) } }
      try worker.submit { done.open() }
    }
    await done.wait()
    #expect(order.all == Array(0..<10))
    while held != nil { await Task.yield() }
  }
}

/// A thread that blocks, as a database or a resolver would.
private func waitOnThread(_ gate: Gate) {
  while !gate.isOpen { sched_yield() }
}
