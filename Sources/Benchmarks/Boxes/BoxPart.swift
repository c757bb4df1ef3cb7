import IO
import Primitives
import Runtimes
import Security

/// Attempts in boxes of a keeper of its own, one measurement each.
enum BoxPart {
  static func run(_ arguments: inout PartArguments) async throws {
    let kind = try arguments.text("what to measure")
    let ground = try BoxGround(&arguments)
    let loops = try LoopGroup(count: 2)
    defer { loops.stop() }
    switch kind {
    case "warm": try await ground.warm(on: loops)
    case "rate": try await ground.rate(&arguments, on: loops)
    case "once": try await ground.once(on: loops)
    case "cold": try await ground.cold(on: loops)
    case "first": try await ground.first(&arguments, on: loops)
    default: throw BenchError("a box has no measurement \(kind)", isUsage: true)
    }
  }
}

/// What the measurements have in common.
private struct BoxGround {
  private let settings: BoxSettings
  private let folder: String
  private let attempt: Attempt
  private let rounds: Int
  private let library: String?
  private let key = SecretBytes(SecureRandom.bytes(32))

  /// Attempts that warm up.
  private static let unmeasured = 50

  init(_ arguments: inout PartArguments) throws {
    let program = try arguments.text("the program of boxes")
    folder = try arguments.text("a folder for boxes")
    let word = try arguments.text("a runtime")
    guard let runtime = Runtime(name: word) else { throw BenchError("there is no runtime \(word)") }
    let task = try arguments.text("the task")
    rounds = try arguments.number("how many attempts to make")
    var settings = BoxSettings(folder: "\(folder)/boxes")
    settings.program = program
    settings.groups = ControlGroups.ofThisMachine().groups
    settings.allowsUngrouped = !settings.groups.canHold
    self.settings = settings
    var attempt = Attempt(runtime, creator: "benchmark", task)
    if runtime == .wasm { attempt.file = task }
    self.attempt = attempt
    library = runtime == .wasm ? try WasmLibrary.find(program: Machine.program) : nil
  }

  private func boxes(
    _ limits: BoxShelf.Limits = BoxShelf.Limits(), on loops: LoopGroup
  ) throws -> Boxes {
    var cache: WasmCache?
    if attempt.runtime == .wasm {
      cache = try WasmCache(folder: "\(folder)/wasm", key: key, machine: .sha256(of: []))
    }
    guard let library else { return Boxes(settings, cache: cache, limits: limits, on: loops) }
    return Boxes(settings, cache: cache, limits: limits, on: loops, library: { library })
  }

  @discardableResult
  private static func time(_ attempt: Attempt, in boxes: Boxes) async throws -> Double {
    let start = Instant.now()
    let result = try await boxes.run(attempt)
    let time = start.duration(to: .now())
    guard result.ending.isSuccess else { throw BenchError("a task ended: \(result.ending)") }
    return time.inSeconds * 1000
  }

  private static func say(_ times: [Double], _ more: JSONObject = [:]) {
    var members = more
    _ = members.insert(.array(times.map { .number($0) }), for: "times")
    Parts.say(.object(members))
  }

  // MARK: - Measurements

  /// One after the other in one box, and what the box holds when it has nothing to do.
  func warm(on loops: LoopGroup) async throws {
    let boxes = try boxes(on: loops)
    try await boxes.serving {
      for _ in 0..<min(Self.unmeasured, rounds) { try await Self.time(attempt, in: boxes) }
      var times: [Double] = []
      for _ in 0..<rounds { times.append(try await Self.time(attempt, in: boxes)) }
      let held = try await boxes.measured()
      guard held.count == 1, let (report, holding) = held.first, let process = report.process else {
        throw BenchError("\(held.count) boxes are there and not one")
      }
      let resident = try Machine.residentBytes(of: process)
      Self.say(
        times, ["memory": .integer(holding.memory), "resident": .integer(Int64(resident))])
    }
  }

  /// In a box that has run it before.
  func once(on loops: LoopGroup) async throws {
    let boxes = try boxes(on: loops)
    try await boxes.serving {
      try await Self.time(attempt, in: boxes)
      let result = try await boxes.run(attempt)
      let processor = result.usage.userTime + result.usage.systemTime
      Parts.say([
        "processor": .number(processor.inSeconds),
        "output": .string(String(decoding: result.output, as: UTF8.self)),
      ])
    }
  }

  /// As many as some callers at once get done, and what it costs, the boxes' own time with it.
  func rate(_ arguments: inout PartArguments, on loops: LoopGroup) async throws {
    let callers: Int = try arguments.number("how many callers")
    let boxes = try boxes(on: loops)
    try await boxes.serving {
      try await Self.lanes(callers, attempt, Self.unmeasured, boxes)
      let before = Self.processorTime()
      let start = Instant.now()
      try await Self.lanes(callers, attempt, rounds / callers, boxes)
      let time = start.duration(to: .now())
      let spent = Self.processorTime() - before
      let count = Double(rounds / callers * callers)
      Parts.say([
        "rate": .number(count / time.inSeconds), "cost": .number(spent.inSeconds * 1e6 / count),
      ])
    }
  }

  private static func lanes(
    _ callers: Int, _ attempt: Attempt, _ count: Int, _ boxes: Boxes
  ) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<callers {
        group.addTask { for _ in 0..<count { try await Self.time(attempt, in: boxes) } }
      }
      try await group.waitForAll()
    }
  }

  /// Of this process, of the boxes and of what ended in them.
  private static func processorTime() -> Duration {
    let own = Machine.process
    return Machine.children(of: own).reduce(Machine.processorTime(ofTree: own)) {
      $0 + Machine.processorTime(ofEndedChildrenOf: $1)
    }
  }

  /// Each in a box that is made for it.
  func cold(on loops: LoopGroup) async throws {
    var limits = BoxShelf.Limits()
    limits.idle = 0
    let boxes = try boxes(limits, on: loops)
    try await boxes.serving {
      try await Self.time(attempt, in: boxes)
      var times: [Double] = []
      for _ in 0..<rounds {
        times.append(try await Self.time(attempt, in: boxes))
        try await waitForNone(on: loops.next())
      }
      Self.say(times)
    }
  }

  /// The end of one box is not the beginning of the next.
  private func waitForNone(on loop: EventLoop) async throws {
    try await loop.run {
      while try !FolderHandle(settings.folder).entries(limit: 10).isEmpty {
        try await loop.sleep(for: .milliseconds(1))
      }
    }
  }

  /// Modules that this node has compiled before and that a warm box has yet to meet.
  func first(_ arguments: inout PartArguments, on loops: LoopGroup) async throws {
    var attempts: [Attempt] = []
    while !arguments.isEmpty {
      var attempt = attempt
      attempt.file = try arguments.text("a module")
      attempts.append(attempt)
    }
    _ = try await times(of: attempts, on: loops)
    Self.say(Array(try await times(of: [attempt] + attempts, on: loops).dropFirst()))
  }

  /// One after the other, by boxes that are made for them.
  private func times(of attempts: [Attempt], on loops: LoopGroup) async throws -> [Double] {
    let boxes = try boxes(on: loops)
    let times = Locked<[Double]>([])
    try await boxes.serving {
      for attempt in attempts {
        let time = try await Self.time(attempt, in: boxes)
        times.withLock { $0.append(time) }
      }
    }
    return times.withLock { $0 }
  }
}
