import IO
import Primitives
import Runtimes

/// One task in JavaScript, many times, through one warm box.
enum ScriptPart {
  static func run(_ arguments: inout PartArguments) async throws {
    let program = try arguments.text("the program of boxes")
    let folder = try arguments.text("a folder for boxes")
    let inputs = try arguments.text("the folder of the task")
    let task = try arguments.text("the name of the task")
    let rounds = try arguments.number("how many attempts to make")
    var settings = BoxSettings(folder: folder)
    settings.program = program
    settings.groups = ControlGroups.ofThisMachine().groups
    settings.allowsUngrouped = !settings.groups.canHold
    var attempt = Attempt(.script, creator: "benchmark", "/in/\(task)")
    attempt.folder = inputs
    let loops = try LoopGroup(count: 1)
    defer { loops.stop() }
    let boxes = Boxes(settings, on: loops)
    try await withThrowingTaskGroup(of: Void.self) { group in
      let stop = Gate()
      let serving = Gate()
      group.addTask {
        try await ComponentRunner([boxes], on: loops).run(until: stop, serving: { serving.open() })
      }
      await serving.wait()
      let result = await measured(boxes, attempt, rounds)
      stop.open()
      try await group.waitForAll()
      Parts.say(try result.get())
    }
  }

  /// Milliseconds of each attempt after the first, and processor seconds of each.
  private static func measured(
    _ boxes: Boxes, _ attempt: Attempt, _ rounds: Int
  ) async -> Result<JSON, any Error> {
    var times: [JSON] = []
    var processor: [JSON] = []
    var output = ""
    do {
      for round in 0...rounds {
        let start = Instant.now()
        let result = try await boxes.run(attempt)
        let time = start.duration(to: .now())
        guard result.ending.isSuccess else { throw BenchError("a task ended: \(result.ending)") }
        output = String(decoding: result.output, as: UTF8.self)
        if round == 0 { continue }
        times.append(.number(time.inSeconds * 1000))
        processor.append(.number((result.usage.userTime + result.usage.systemTime).inSeconds))
      }
    } catch {
      return .failure(error)
    }
    return .success([
      "times": .array(times), "processor": .array(processor), "output": .string(output),
    ])
  }
}
