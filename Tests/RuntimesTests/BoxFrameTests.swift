import Primitives
import Testing

@testable import Runtimes

struct BoxFrameTests {
  static let frames: [BoxFrame] = {
    var plan = BoxPlan(.wasm)
    plan.binds = [BoxPlan.Bind("/usr"), BoxPlan.Bind("/a", at: "/b", isOptional: false)]
    plan.devices = [BoxPlan.Bind("/dev/dri/renderD128", isOptional: false)]
    plan.folder = "/state/boxes/a"
    plan.hidesMachine = false
    plan.runsOwnFiles = true
    plan.limits.memory = 64 << 20
    plan.required = [.root, .filter]
    plan.disabled = [.landlock]
    plan.settings = ["library": "/opt/libwasmtime.so", "": ""]
    var attempt = BoxAttempt("/in/a.wasm", ["one", "", "zwei ä"])
    attempt.verb = .compile
    attempt.environment = ["HOME": "/work", "A": "b=c"]
    attempt.seed = .max
    attempt.isMetered = true
    attempt.limits.steps = 7
    attempt.limits.time = .nanoseconds(1_500_000_001)
    var usage = Usage()
    usage.time = .microseconds(17)
    usage.peakMemory = 3
    usage.outputBytes = 9
    usage.steps = 12
    let error = RuntimeError(.absent, "no such thing")
    let endings: [Ending] = [
      .exited(status: -1), .signalled(9), .timedOut, .outOfMemory, .outputLimit,
      .trapped(code: "unreachable", text: "at 7"), .killed(reason: "owner"), .refused(error),
    ]
    return [
      .plan(plan), .plan(BoxPlan(.process)), .input([1, 2, 3]), .input([]), .descriptors(2),
      .run(attempt), .run(BoxAttempt("")),
      .ready([BoxLayer(.landlock), BoxLayer(.group, absence: "none here")]),
      .output(.output, Array(repeating: 7, count: 300)), .output(.product, []),
      .file(path: "a/b", size: 1 << 40, isExecutable: true), .folder(path: "a"), .clean,
      .failed(error),
    ] + endings.map { .ended($0, usage) }
  }()

  private func decode(_ bytes: [UInt8], step: Int) throws -> [BoxFrame] {
    var decoder = BoxFrame.Decoder()
    var frames: [BoxFrame] = []
    for start in stride(from: 0, to: bytes.count, by: step) {
      decoder.feed(bytes[start..<min(start + step, bytes.count)])
      while let frame = try decoder.next() { frames.append(frame) }
    }
    #expect(decoder.isAtBoundary)
    return frames
  }

  @Test func `frames survive the wire at every split`() throws {
    let bytes = Self.frames.flatMap { $0.encoded() }
    for step in [1, 2, 3, 5, 7, 64, bytes.count] {
      #expect(try decode(bytes, step: step) == Self.frames)
    }
    for cut in bytes.indices {
      var decoder = BoxFrame.Decoder()
      var count = 0
      decoder.feed(bytes[..<cut])
      while try decoder.next() != nil { count += 1 }
      decoder.feed(bytes[cut...])
      while try decoder.next() != nil { count += 1 }
      #expect(count == Self.frames.count)
    }
  }

  @Test func `a frame that is too long, unknown or followed by more is damage`() {
    func error(_ bytes: [UInt8]) -> RuntimeError.Code? {
      var decoder = BoxFrame.Decoder()
      decoder.feed(bytes)
      do throws(RuntimeError) {
        _ = try decoder.next()
        return nil
      } catch {
        return error.code
      }
    }
    #expect(error([2, 0xFF, 0, 0, 0]) == .damaged)
    #expect(error([99, 0, 0, 0, 0]) == .damaged)
    #expect(error([2, 0, 0, 0, 5, 0, 0, 0, 0, 1]) == .damaged)
    #expect(error([3, 0, 0, 0, 4, 0, 0, 0, 200]) == .damaged)
    #expect(error([2, 0, 0, 0, 4, 0, 0, 0, 0]) == nil)
  }

  @Test(arguments: [0, -1, 65, .max, .min] as [Int32])
  func `a signal that there is none of does not come through`(_ signal: Int32) {
    var decoder = BoxFrame.Decoder()
    decoder.feed(BoxFrame.ended(.signalled(signal), Usage()).encoded())
    let error = #expect(throws: RuntimeError.self) { try decoder.next() }
    #expect(error?.code == .damaged)
  }

  @Test func `limits out of bounds do not come through`() {
    var attempt = BoxAttempt("x")
    attempt.limits.time = .zero
    var decoder = BoxFrame.Decoder()
    decoder.feed(BoxFrame.run(attempt).encoded())
    let error = #expect(throws: RuntimeError.self) { try decoder.next() }
    #expect(error?.code == .refused)
  }

  @Test(arguments: 0..<20)
  func `mutated bytes are refused or read, never a trap`(seed: UInt64) {
    var random = SplitMix(seed: seed)
    for _ in 0..<200 {
      let frame = Self.frames[Int(random.next() % UInt64(Self.frames.count))]
      var bytes = frame.encoded()
      for _ in 0...random.next() % 4 {
        let place = Int(random.next() % UInt64(bytes.count))
        switch random.next() % 3 {
        case 0: bytes[place] = UInt8(truncatingIfNeeded: random.next())
        case 1: bytes.insert(UInt8(truncatingIfNeeded: random.next()), at: place)
        default: if bytes.count > 1 { bytes.remove(at: place) }
        }
      }
      var decoder = BoxFrame.Decoder()
      decoder.feed(bytes)
      do throws(RuntimeError) {
        while let frame = try decoder.next() {
          var again = BoxFrame.Decoder()
          again.feed(frame.encoded())
          #expect(try again.next() == frame)
        }
      } catch {
        #expect(error.code == .damaged || error.code == .refused)
      }
    }
  }

  @Test func `output beyond the limit is cut and told`() throws {
    var sent: [BoxFrame] = []
    var output = BoxOutput(limit: 70_000) { (frame) throws(RuntimeError) in sent.append(frame) }
    #expect(try output.write(.output, [UInt8](repeating: 1, count: 69_999)))
    #expect(sent.count == 2)
    #expect(try output.write(.errors, [5]))
    #expect(try !output.write(.output, [1, 2, 3]))
    #expect(sent.last == .output(.output, [1]))
    #expect(output.isOverLimit)
    #expect(output.usage.outputBytes == 70_001)
  }
}
