import Primitives

/// The texts people and programs write: whatever JSON is read is written and read as the same
/// value, whatever TOML is read stays within its limits, and nothing traps. An error points into
/// the text.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzText(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = unsafe Array(UnsafeBufferPointer(start: start, count: count))
  let lines = bytes.count { $0 == UInt8(ascii: "\n") } + 1

  do {
    let value = try JSON.parse(bytes)
    precondition(rereads(value), "JSON does not read what it writes")
  } catch {
    precondition((1...lines).contains(error.line), "a JSON error stands outside the text")
    precondition((1...bytes.count + 1).contains(error.column), "a JSON error's column is outside")
  }
  do {
    let table = try TOML.parse(bytes)
    precondition(depth(of: .table(table)) <= TOML.Limits().depth + 1, "TOML is too deep")
  } catch {
    precondition((1...lines).contains(error.line), "a TOML error stands outside the text")
    precondition((1...bytes.count + 1).contains(error.column), "a TOML error's column is outside")
  }

  let text = String(decoding: bytes, as: UTF8.self)
  if let duration = Duration(text: text) {
    precondition(Duration(text: duration.text) == duration, "a duration does not read its text")
  }
  if let size = ByteSize(text) {
    precondition(ByteSize(size.description) == size, "a size does not read its text")
  }
  return 0
}

private func rereads(_ value: JSON) -> Bool {
  do {
    return try JSON.parse(value.bytes) == value && JSON.parse(value.pretty) == value
  } catch {
    return false
  }
}

private func depth(of content: TOML.Content) -> Int {
  switch content {
  case .array(let values): 1 + (values.map { depth(of: $0.content) }.max() ?? 0)
  case .table(let table):
    1 + (table.names.compactMap { table[$0] }.map { depth(of: $0.content) }.max() ?? 0)
  case .string, .integer, .float, .boolean, .dateTime: 0
  }
}
