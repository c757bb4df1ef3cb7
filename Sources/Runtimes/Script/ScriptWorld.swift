import CScript
import Glibc
import Primitives

/// Everything that one script meets: a machine of the engine's of its own, with one global object,
/// timers, time and randomness. Made for one attempt and gone with it, so nothing of one attempt is
/// there for the next. Confined to the thread that made it.
final class ScriptWorld {
  /// What ends a script from outside of it.
  enum Stop {
    case outputLimit
    case failed(RuntimeError)
  }

  /// Takes what the script gives; false when that was too much.
  typealias Writer = (BoxStream, [UInt8]) throws(RuntimeError) -> Bool

  let library: ScriptLibrary
  let context: JSContextRef
  let inputs: ScriptInputs
  var clock: WasiWorld
  var timers = ScriptTimers()
  /// The bytes it gave at the end.
  var result: [UInt8]?
  var trap: ScriptTrap?
  private(set) var stop: Stop?
  private let group: JSContextGroupRef
  private let name: JSStringRef
  private let writer: Writer
  /// The functions of the prelude.
  private var prelude: JSValueRef?

  /// The world of a thread, for the function that the engine calls.
  private static let key: pthread_key_t = {
    var key = pthread_key_t()
    pthread_key_create(&key, nil)
    return key
  }()

  static var current: ScriptWorld? {
    pthread_getspecific(key).map { Unmanaged.fromOpaque($0).takeUnretainedValue() }
  }

  init(
    _ library: ScriptLibrary, name: String, inputs: ScriptInputs, seed: UInt64?,
    writer: @escaping Writer
  ) throws(RuntimeError) {
    let call = library.call
    guard let group = call.JSContextGroupCreate() else { throw Self.none("machine") }
    // Far away; but only a machine that has a limit can be stopped when it runs.
    call.JSContextGroupSetExecutionTimeLimit(group, 1e9, { _, _ in true }, nil)
    guard let context = call.JSGlobalContextCreateInGroup(group, nil),
      let name = call.JSStringCreateWithUTF8CString(name)
    else {
      call.JSContextGroupRelease(group)
      throw Self.none("global object")
    }
    // Else each exception that reaches us costs a millisecond, for names of the engine's functions.
    call.JSGlobalContextSetIncludesNativeCallStackWhenReportingExceptions(context, false)
    self.library = library
    self.group = group
    self.context = context
    self.name = name
    self.inputs = inputs
    self.writer = writer
    clock = WasiWorld(seed: seed)
    pthread_setspecific(Self.key, Unmanaged.passUnretained(self).toOpaque())
    do throws(ScriptTrap) {
      try prepare(isSeeded: seed != nil)
    } catch {
      throw RuntimeError(.failed, "the engine of js does not run what it must: \(error.text)")
    }
  }

  deinit {
    pthread_setspecific(Self.key, nil)
    library.call.JSStringRelease(name)
    library.call.JSGlobalContextRelease(context)
    library.call.JSContextGroupRelease(group)
  }

  private static func none(_ what: String) -> RuntimeError {
    RuntimeError(.failed, "the engine of js gave no \(what)")
  }

  // MARK: Running

  /// Runs the source to the end of its jobs and timers; a module's too, which may have given its
  /// result before.
  func run(_ source: [UInt8], _ attempt: BoxAttempt) throws(RuntimeError) -> Ending {
    do throws(ScriptTrap) {
      let source = try ScriptSource(source) { check($0) }
      let given = try perform("task", [data(attempt.input), bytes(attempt.input), about(attempt)])
      if source.isModule {
        let body = try evaluate(source.text)
        try perform("start", [body, given])
        try turn()
      } else {
        try perform("publish", [given])
        try evaluate(source.text)
        try turn()
        try perform("finish", [evaluate("taskResult")])
      }
      if result == nil && trap == nil {
        throw ScriptTrap(
          .unsettled, "the promise of the task was never settled: what it waits for cannot happen")
      }
    } catch {
      if trap == nil { trap = error }
    }
    switch stop {
    case .failed(let error)?: throw error
    case .outputLimit?: return .outputLimit
    case nil: break
    }
    if let trap { return trap.ending }
    return try writer(.output, result ?? []) ? .exited(status: 0) : .outputLimit
  }

  /// Lets timers fire until there are none. Jobs are done whenever the engine returns.
  private func turn() throws(ScriptTrap) {
    while trap == nil, stop == nil, let next = timers.next {
      let now = clock.time(.monotonic)
      if next > now { clock.sleep(nanoseconds: next - now) }
      if let number = timers.takeDue(now: max(next, now)) {
        try perform("fire", [self.number(Double(number))])
      }
    }
  }

