import Mesh
import Primitives

/// A connection that may want to be relayed: it must be understood alike at any split, and no byte
/// behind the preamble may be taken.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzRelay(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let input = unsafe Array(UnsafeBufferPointer(start: start, count: count))
  guard let seed = input.first else { return 0 }
  var bytes = Array(input.dropFirst())
  // Every other input gets past the magic.
  if seed & 1 == 0 { bytes = Array(RelayPreamble(ticket).encoded.prefix(8)) + bytes }
  let whole = outcome(of: bytes, in: max(1, bytes.count))
  let split = outcome(of: bytes, in: Int(seed >> 1) + 1)
  precondition(whole == split, "a preamble depends on splits")
  if let ticket = whole.ticket {
    precondition(RelayPreamble(ticket).encoded == Array(bytes.prefix(RelayPreamble.count)))
    precondition(whole.taken == RelayPreamble.count, "a byte too many or too few was taken")
  }
  return 0
}

private let ticket = RelayTicket(Bytes32(words: (1, 2, 3, 4)))

private struct Outcome: Equatable {
  var taken = 0
  var ticket: RelayTicket?
  var isRefused = false
}

private func outcome(of bytes: [UInt8], in piece: Int) -> Outcome {
  var parser = RelayPreamble.Parser(), outcome = Outcome(), rest = bytes[...]
  while !rest.isEmpty {
    do throws(NetworkError) {
      let (taken, result) = try parser.feed(rest.prefix(piece))
      precondition(taken <= min(piece, rest.count), "more was taken than was given")
      outcome.taken += taken
      rest = rest.dropFirst(piece)
      guard let result else { continue }
      outcome.ticket = result.ticket
      return outcome
    } catch {
      precondition(!error.message.isEmpty, "an error says nothing")
      return Outcome(isRefused: true)
    }
  }
  return outcome
}
