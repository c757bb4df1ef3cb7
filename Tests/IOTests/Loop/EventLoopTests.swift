import Glibc
import Primitives
import Testing

@testable import IO

@Suite(.timeLimit(.minutes(5))) final class EventLoopTests: Sendable {
  let loop: EventLoop

  init() throws { loop = try EventLoop() }

  deinit { loop.stop() }

  @Test func `bodies from many threads all run, on the loop`() async throws {
    let ran = Trace()
    let done = Gate()
    await withTaskGroup(of: Void.self) { group in
      for thread in 0..<8 {
        group.addTask { [loop] in
          for index in 0..<500 {
            loop.execute {
              loop.checkIsCurrent("a body")
              ran.add(thread * 500 + index)
              if ran.all.count == 4_000 { done.open() }
            }
          }
        }
      }
    }
    await done.wait()
    #expect(Set(ran.all) == Set(0..<4_000))
  }

  @Test func `a body from the loop itself runs at once`() async {
    await loop.run {
      let ran = Trace()
      loop.execute { ran.add(1) }
      #expect(ran.all == [1])
    }
  }

  @Test func `a task that prefers the loop stays there whatever it waits for`() async throws {
    let other = try EventLoop()
    defer { other.stop() }
    await loop.run {
      #expect(loop.isCurrent)
      await Task.yield()
      #expect(loop.isCurrent)
      await other.run {
        #expect(other.isCurrent)
        await Task.yield()
        #expect(other.isCurrent)
      }
      #expect(loop.isCurrent)
      async let child = loop.isCurrent
      #expect(await child)
      let gate = Gate()
      other.execute { gate.open() }
      await gate.wait()
      #expect(loop.isCurrent)
      await Elsewhere().visit()
      #expect(loop.isCurrent)
    }
  }

  private actor Elsewhere {
    func visit() async { await Task.yield() }
  }

  @Test func `the current loop is known on its thread and nowhere else`() async {
    #expect(EventLoop.current == nil)
    await loop.run { #expect(EventLoop.current === loop) }
  }

  @Test func `turns run jobs, then their end, then what was put off`() async {
    await loop.run {
      let order = Trace()
      let done = Gate()
      loop.onNextTurn {
        order.add(3)
        done.open()
      }
      loop.onTurnEnd { order.add(2) }
      async let job: Void = order.add(1)
      await job
      await done.wait()
      #expect(order.all == [1, 2, 3])
    }
  }

  @Test func `tasks that yield turns take turns`() async {
    await loop.run {
      let order = Trace()
      await withTaskGroup(of: Void.self) { group in
        for number in 0..<3 {
          group.addTask { [loop] in
            for _ in 0..<3 {
              order.add(number)
              await loop.yieldTurn()
            }
          }
        }
      }
      #expect(order.all == [0, 1, 2, 0, 1, 2, 0, 1, 2])
    }
  }

  @Test func `jobs that wake each other for ever do not keep timers from running`() async {
    await loop.run {
      let stop = Gate()
      loop.schedule(after: .milliseconds(5)) { stop.open() }
      var rounds = 0
      while !stop.isOpen {
        await Task.yield()
        rounds += 1
      }
      #expect(rounds > 1)
    }
  }

  @Test func `timers that set themselves again in the past do not keep jobs from running`() async {
    await loop.run {
      let isOver = Gate()
      again(until: isOver)
      await loop.yieldTurn()
      await Task.yield()
      isOver.open()
      await loop.yieldTurn()
      #expect(loop.isCurrent)
    }
  }

  private func again(until gate: Gate) {
    loop.schedule(at: Instant(nanoseconds: 0)) { [self] in
      if !gate.isOpen { again(until: gate) }
    }
  }

  @Test func `a timer runs once its time has come and not before`() async throws {
    let time = Locked(Instant(nanoseconds: 1_000_000_000))
    let loop = try EventLoop(clock: { time.withLock { $0 } })
    defer { loop.stop() }
    await loop.run {
      let ran = Trace()
      loop.schedule(after: .milliseconds(20)) { ran.add(1) }
      loop.schedule(after: .milliseconds(30)) { ran.add(2) }
      time.withLock { $0 = $0.advanced(by: .nanoseconds(19_999_999)) }
      for _ in 0..<10 { await loop.yieldTurn() }
      #expect(ran.all == [])
      time.withLock { $0 = $0.advanced(by: .nanoseconds(1)) }
      while ran.all.isEmpty { await loop.yieldTurn() }
      #expect(ran.all == [1])
    }
  }

  @Test func `a cancelled sleep ends at once and says so`() async {
    await loop.run {
      let error = await withTaskGroup(of: SystemError?.self) { group in
        group.addTask { [loop] in
          do throws(SystemError) {
            try await loop.sleep(for: .seconds(3_600))
            return nil
          } catch { return error }
        }
        await loop.yieldTurn()
        group.cancelAll()
        return await group.next()
      }
      #expect(error??.code == .cancelled)
    }
  }

  @Test func `a sleep in a cancelled task does not begin`() async {
    await loop.run {
      let error = await withTaskGroup(of: SystemError?.self) { group in
        group.cancelAll()
        group.addTask { [loop] in
          do throws(SystemError) {
            try await loop.sleep(until: .distantFuture)
            return nil
          } catch { return error }
        }
        return await group.next()
      }
      #expect(error??.code == .cancelled)
    }
  }

  @Test func `scratch buffers nest without sharing bytes`() async {
    await loop.run {
      loop.withScratch { outer in
        outer[0] = 1
        loop.withScratch { inner in
          #expect(inner.baseAddress != outer.baseAddress)
          inner[0] = 2
        }
        #expect(outer[0] == 1)
        #expect(Int(bitPattern: outer.baseAddress) % 4096 == 0)
      }
    }
  }

  @Test func `a stopped loop is freed with its descriptors and all it kept`() async throws {
    weak var freed: EventLoop?
    weak var kept: Trace?
    try await {
      let loop = try EventLoop()
      freed = loop
      await loop.run {
        let trace = Trace()
        kept = trace
        loop.schedule(after: .seconds(3_600)) { trace.add(1) }
      }
      loop.stop()
    }()
    while freed != nil { await Task.yield() }
    #expect(kept == nil)
  }

  @Test func `a loop that stops wakes who sleeps on it and says why`() async throws {
    let loop = try EventLoop()
    let errors = Shared<[SystemError.Code]>([])
    let sleepers = Shared(0)
    await withTaskGroup(of: Void.self) { group in
      for index in 0..<10 {
        group.addTask {
          await loop.run {
            sleepers.withLock { $0 += 1 }
            // The last one goes back to sleep and is told again, at once.
            for _ in 0..<(index == 9 ? 3 : 1) {
              do throws(SystemError) { try await loop.sleep(until: .distantFuture) } catch {
                errors.withLock { $0.append(error.code) }
              }
            }
          }
        }
      }
      // Whoever comes after the stop is not run any more.
      await loop.run { while sleepers.withLock({ $0 < 10 }) { await loop.yieldTurn() } }
      loop.stop()
      await group.waitForAll()
    }
    #expect(errors.withLock { $0 } == [SystemError.Code](repeating: .closed, count: 12))
  }

  @Test func `a task that yields for ever does not keep a loop from stopping`() async throws {
    weak var freed: EventLoop?
    try {
      let loop = try EventLoop()
      freed = loop
      loop.execute { [self, weak loop] in again(on: loop) }
      loop.stop()
    }()
    while freed != nil { await Task.yield() }
  }

  private func again(on loop: EventLoop?) {
    loop?.onNextTurn { [self, weak loop] in again(on: loop) }
  }

  @Test func `a stopped loop lets go of what still holds it`() async throws {
    weak var freed: EventLoop?
    try await {
      let loop = try EventLoop()
      freed = loop
      await loop.run {
        loop.schedule(after: .seconds(3_600)) { loop.stop() }
        loop.onNextTurn { [self] in again(holding: loop) }
      }
      loop.stop()
    }()
    while freed != nil { await Task.yield() }
  }

  private func again(holding loop: EventLoop) {
    loop.onNextTurn { [self] in again(holding: loop) }
  }

  @Test func `what was queued before the stop still runs`() async throws {
    for _ in 0..<50 {
      let loop = try EventLoop()
      let ran = Trace()
      let done = Gate()
      for index in 0..<20 {
        loop.execute {
          ran.add(index)
          if index == 19 { done.open() }
        }
      }
      loop.stop()
      await done.wait()
      #expect(ran.all == Array(0..<20))
    }
  }

  @Test func `a group hands its loops out in turn`() throws {
    let group = try LoopGroup(count: 3)
    defer { group.stop() }
    let taken = (0..<6).map { _ in group.next() }
    #expect(
      taken.map { ObjectIdentifier($0) } == (group.loops + group.loops).map { ObjectIdentifier($0) }
    )
    #expect(LoopGroup.coreCount >= 1)
  }
}
