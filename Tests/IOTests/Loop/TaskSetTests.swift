import Primitives
import Testing

@testable import IO

@Suite(.timeLimit(.minutes(5))) final class TaskSetTests: Sendable {
  let loop: EventLoop

  init() throws { loop = try EventLoop() }

  deinit { loop.stop() }

  @Test func `what ends without waiting leaves nothing behind`() async {
    await loop.run {
      let tasks = TaskSet(on: loop)
      let ran = Trace()
      let number = tasks.start { ran.add(1) }
      #expect(number == nil)
      #expect(ran.all == [1])
      #expect(tasks.count == 0)
      await tasks.waitForAll()
    }
  }

  @Test func `what waits goes on on the loop and is counted until it ends`() async {
    await loop.run {
      let tasks = TaskSet(on: loop)
      let gate = Gate()
      let ran = Trace()
      let number = tasks.start { [loop] in
        await gate.wait()
        loop.checkIsCurrent("the rest of the body")
        ran.add(1)
      }
      #expect(number != nil)
      #expect(tasks.count == 1)
      gate.open()
      await tasks.waitForAll()
      #expect(ran.all == [1])
      #expect(tasks.count == 0)
    }
  }

  @Test func `one is cancelled and the others are not`() async {
    await loop.run {
      let tasks = TaskSet(on: loop)
      let gate = Gate()
      let cancelled = Trace()
      let numbers = (0..<3).map { index in
        tasks.start {
          await gate.wait()
          if Task.isCancelled { cancelled.add(index) }
        }
      }
      tasks.cancel(numbers[1] ?? 99)
      tasks.cancel(12_345)
      while tasks.count > 2 { await loop.yieldTurn() }
      #expect(cancelled.all == [1])
      gate.open()
      await tasks.waitForAll()
      #expect(cancelled.all == [1])
    }
  }

  @Test func `all are cancelled, and everybody who waits for the end hears of it`() async {
    await loop.run {
      let tasks = TaskSet(on: loop)
      for _ in 0..<5 { tasks.start { await Gate().wait() } }
      async let first: Void = tasks.waitForAll()
      async let second: Void = tasks.waitForAll()
      await loop.yieldTurn()
      tasks.cancelAll()
      await first
      await second
      #expect(tasks.count == 0)
    }
  }

  @Test func `a task may start others while it runs and while it ends`() async {
    await loop.run {
      let tasks = TaskSet(on: loop)
      let ran = Trace()
      tasks.start { [loop] in
        await loop.yieldTurn()
        tasks.start {
          await loop.yieldTurn()
          ran.add(2)
        }
        ran.add(1)
      }
      await tasks.waitForAll()
      #expect(ran.all == [1, 2])
    }
  }
}
