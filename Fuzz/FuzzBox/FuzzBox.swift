import Primitives
import Runtimes

/// What a box that its program has taken over sends to its keeper, and the other way round: frames
/// come out alike at any split, and each is what its own bytes say.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzBox(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = unsafe Array(UnsafeBufferPointer(start: start, count: count))
  guard let seed = bytes.first else { return 0 }
  let body = Array(bytes.dropFirst())
  let whole = frames(of: body, in: max(1, body.count))
  precondition(whole == frames(of: body, in: Int(seed) % 40 + 1), "a frame depends on splits")
  for frame in whole.frames {
    let again = frames(of: frame.encoded(), in: .max)
    precondition(again.frames == [frame] && again.error == nil, "a frame changed on the way")
  }
  return 0
}

private func frames(
  of body: [UInt8], in piece: Int
) -> (frames: [BoxFrame], error: RuntimeError?) {
  var decoder = BoxFrame.Decoder()
  var frames: [BoxFrame] = []
  var start = 0
  do throws(RuntimeError) {
    while start < body.count {
      let end = start + min(piece, body.count - start)
      decoder.feed(body[start..<end])
      while let frame = try decoder.next() { frames.append(frame) }
      start = end
    }
  } catch {
    return (frames, error)
  }
  return (frames, nil)
}

private func == (
  left: (frames: [BoxFrame], error: RuntimeError?),
  right: (frames: [BoxFrame], error: RuntimeError?)
) -> Bool {
  left.frames == right.frames && left.error == right.error
}
