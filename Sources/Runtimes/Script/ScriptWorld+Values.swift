import CScript

/// Between Swift's values and the engine's.
extension ScriptWorld {
  /// The caller's to release.
  func string(_ text: String) -> JSStringRef? {
    if text.utf8.contains(0) {
      let characters = Array(text.utf16)
      return library.call.JSStringCreateWithCharacters(characters, characters.count)
    }
    return library.call.JSStringCreateWithUTF8CString(text)
  }

  func value(_ text: String) -> JSValueRef? {
    let string = string(text)
    defer { library.call.JSStringRelease(string) }
    return library.call.JSValueMakeString(context, string)
  }

  func number(_ value: Double) -> JSValueRef? { library.call.JSValueMakeNumber(context, value) }

  /// Not a number where it is none and cannot be made one.
  func number(_ value: JSValueRef?) -> Double {
    var exception: JSValueRef?
    let number = library.call.JSValueToNumber(context, value, &exception)
    return exception == nil ? number : .nan
  }

  func property(_ name: String, of object: JSValueRef?) throws(ScriptTrap) -> JSValueRef? {
    let name = string(name)
    defer { library.call.JSStringRelease(name) }
    var exception: JSValueRef?
    let value = library.call.JSObjectGetProperty(context, object, name, &exception)
    if exception != nil { throw ScriptTrap(.exception, "a property cannot be read") }
    return value
  }

  // MARK: Text

  func text(_ value: JSValueRef?) throws(ScriptTrap) -> String {
    String(decoding: try utf8(value), as: UTF8.self)
  }

  /// What is no Unicode in it becomes U+FFFD.
  func utf8(_ value: JSValueRef?) throws(ScriptTrap) -> [UInt8] {
    var exception: JSValueRef?
    guard let value,
      let string = library.call.JSValueToStringCopy(context, value, &exception), exception == nil
    else { throw ScriptTrap(.exception, "it has no text") }
    defer { library.call.JSStringRelease(string) }
    let count = library.call.JSStringGetLength(string)
    if count == 0 { return [] }
    let room = library.call.JSStringGetMaximumUTF8CStringSize(string)
    let bytes = [UInt8](unsafeUninitializedCapacity: room) { buffer, filled in
      buffer.withMemoryRebound(to: CChar.self) { buffer in
        filled = library.call.JSStringGetUTF8CString(string, buffer.baseAddress, room)
      }
      // The zero at its end.
      filled = max(0, filled - 1)
    }
    // The engine gives nothing at all where half a surrogate pair is missing.
    if !bytes.isEmpty { return bytes }
    let characters = UnsafeBufferPointer(
      start: library.call.JSStringGetCharactersPtr(string), count: count)
    return Array(String(decoding: characters, as: UTF16.self).utf8)
  }

  // MARK: Bytes

  /// A Uint8Array; nil when there is no memory for it.
  func bytes(_ bytes: [UInt8]) -> JSValueRef? {
    var exception: JSValueRef?
    let array = library.call.JSObjectMakeTypedArray(
      context, Int32(APUS_SCRIPT_BYTES), bytes.count, &exception)
    guard let array, exception == nil else { return nil }
    withBytes(of: array) { $0.copyBytes(from: bytes) }
    return array
  }

  /// The bytes of a Uint8Array; none of what is something else, which scripts can make of any array
  /// of the prelude's. It begins where its buffer begins, or ends before that ends.
  func withBytes<Value>(
    of array: JSValueRef?, _ body: (UnsafeMutableRawBufferPointer) -> Value
  ) -> Value {
    guard isBytes(array) else { return body(UnsafeMutableRawBufferPointer(start: nil, count: 0)) }
    var exception: JSValueRef?
    let start = library.call.JSObjectGetTypedArrayBytesPtr(context, array, &exception)
    let count = library.call.JSObjectGetTypedArrayByteLength(context, array, &exception)
    return body(UnsafeMutableRawBufferPointer(start: start, count: start == nil ? 0 : count))
  }

  func isBytes(_ value: JSValueRef?) -> Bool {
    var exception: JSValueRef?
    return library.call.JSValueGetTypedArrayType(context, value, &exception)
      == Int32(APUS_SCRIPT_BYTES)
  }
}
