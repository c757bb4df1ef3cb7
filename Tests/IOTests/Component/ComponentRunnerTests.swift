import Primitives
import Testing

@testable import IO

/// A component that does what a test says, and writes down what happens to it.
private struct Part: Component {
  let name: String
  let history: Shared<[String]>
  let body: @Sendable (ComponentScope) async throws -> Void

  init(
    _ name: String, _ history: Shared<[String]>,
    _ body: @escaping @Sendable (ComponentScope) async throws -> Void = { scope in
      scope.started()
      await scope.stopRequested()
    }
  ) {
    self.name = name
    self.history = history
    self.body = body
  }

  func run(_ scope: ComponentScope) async throws {
    history.withLock { $0.append("+" + name) }
    defer { history.withLock { $0.append("-" + name) } }
    try await body(scope)
  }
}

private struct Broken: Error, Equatable { var part: String }

private func errorOf(_ body: () async throws -> Void) async -> (any Error)? {
  do {
    try await body()
    return nil
  } catch { return error }
}

@Suite(.timeLimit(.minutes(5))) final class ComponentRunnerTests: Sendable {
  private let loops: LoopGroup
  private let history = Shared<[String]>([])

  init() throws { loops = try LoopGroup(count: 1) }

  deinit { loops.stop() }

  private var past: [String] { history.withLock { $0 } }

  private func runner(
    _ parts: [Part], stopDeadline: Duration = .seconds(30)
  ) -> ComponentRunner {
    var limits = ComponentRunner.Limits()
    limits.stopDeadline = stopDeadline
    return ComponentRunner(parts, on: loops, limits: limits)
  }

  @Test func `parts start in order, serve, and stop in reverse`() async throws {
    let parts = ["a", "b", "c"].map { Part($0, history) }
    let stop = Gate()
    let served = Shared<[String]>([])
    try await runner(parts).run(until: stop) { [history] in
      served.withLock { [past = history.withLock { $0 }] in $0 = past }
      stop.open()
    }
    #expect(served.withLock { $0 } == ["+a", "+b", "+c"])
    #expect(past == ["+a", "+b", "+c", "-c", "-b", "-a"])
  }

  @Test func `a part starts only once the one before serves`() async throws {
    let stop = Gate()
    let loop = loops.loops[0]
    let slow = Part("slow", history) { [history] scope in
      for _ in 0..<20 { await loop.yieldTurn() }
      history.withLock { $0.append("serving") }
      scope.started()
      await scope.stopRequested()
    }
    try await runner([slow, Part("next", history)]).run(until: stop) { stop.open() }
    #expect(past == ["+slow", "serving", "+next", "-next", "-slow"])
  }

  @Test func `a part that fails to start stops those before it, and its error is thrown`() async {
    let bad = Part("bad", history) { _ in throw Broken(part: "bad") }
    let served = Trace()
    let error = await errorOf {
      try await runner([Part("a", history), bad, Part("never", history)])
        .run(until: Gate()) { served.add(1) }
    }
    #expect(error as? Broken == Broken(part: "bad"))
    #expect(past == ["+a", "+bad", "-bad", "-a"])
    #expect(served.all.isEmpty)
  }

  @Test func `a part that fails while it runs stops the others, and its error is thrown`() async {
    let fail = Gate()
    let bad = Part("bad", history) { scope in
      scope.started()
      await fail.wait()
      throw Broken(part: "bad")
    }
    let error = await errorOf {
      try await runner([Part("a", history), bad, Part("c", history)])
        .run(until: Gate()) { fail.open() }
    }
    #expect(error as? Broken == Broken(part: "bad"))
    #expect(past == ["+a", "+bad", "+c", "-bad", "-c", "-a"])
  }

  @Test func `a part that fails while a later one is still starting ends the start`() async {
    let begun = Gate()
    let bad = Part("bad", history) { scope in
      scope.started()
      await begun.wait()
      throw Broken(part: "bad")
    }
    let waiting = Part("waiting", history) { scope in
      begun.open()
      await scope.stopRequested()
    }
    let error = await errorOf {
      try await runner([bad, waiting]).run(until: Gate())
    }
    #expect(error as? Broken == Broken(part: "bad"))
    #expect(past == ["+bad", "+waiting", "-bad", "-waiting"])
  }

  @Test func `a part that ends by itself stops the others and is named`() async {
    let brief = Part("brief", history) { $0.started() }
    let error = await errorOf {
      try await runner([Part("a", history), brief]).run(until: Gate())
    }
    #expect((error as? SystemError)?.message.contains("brief") == true)
    #expect(past == ["+a", "+brief", "-brief", "-a"])
  }

  @Test func `asked to stop while a part is still starting, it stops what there is`() async throws {
    let stop = Gate()
    let served = Trace()
    let starting = Part("starting", history) { scope in
      stop.open()
      await scope.stopRequested()
    }
    try await runner([Part("a", history), starting, Part("never", history)])
      .run(until: stop) { served.add(1) }
    #expect(past == ["+a", "+starting", "-starting", "-a"])
    #expect(served.all.isEmpty)
  }

  @Test func `asked to stop before the start, nothing serves`() async throws {
    let stop = Gate()
    stop.open()
    let served = Trace()
    try await runner([Part("a", history), Part("b", history)])
      .run(until: stop) { served.add(1) }
    #expect(served.all.isEmpty)
    #expect(past == past.filter { $0.hasSuffix("a") })
  }

  @Test func `a part that does not stop in time is cancelled, after all were asked`() async throws {
    let stop = Gate()
    let deaf = Part("deaf", history) { [history] scope in
      scope.started()
      await Gate().wait()
      history.withLock { $0.append(scope.isStopping ? "asked" : "not asked") }
      #expect(Task.isCancelled)
    }
    try await runner(
      [Part("a", history), deaf, Part("c", history)], stopDeadline: .milliseconds(20)
    )
    .run(until: stop) { stop.open() }
    #expect(past.prefix(4) == ["+a", "+deaf", "+c", "-c"])
    #expect(Set(past[4...]) == ["-a", "asked", "-deaf"])
  }

  @Test func `an error while stopping is thrown, that of being cancelled is not`() async throws {
    let stop = Gate()
    let bad = Part("bad", history) { scope in
      scope.started()
      await scope.stopRequested()
      throw Broken(part: "bad")
    }
    let error = await errorOf {
      try await runner([Part("a", history), bad]).run(until: stop) { stop.open() }
    }
    #expect(error as? Broken == Broken(part: "bad"))
    #expect(past == ["+a", "+bad", "-bad", "-a"])
    let again = Gate()
    let deaf = Part("deaf", history) { scope in
      scope.started()
      await Gate().wait()
      throw CancellationError()
    }
    try await runner([deaf], stopDeadline: .milliseconds(1)).run(until: again) { again.open() }
  }

  @Test func `cancelled from outside, everything ends and no other part starts`() async throws {
    let runner = runner([
      Part("a", history), Part("starting", history) { await $0.stopRequested() },
      Part("never", history),
    ])
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await runner.run(until: Gate()) }
      while past.count < 2 { await Task.yield() }
      group.cancelAll()
      try await group.waitForAll()
    }
    #expect(!past.contains("+never"))
    #expect(Set(past) == ["+a", "+starting", "-starting", "-a"])
  }

  @Test func `parts run on the group's first loop`() async throws {
    let stop = Gate()
    let loop = loops.loops[0]
    let part = Part("a", history) { scope in
      #expect(loop.isCurrent)
      scope.started()
      await scope.stopRequested()
      #expect(loop.isCurrent)
    }
    try await runner([part]).run(until: stop) { stop.open() }
  }

  @Test func `without parts it waits for the stop`() async throws {
    let stop = Gate()
    try await runner([]).run(until: stop) { stop.open() }
    #expect(past.isEmpty)
  }
}