  /// Ends the script at once: no `catch` of its sees it. For functions that it called.
  func end(_ stop: Stop) {
    self.stop = self.stop ?? stop
    library.call.JSContextGroupSetExecutionTimeLimit(group, 0, { _, _ in true }, nil)
  }

  func write(_ stream: BoxStream, _ bytes: [UInt8]) {
    do throws(RuntimeError) {
      if stop == nil, try !writer(stream, bytes) { end(.outputLimit) }
    } catch {
      end(.failed(error))
    }
  }

  // MARK: The prelude

  private func prepare(isSeeded: Bool) throws(ScriptTrap) {
    let title = string("host")
    defer { library.call.JSStringRelease(title) }
    guard
      let host = library.call.JSObjectMakeFunctionWithCallback(
        context, title,
        { _, _, _, count, arguments, exception in
          ScriptWorld.current?.answer(
            UnsafeBufferPointer(start: arguments, count: count), exception)
        })
    else { throw ScriptTrap(.exception, "no function") }
    let function = try evaluate(ScriptPrelude.text, as: ScriptPrelude.name)
    let names = value(ScriptCall.allCases.map(\.rawValue).joined(separator: " "))
    let seeded = library.call.JSValueMakeBoolean(context, isSeeded)
    let prelude = try self.call(function, [host, names, seeded])
    library.call.JSValueProtect(context, prelude)
    self.prelude = prelude
    var exception: JSValueRef?
    library.call.JSGlobalContextSetUnhandledRejectionCallback(
      context, try property("reject", of: prelude), &exception)
    try check(exception)
  }

  @discardableResult
  private func perform(_ name: String, _ arguments: [JSValueRef?]) throws(ScriptTrap) -> JSValueRef?
  {
    try call(try property(name, of: prelude), arguments)
  }

  /// What the script finds as `task`, for the prelude to build.
  private func about(_ attempt: BoxAttempt) -> JSValueRef? {
    var members: JSONObject = ["arguments": .array(attempt.arguments.map { .string($0) })]
    let variables = attempt.environment.sorted { $0.key < $1.key }
    _ = members.insert(
      .object(JSONObject(uniqueNames: variables.map { ($0.key, .string($0.value)) })),
      for: "environment")
    return value(JSON.object(members).text)
  }

  /// The input as JSON, where it is that; else undefined.
  private func data(_ input: [UInt8]) -> JSValueRef? {
    guard let text = String(validating: input, as: UTF8.self) else { return nil }
    let string = string(text)
    defer { library.call.JSStringRelease(string) }
    return library.call.JSValueMakeFromJSONString(context, string)
  }

  // MARK: Evaluating

  private func check(_ text: String) -> ScriptSource.Problem? {
    let string = string(text)
    defer { library.call.JSStringRelease(string) }
    var exception: JSValueRef?
    if library.call.JSCheckScriptSyntax(context, string, name, 1, &exception) { return nil }
    do throws(ScriptTrap) {
      let line = Int(exactly: number(try property("line", of: exception))) ?? 1
      return ScriptSource.Problem(line: line, text: try self.text(exception))
    } catch {
      // The engine made this error just now, and no script has seen it.
      return ScriptSource.Problem(line: 1, text: error.text)
    }
  }

  @discardableResult
  private func evaluate(_ text: String, as title: String? = nil) throws(ScriptTrap) -> JSValueRef? {
    let string = string(text)
    let title = title.map { self.string($0) }
    defer {
      library.call.JSStringRelease(string)
      if let title { library.call.JSStringRelease(title) }
    }
    var exception: JSValueRef?
    let value = library.call.JSEvaluateScript(context, string, nil, title ?? name, 1, &exception)
    try check(exception)
    return value
  }

  private func call(
    _ function: JSValueRef?, _ arguments: [JSValueRef?]
  ) throws(ScriptTrap) -> JSValueRef? {
    var exception: JSValueRef?
    let undefined = library.call.JSValueMakeUndefined(context)
    let arguments = arguments.map { $0 ?? undefined }
    let value = library.call.JSObjectCallAsFunction(
      context, function, nil, arguments.count, arguments, &exception)
    try check(exception)
    return value
  }

  /// Throws what the script threw, in the words of the prelude.
  private func check(_ exception: JSValueRef?) throws(ScriptTrap) {
    guard let exception else { return }
    guard stop == nil, let prelude else { throw ScriptTrap(.exception, "it was stopped") }
    let describe = try property("describe", of: prelude)
    var another: JSValueRef?
    let told = library.call.JSObjectCallAsFunction(
      context, describe, nil, 1, [exception], &another)
    if another != nil { throw ScriptTrap(.exception, "an exception that cannot be told") }
    throw ScriptTrap(.exception, try text(told))
  }
}
