package import Calls
import Primitives
package import Runtimes

// Attempts and what became of them, as the node's service says it.

extension BoxesV1.RunRequest {
  /// `limits` are those that whoever asks has named.
  package init(_ attempt: Attempt, _ limits: Limits) {
    self.init()
    runtime = attempt.runtime.name
    program = attempt.program
    arguments = attempt.arguments
    environment = attempt.environment
    input = attempt.input
    file = attempt.file ?? ""
    folder = attempt.folder ?? ""
    results = attempt.results ?? ""
    seed = attempt.seed
    creator = attempt.creator
    graphics = attempt.graphics.map { wish in
      Graphics {
        $0.cards = UInt32(clamping: wish.cards)
        $0.share = UInt32(clamping: wish.share)
      }
    }
    self.limits = limits
  }

  /// What is not said is as `standard` has it.
  func attempt(_ standard: AttemptLimits) throws(RuntimeError) -> Attempt {
    guard let runtime = Runtime(name: runtime) else {
      throw RuntimeError(.refused, "the runtime is wasm, js, process or container")
    }
    let creator = creator.isEmpty ? SharingState.owner : creator
    guard creator.utf8.count <= SharingRules.Limits.creatorBytes else {
      throw RuntimeError(.refused, "a creator's name is at most 256 bytes long: shorten it")
    }
    var attempt = Attempt(runtime, creator: creator, program, arguments)
    attempt.environment = environment
    attempt.input = input
    attempt.file = try Self.path(file)
    attempt.folder = try Self.path(folder)
    attempt.results = try Self.path(results)
    attempt.seed = seed
    attempt.graphics = graphics.map { .init(cards: Int($0.cards), share: Int($0.share)) }
    attempt.limits = standard
    if let limits {
      if let time = limits.timeNanoseconds { attempt.limits.time = .nanoseconds(time) }
      if let memory = limits.memoryBytes { attempt.limits.memory = memory }
      if let bytes = limits.fileBytes { attempt.limits.fileBytes = bytes }
      if let processes = limits.processes { attempt.limits.processes = Int(processes) }
      if let bytes = limits.outputBytes { attempt.limits.outputBytes = bytes }
      if let steps = limits.steps { attempt.limits.steps = steps }
    }
    return attempt
  }

  private static func path(_ text: String) throws(RuntimeError) -> String? {
    if text.isEmpty { return nil }
    guard text.hasPrefix("/") else {
      throw RuntimeError(.refused, "the path \(text) is not absolute: say where it begins")
    }
    return text
  }
}

extension BoxesV1.RunReply.End {
  package init(_ result: AttemptResult) {
    self.init()
    (kind, status, code, text) = Self.words(result.ending)
    nanoseconds = result.usage.time.nanoseconds
    userNanoseconds = result.usage.userTime.nanoseconds
    systemNanoseconds = result.usage.systemTime.nanoseconds
    peakMemoryBytes = result.usage.peakMemory
    outputBytes = result.usage.outputBytes
    steps = result.usage.steps
    files = result.files.map { file in
      BoxesV1.RunReply.File {
        $0.path = file.path
        $0.size = file.size
        $0.isExecutable = file.isExecutable
      }
    }
  }

  private static func words(_ ending: Ending) -> (String, Int32, String, String) {
    switch ending {
    case .exited(let status): ("exited", status, "", "")
    case .signalled(let signal): ("signalled", signal, "", "")
    case .timedOut: ("timedOut", 0, "", "")
    case .outOfMemory: ("outOfMemory", 0, "", "")
    case .outputLimit: ("outputLimit", 0, "", "")
    case .trapped(let code, let text): ("trapped", 0, code, text)
    case .killed(let reason): ("killed", 0, "", reason)
    case .refused(let error): ("refused", 0, "", error.message)
    }
  }

  /// Output came before. A word that this program does not know is told as it is.
  package var result: AttemptResult {
    var result = AttemptResult(ending)
    result.usage.time = .nanoseconds(nanoseconds)
    result.usage.userTime = .nanoseconds(userNanoseconds)
    result.usage.systemTime = .nanoseconds(systemNanoseconds)
    result.usage.peakMemory = peakMemoryBytes
    result.usage.outputBytes = outputBytes
    result.usage.steps = steps
    result.files = files.map {
      AttemptResult.File(path: $0.path, size: $0.size, isExecutable: $0.isExecutable)
    }
    return result
  }

  private var ending: Ending {
    switch kind {
    case "exited": .exited(status: status)
    case "signalled": .signalled(status)
    case "timedOut": .timedOut
    case "outOfMemory": .outOfMemory
    case "outputLimit": .outputLimit
    case "trapped": .trapped(code: code, text: text)
    case "killed": .killed(reason: text)
    case "refused": .refused(RuntimeError(.refused, text))
    default: .killed(reason: "the node says \(kind): \(text)")
    }
  }
}

extension BoxesV1.Box {
  init(_ report: Boxes.Report, _ holding: Boxes.Holding) {
    self.init()
    name = report.name
    creator = report.creator
    runtime = report.runtime.name
    pid = report.process.map { UInt32(clamping: $0) } ?? 0
    sinceNanoseconds = report.since.nanoseconds
    attempts = UInt64(clamping: report.attempts)
    memoryBytes = holding.memory
    memoryLimitBytes = report.limits.memory
    processes = UInt32(clamping: holding.processes)
    processorNanoseconds = holding.time.nanoseconds
    work = report.work.map { work in
      BoxesV1.Box.Work {
        $0.program = work.program
        $0.sinceNanoseconds = work.since.nanoseconds
      }
    }
    layers = report.layers.map { layer in
      BoxesV1.Layer {
        $0.name = layer.layer.name
        $0.absence = layer.absence ?? ""
      }
    }
  }
}
