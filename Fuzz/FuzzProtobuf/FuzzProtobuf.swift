import Calls

/// The first byte chooses a message, the rest is read as one: what is read is written and read as
/// the same, what is not says where, and nothing traps or grows beyond its input.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzProtobuf(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = unsafe Array(UnsafeBufferPointer(start: start, count: count))
  guard let choice = bytes.first else { return 0 }
  let body = Array(bytes.dropFirst())
  switch choice % 8 {
  case 0: roundTrip(ProbeV1.EchoRequest.self, body)
  case 1: roundTrip(NodeV1.LogRecord.self, body)
  case 2: roundTrip(NodeV1.StatusReply.self, body)
  case 3: roundTrip(ReflectionV1.ServerReflectionResponse.self, body)
  case 4: roundTrip(GoogleRPC.Status.self, body)
  case 5: roundTrip(SampleV1.Leaf.self, body)
  default: roundTrip(SampleV1.Everything.self, body)
  }
  return 0
}

private func roundTrip<M: Message>(_: M.Type, _ body: [UInt8]) {
  do {
    let first = try M(decoding: body)
    let written = first.encoded()
    let second: M
    do {
      second = try M(decoding: written)
    } catch {
      preconditionFailure("a message does not read what it writes: \(error)")
    }
    precondition(isSame(first, second), "a message changed on its way")
  } catch {
    precondition((0...body.count).contains(error.offset), "a failure stands outside the bytes")
    precondition(!error.description.isEmpty, "a failure says nothing")
  }
}

/// NaN equals nothing, and maps are written in any order: then the bytes have to be the same ones.
private func isSame<M: Message>(_ first: M, _ second: M) -> Bool {
  first == second || first.encoded().sorted() == second.encoded().sorted()
}
