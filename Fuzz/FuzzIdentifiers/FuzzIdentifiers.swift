import Primitives

/// Text that reads as an identifier is written back as the same bytes, and bytes that were
/// written read back; nothing else is accepted and nothing traps.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzIdentifiers(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = unsafe Array(UnsafeBufferPointer(start: start, count: count))
  let text = String(decoding: bytes, as: UTF8.self)

  precondition(Base32.decode(Base32.encode(bytes)) == bytes, "base32 lost bytes")
  precondition(Hex.decode(Hex.encode(bytes)) == bytes, "hexadecimal lost bytes")
  if let decoded = Base32.decode(text) {
    precondition(Base32.encode(decoded) == text.lowercased(), "base32 has two texts for one value")
  }
  if let decoded = Hex.decode(text) {
    precondition(Hex.encode(decoded) == text.lowercased(), "hexadecimal has two texts")
  }
  if let node = NodeID(text) {
    precondition(NodeID(node.description) == node, "a NodeID does not read its own text")
    precondition(node.bytes.count == Bytes32.count, "a NodeID of another length")
  }
  if let digest = Digest(text) {
    precondition(Digest(digest.description) == digest, "a Digest does not read its own text")
  }
  return 0
}
