/// What travels between a box and its keeper: a head of five bytes (kind, length in four) and as
/// many bytes as it says.
package enum BoxFrame: Sendable, Equatable {
  // To the box.
  case plan(BoxPlan)
  /// A piece of the standard input of the attempt that `run` will start.
  case input([UInt8])
  /// As many descriptors are attached to this frame, for the attempt that `run` will start.
  case descriptors(Int)
  case run(BoxAttempt)

  // To the keeper.
  /// The walls stand; the box waits for attempts.
  case ready([BoxLayer])
  case output(BoxStream, [UInt8])
  /// A result file begins; its bytes follow in `.output(.file, ...)` frames.
  case file(path: String, size: Int64, isExecutable: Bool)
  case folder(path: String)
  case ended(Ending, Usage)
  /// What the attempt left is gone: the box may have the next.
  case clean
  /// The box could not be made, and ends.
  case failed(RuntimeError)
}

/// Where bytes from the inside belong.
package enum BoxStream: UInt8, Sendable, CaseIterable {
  case output = 1
  case errors = 2
  /// Bytes of the result file that began last.
  case file = 3
  /// What a `compile` attempt makes.
  case product = 4
}

extension BoxFrame {
  package static let headBytes = 5

  package struct Limits: Sendable {
    /// Payload of one frame; plans, attempts and all else are smaller.
    package var frameBytes = 4 << 20
    /// What goes into one frame of output.
    package var pieceBytes = 64 << 10
    /// Descriptors with one attempt: what the kernel lets one message carry is 253.
    package var descriptors = 8
    package init() {}
  }

  private enum Kind: UInt8 {
    case plan = 1
    case input, descriptors, run, ready, output, file, folder, ended, failed, clean
  }

  /// Head and payload.
  package func encoded() -> [UInt8] {
    var writer = BoxWriter()
    let kind = write(&writer)
    var head = BoxWriter()
    head.add(kind.rawValue)
    head.add(UInt32(writer.bytes.count))
    return head.bytes + writer.bytes
  }

  private func write(_ writer: inout BoxWriter) -> Kind {
    switch self {
    case .plan(let plan):
      plan.write(&writer)
      return .plan
    case .input(let bytes):
      writer.add(bytes)
      return .input
    case .descriptors(let count):
      writer.add(UInt32(count))
      return .descriptors
    case .run(let attempt):
      attempt.write(&writer)
      return .run
    case .ready(let layers):
      writer.add(layers) { writer, layer in
        writer.add(layer.layer.rawValue)
        writer.add(layer.absence) { $0.add($1) }
      }
      return .ready
    case .output(let stream, let bytes):
      writer.add(stream.rawValue)
      writer.add(bytes)
      return .output
    case .file(let path, let size, let isExecutable):
      writer.add(path)
      writer.add(size)
      writer.add(isExecutable)
      return .file
    case .folder(let path):
      writer.add(path)
      return .folder
    case .ended(let ending, let usage):
      ending.write(&writer)
      usage.write(&writer)
      return .ended
    case .failed(let error):
      error.write(&writer)
      return .failed
    case .clean: return .clean
    }
  }

  fileprivate init(
    kind number: UInt8, _ payload: [UInt8], _ limits: Limits
  ) throws(RuntimeError) {
    guard let kind = Kind(rawValue: number) else { throw BoxReader.damaged }
    var reader = BoxReader(payload)
    switch kind {
    case .plan: self = .plan(try BoxPlan(&reader))
    case .input: self = .input(try reader.data())
    case .descriptors:
      let count = Int(try reader.word())
      guard (1...limits.descriptors).contains(count) else { throw BoxReader.damaged }
      self = .descriptors(count)
    case .run: self = .run(try BoxAttempt(&reader))
    case .ready:
      self = .ready(
        try reader.list { (reader) throws(RuntimeError) in
          guard let layer = BoxPlan.Layer(rawValue: try reader.byte()) else {
            throw BoxReader.damaged
          }
          return BoxLayer(
            layer,
            absence: try reader.optional { (reader) throws(RuntimeError) in try reader.text()
            })
        })
    case .output:
      guard let stream = BoxStream(rawValue: try reader.byte()) else { throw BoxReader.damaged }
      self = .output(stream, try reader.data())
    case .file:
      self = .file(
        path: try reader.text(), size: try reader.signedLong(), isExecutable: try reader.flag())
    case .folder: self = .folder(path: try reader.text())
    case .ended: self = .ended(try Ending(&reader), try Usage(&reader))
    case .failed: self = .failed(try RuntimeError(&reader))
    case .clean: self = .clean
    }
    try reader.end()
  }

  /// Takes bytes at any split and gives whole frames. After an error it is of no more use.
  package struct Decoder: Sendable {
    private let limits: Limits
    private var bytes: [UInt8] = []
    private var place = 0

    package init(limits: Limits = Limits()) { self.limits = limits }

    /// True between two frames.
    package var isAtBoundary: Bool { place == bytes.count }

    package mutating func feed(_ more: some Sequence<UInt8>) {
      if place > 0 && place == bytes.count {
        bytes.removeAll(keepingCapacity: true)
        place = 0
      }
      bytes.append(contentsOf: more)
    }

    /// Nil when more bytes are needed.
    package mutating func next() throws(RuntimeError) -> BoxFrame? {
      guard bytes.count - place >= headBytes else { return nil }
      let length = (1...4).reduce(0) { $0 << 8 | Int(bytes[place + $1]) }
      guard length <= limits.frameBytes else { throw BoxReader.damaged }
      let end = place + headBytes + length
      guard bytes.count >= end else { return nil }
      let frame = try BoxFrame(
        kind: bytes[place], Array(bytes[place + headBytes..<end]), limits)
      place = end
      if place > limits.frameBytes {
        bytes.removeFirst(place)
        place = 0
      }
      return frame
    }
  }
}
