/// Where an engine writes what an attempt gives. Counts it, so that no engine has to.
struct BoxOutput {
  /// What an engine knows beyond what the box measures itself, such as steps.
  var usage = Usage()
  /// True once a write was cut short: the attempt must end, with `.outputLimit`.
  private(set) var isOverLimit = false

  private let limit: Int64
  private let piece = BoxFrame.Limits().pieceBytes
  private var written: [BoxStream: Int64] = [:]
  private let send: (BoxFrame) throws(RuntimeError) -> Void

  /// `send` may block. At most `limit` bytes go to each of output and errors.
  init(limit: Int64, send: @escaping (BoxFrame) throws(RuntimeError) -> Void) {
    self.limit = limit
    self.send = send
  }

  /// False when there was no room for all of it: what fits is sent, the attempt must end.
  @discardableResult
  mutating func write(
    _ stream: BoxStream, _ bytes: UnsafeRawBufferPointer
  ) throws(RuntimeError) -> Bool {
    var rest = bytes
    if stream == .output || stream == .errors {
      let room = limit - written[stream, default: 0]
      if Int64(rest.count) > room {
        isOverLimit = true
        rest = UnsafeRawBufferPointer(rebasing: rest[..<Int(max(0, room))])
      }
    }
    written[stream, default: 0] += Int64(rest.count)
    if stream != .file { usage.outputBytes += Int64(rest.count) }
    while !rest.isEmpty {
      let count = min(piece, rest.count)
      try send(.output(stream, Array(rest[..<count])))
      rest = UnsafeRawBufferPointer(rebasing: rest[count...])
    }
    return !isOverLimit
  }

  @discardableResult
  mutating func write(_ stream: BoxStream, _ bytes: [UInt8]) throws(RuntimeError) -> Bool {
    let outcome: Result<Bool, RuntimeError> = bytes.withUnsafeBytes { source in
      Result { () throws(RuntimeError) in try write(stream, source) }
    }
    return try outcome.get()
  }
}
