import CScript
import IO
import Primitives

/// What the prelude asks of us. It checks what scripts give it, but nothing here relies on that.
enum ScriptCall: String, CaseIterable {
  case log, write, random, now, wall, encode, decode, timer, clear, list, read, finish, fail, piece
}

extension ScriptWorld {
  private struct Refusal: Error {
    var text: String
  }

  /// The number of the call, then its arguments.
  func answer(
    _ given: UnsafeBufferPointer<JSValueRef?>, _ exception: UnsafeMutablePointer<JSValueRef?>?
  ) -> JSValueRef? {
    let undefined = library.call.JSValueMakeUndefined(context)
    // A place is a number from the prelude.
    let place = given.isEmpty ? -1 : number(given[0])
    guard place >= 0, place < Double(ScriptCall.allCases.count) else { return undefined }
    let arguments = (1..<4).map { $0 < given.count ? given[$0] : undefined }
    do throws(Refusal) {
      return try answer(ScriptCall.allCases[Int(place)], arguments) ?? undefined
    } catch {
      exception?.pointee = library.call.JSObjectMakeError(context, 1, [value(error.text)], nil)
      return undefined
    }
  }

  private func answer(
    _ call: ScriptCall, _ arguments: [JSValueRef?]
  ) throws(Refusal) -> JSValueRef? {
    switch call {
    case .log: write(.errors, try told(arguments[0]))
    case .write: write(.output, try told(arguments[0]))
    case .random: try fill(arguments[0])
    case .now: return number(Double(clock.time(.monotonic)) / 1e6)
    case .wall: return number((Double(clock.time(.wall)) / 1e6).rounded(.down))
    case .encode: return try given(bytes(try told(arguments[0])))
    case .decode: return try decode(arguments[0], isStrict: arguments[1])
    case .timer: return try timer(number(arguments[0]), repeats: arguments[1])
    case .clear: clear(number(arguments[0]))
    case .list:
      let path = String(decoding: try told(arguments[0]), as: UTF8.self)
      let names = try reading { () throws(SystemError) in try inputs.list(path) }
      return value(JSON.array(names.map { .string($0) }).text)
    case .read:
      let path = String(decoding: try told(arguments[0]), as: UTF8.self)
      return try given(bytes(reading { () throws(SystemError) in try inputs.read(path) }))
    case .piece:
      let name = String(decoding: try told(arguments[0]), as: UTF8.self)
      return ScriptPrelude.piece(name).flatMap { value($0) }
    case .finish: if result == nil { result = try told(arguments[0]) }
    case .fail:
      let code = String(decoding: try told(arguments[0]), as: UTF8.self)
      let text = String(decoding: try told(arguments[1]), as: UTF8.self)
      if trap == nil { trap = ScriptTrap(ScriptTrap.Code(rawValue: code) ?? .exception, text) }
    }
    return nil
  }

  /// Bytes as they are, all else as text.
  private func told(_ value: JSValueRef?) throws(Refusal) -> [UInt8] {
    if isBytes(value) { return withBytes(of: value) { Array($0) } }
    do throws(ScriptTrap) { return try utf8(value) } catch { throw Refusal(text: error.text) }
  }

  /// Scripts can change what makes the prelude's arrays: anything may come in their place.
  private func mustBeBytes(_ value: JSValueRef?) throws(Refusal) {
    if !isBytes(value) {
      throw Refusal(text: "the script changed what makes bytes: these are none")
    }
  }

  private func given(_ value: JSValueRef?) throws(Refusal) -> JSValueRef {
    guard let value else { throw Refusal(text: "there is no memory for so many bytes") }
    return value
  }

  private func fill(_ array: JSValueRef?) throws(Refusal) {
    try mustBeBytes(array)
    let isFilled = withBytes(of: array) { bytes in
      do throws(WasiErrno) {
        try clock.fill(bytes)
        return true
      } catch {
        return false
      }
    }
    if !isFilled { throw Refusal(text: "the machine has no random numbers") }
  }

  /// Nil where it must be UTF-8 and is not.
  private func decode(
    _ array: JSValueRef?, isStrict: JSValueRef?
  ) throws(Refusal) -> JSValueRef? {
    try mustBeBytes(array)
    return withBytes(of: array) { bytes in
      if library.call.JSValueToBoolean(context, isStrict) {
        return String(validating: bytes, as: UTF8.self).flatMap { value($0) }
      }
      return value(String(decoding: bytes, as: UTF8.self))
    }
  }

  private func timer(_ delay: Double, repeats: JSValueRef?) throws(Refusal) -> JSValueRef? {
    let added = timers.add(
      milliseconds: delay, repeats: library.call.JSValueToBoolean(context, repeats),
      now: clock.time(.monotonic))
    guard let added else {
      throw Refusal(text: "a task may have \(ScriptTimers.Limits.timers) timers and no more")
    }
    return number(Double(added))
  }

  private func clear(_ number: Double) {
    if let number = ScriptTimers.Number(exactly: number) { timers.cancel(number) }
  }

  private func reading<Value>(
    _ body: () throws(SystemError) -> Value
  ) throws(Refusal) -> Value {
    do throws(SystemError) { return try body() } catch { throw Refusal(text: error.message) }
  }
}
