// The wire forms of what frames carry.

extension BoxPlan {
  func write(_ writer: inout BoxWriter) {
    writer.add(runtime.rawValue)
    for list in [binds, devices] {
      writer.add(list) { writer, bind in
        writer.add(bind.source)
        writer.add(bind.target)
        writer.add(bind.isOptional)
      }
    }
    writer.add(folder)
    writer.add(hidesMachine)
    writer.add(runsOwnFiles)
    limits.write(&writer)
    for set in [required, disabled] {
      writer.add(set.map(\.rawValue).sorted()) { $0.add($1) }
    }
    writer.add(settings)
  }

  init(_ reader: inout BoxReader) throws(RuntimeError) {
    self.init(try Runtime(&reader))
    binds = try Self.binds(&reader)
    devices = try Self.binds(&reader)
    folder = try reader.text()
    hidesMachine = try reader.flag()
    runsOwnFiles = try reader.flag()
    limits = try AttemptLimits(&reader)
    required = try Self.layers(&reader)
    disabled = try Self.layers(&reader)
    settings = try reader.pairs()
  }

  private static func binds(_ reader: inout BoxReader) throws(RuntimeError) -> [Bind] {
    try reader.list { (reader) throws(RuntimeError) in
      Bind(try reader.text(), at: try reader.text(), isOptional: try reader.flag())
    }
  }

  private static func layers(_ reader: inout BoxReader) throws(RuntimeError) -> Set<Layer> {
    Set(
      try reader.list { (reader) throws(RuntimeError) in
        guard let layer = Layer(rawValue: try reader.byte()) else { throw BoxReader.damaged }
        return layer
      })
  }
}

extension Runtime {
  init(_ reader: inout BoxReader) throws(RuntimeError) {
    guard let runtime = Runtime(rawValue: try reader.byte()) else { throw BoxReader.damaged }
    self = runtime
  }
}

extension BoxAttempt {
  /// Without `descriptors`, which travel beside it, and `input`, which went before.
  func write(_ writer: inout BoxWriter) {
    writer.add(verb.rawValue)
    writer.add(program)
    writer.add(arguments) { $0.add($1) }
    writer.add(environment)
    limits.write(&writer)
    writer.add(seed) { $0.add($1) }
    writer.add(isMetered)
  }

  init(_ reader: inout BoxReader) throws(RuntimeError) {
    guard let verb = Verb(rawValue: try reader.byte()) else { throw BoxReader.damaged }
    self.init(try reader.text())
    self.verb = verb
    arguments = try reader.list { (reader) throws(RuntimeError) in try reader.text() }
    environment = try reader.pairs()
    limits = try AttemptLimits(&reader)
    seed = try reader.optional { (reader) throws(RuntimeError) in try reader.long() }
    isMetered = try reader.flag()
  }
}

extension AttemptLimits {
  func write(_ writer: inout BoxWriter) {
    writer.add(time)
    writer.add(memory)
    writer.add(processes)
    writer.add(fileBytes)
    writer.add(files)
    writer.add(outputBytes)
    writer.add(descriptors)
    writer.add(steps) { $0.add($1) }
  }

  init(_ reader: inout BoxReader) throws(RuntimeError) {
    time = try reader.duration()
    memory = try reader.signedLong()
    processes = try reader.number()
    fileBytes = try reader.signedLong()
    files = try reader.number()
    outputBytes = try reader.signedLong()
    descriptors = try reader.number()
    steps = try reader.optional { (reader) throws(RuntimeError) in try reader.long() }
    try check()
  }
}

extension Usage {
  func write(_ writer: inout BoxWriter) {
    for duration in [time, userTime, systemTime] { writer.add(duration) }
    writer.add(peakMemory) { $0.add($1) }
    writer.add(outputBytes)
    writer.add(steps) { $0.add($1) }
  }

  init(_ reader: inout BoxReader) throws(RuntimeError) {
    time = try reader.duration()
    userTime = try reader.duration()
    systemTime = try reader.duration()
    peakMemory = try reader.optional { (reader) throws(RuntimeError) in try reader.signedLong() }
    outputBytes = try reader.signedLong()
    steps = try reader.optional { (reader) throws(RuntimeError) in try reader.long() }
  }
}

extension RuntimeError {
  func write(_ writer: inout BoxWriter) {
    writer.add(code.rawValue)
    writer.add(message)
  }

  init(_ reader: inout BoxReader) throws(RuntimeError) {
    guard let code = Code(rawValue: try reader.byte()) else { throw BoxReader.damaged }
    self.init(code, try reader.text())
  }
}

extension Ending {
  private enum Kind: UInt8 {
    case exited = 1
    case signalled, timedOut, outOfMemory, outputLimit, trapped, killed, refused
  }

  func write(_ writer: inout BoxWriter) {
    func begin(_ kind: Kind) { writer.add(kind.rawValue) }
    switch self {
    case .exited(let status):
      begin(.exited)
      writer.add(status)
    case .signalled(let number):
      begin(.signalled)
      writer.add(number)
    case .timedOut: begin(.timedOut)
    case .outOfMemory: begin(.outOfMemory)
    case .outputLimit: begin(.outputLimit)
    case .trapped(let code, let text):
      begin(.trapped)
      writer.add(code)
      writer.add(text)
    case .killed(let reason):
      begin(.killed)
      writer.add(reason)
    case .refused(let error):
      begin(.refused)
      error.write(&writer)
    }
  }

  init(_ reader: inout BoxReader) throws(RuntimeError) {
    guard let kind = Kind(rawValue: try reader.byte()) else { throw BoxReader.damaged }
    self =
      switch kind {
      case .exited: .exited(status: try reader.signedWord())
      case .signalled: .signalled(try Self.signal(&reader))
      case .timedOut: .timedOut
      case .outOfMemory: .outOfMemory
      case .outputLimit: .outputLimit
      case .trapped: .trapped(code: try reader.text(), text: try reader.text())
      case .killed: .killed(reason: try reader.text())
      case .refused: .refused(try RuntimeError(&reader))
      }
  }

  private static func signal(_ reader: inout BoxReader) throws(RuntimeError) -> Int32 {
    let signal = try reader.signedWord()
    guard (1...64).contains(signal) else { throw BoxReader.damaged }
    return signal
  }
}
