// The verbs of generated code: a line for a field each way.

extension WireWriter {
  /// A field without presence: left out while it holds its default.
  package mutating func plain<C: WireCodec>(_: C.Type, _ tag: UInt32, _ value: C.Value) {
    if !C.isDefault(value) { always(C.self, tag, value) }
  }

  package mutating func optional<C: WireCodec>(_: C.Type, _ tag: UInt32, _ value: C.Value?) {
    if let value { always(C.self, tag, value) }
  }

  package mutating func always<C: WireCodec>(_: C.Type, _ tag: UInt32, _ value: C.Value) {
    varint(UInt64(tag))
    C.write(value, &self)
  }

  package mutating func repeated<C: WireCodec>(_: C.Type, _ tag: UInt32, _ values: [C.Value]) {
    for value in values { always(C.self, tag, value) }
  }

  package mutating func packed<C: WireNumber>(_: C.Type, _ tag: UInt32, _ values: [C.Value]) {
    if values.isEmpty { return }
    varint(UInt64(tag))
    delimited { writer in
      for value in values { C.write(value, &writer) }
    }
  }

  package mutating func map<K: WireCodec, V: WireCodec>(
    _: K.Type, _: V.Type, _ tag: UInt32, _ values: [K.Value: V.Value]
  ) {
    for (key, value) in values {
      varint(UInt64(tag))
      delimited { writer in
        writer.always(K.self, 8 | K.wireType, key)
        writer.always(V.self, 16 | V.wireType, value)
      }
    }
  }
}

extension WireReader {
  package mutating func repeated<C: WireCodec>(
    _: C.Type, _ values: inout [C.Value]
  ) throws(DecodingFailure) {
    try countElement()
    values.append(try C.read(&self))
  }

  /// Takes a packed run and a single number alike, as parsers must.
  package mutating func packed<C: WireNumber>(
    _: C.Type, _ values: inout [C.Value]
  ) throws(DecodingFailure) {
    guard tag & 7 == 2 else {
      values.append(try C.number(&self))
      return
    }
    let outer = try enterRun()
    while !isAtEnd { values.append(try C.number(&self)) }
    leaveRun(outer)
  }

  package mutating func map<K: WireCodec, V: WireCodec>(
    _: K.Type, _: V.Type, _ values: inout [K.Value: V.Value]
  ) throws(DecodingFailure) {
    try countElement()
    let outer = try enter()
    var key = K.initial
    var value = V.initial
    while try next() {
      switch tag {
      case 8 | K.wireType: try K.read(&key, &self)
      case 16 | V.wireType: try V.read(&value, &self)
      default: try skip()
      }
    }
    leave(outer)
    values[key] = value
  }
}
