import Apus
import Primitives

/// Up to the first zero byte a settings file, behind it variables of the environment, one between
/// two zeros: what loads is written and loads as the same, what does not says where and why.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzSettings(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = unsafe Array(UnsafeBufferPointer(start: start, count: count))
  let parts = bytes.split(separator: 0, omittingEmptySubsequences: false)
  var input = SettingsInput()
  input.file = Array(parts[0])
  for part in parts.dropFirst() {
    let pair = String(decoding: part, as: UTF8.self)
      .split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    if pair.count == 2 { input.environment["APUS_\(pair[0])"] = String(pair[1]) }
  }
  do {
    let settings = try Settings.load(input)
    precondition(rereads(settings), "settings do not load as they are written")
  } catch {
    precondition(!error.problems.isEmpty, "settings failed without a problem")
    precondition(
      error.problems.allSatisfy { !$0.place.isEmpty && !$0.message.isEmpty },
      "a problem does not say where or what")
  }
  return 0
}

private func rereads(_ settings: Settings) -> Bool {
  var text = ""
  var section = Substring()
  for row in settings.rows {
    guard let dot = row.path.firstIndex(of: ".") else { return false }
    if row.path[..<dot] != section {
      section = row.path[..<dot]
      text += "[\(section)]\n"
    }
    text += "\(row.path[row.path.index(after: dot)...]) = \(row.value)\n"
  }
  var input = SettingsInput()
  input.file = Array(text.utf8)
  do {
    return try Settings.load(input).rows.map(\.value) == settings.rows.map(\.value)
  } catch {
    return false
  }
}
