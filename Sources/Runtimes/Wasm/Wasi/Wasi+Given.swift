/// Arguments, variables, clocks and waiting.
extension Wasi {
  func tellSizes(
    of texts: [[UInt8]], _ memory: GuestMemory, count: UInt32, bytes: UInt32
  ) throws(WasiErrno) {
    try memory.store(UInt32(texts.count), count)
    try memory.store(UInt32(clamping: texts.reduce(0) { $0 + $1.count }), bytes)
  }

  func give(
    _ texts: [[UInt8]], _ memory: GuestMemory, list: UInt32, bytes: UInt32
  ) throws(WasiErrno) {
    var place = bytes
    for (index, text) in texts.enumerated() {
      try memory.store(place, list &+ UInt32(index) * 4)
      try memory.store(text, place)
      place &+= UInt32(text.count)
    }
  }

  static func clock(_ number: UInt32) throws(WasiErrno) -> WasiWorld.Clock {
    guard let clock = WasiWorld.Clock(rawValue: number) else { throw .invalid }
    return clock
  }

  /// What a guest waits for (`subscription`, 48 bytes).
  private struct Subscription {
    static let size: UInt32 = 48
    var user: UInt64
    /// 0: a clock; 1: a descriptor to read; 2: one to write.
    var kind: UInt8
    var clock: UInt32
    var timeout: UInt64
    var isAbsolute: Bool

    init(_ memory: GuestMemory, _ address: UInt32) throws(WasiErrno) {
      user = try memory.load(UInt64.self, address)
      kind = try memory.load(UInt8.self, address &+ 8)
      clock = try memory.load(UInt32.self, address &+ 16)
      timeout = try memory.load(UInt64.self, address &+ 24)
      isAbsolute = try memory.load(UInt16.self, address &+ 40) & 1 != 0
      if kind > 2 { throw .invalid }
    }
  }

  /// What happened (`event`, 32 bytes).
  private struct Event {
    static let size: UInt32 = 32
    var user: UInt64
    var kind: UInt8
    var error = WasiErrno.success
    var bytes: UInt64 = 0

    func store(_ memory: GuestMemory, _ address: UInt32) throws(WasiErrno) {
      try memory.range(address, Int(Self.size)).initializeMemory(as: UInt8.self, repeating: 0)
      try memory.store(user, address)
      try memory.store(error.rawValue, address &+ 8)
      try memory.store(kind, address &+ 10)
      try memory.store(bytes, address &+ 16)
    }
  }

  /// Files and streams are always ready, so there is waiting only where clocks alone are asked for.
  func poll(
    _ memory: GuestMemory, asked: UInt32, events: UInt32, count: UInt32, happened: UInt32
  ) throws(WasiErrno) {
    guard (1...limits.subscriptions).contains(count) else { throw .invalid }
    var clocks: [(left: UInt64, event: Event)] = []
    var found: [Event] = []
    for index in 0..<count {
      let wanted = try Subscription(memory, asked &+ index * Subscription.size)
      if wanted.kind == 0 {
        clocks.append((try left(wanted), Event(user: wanted.user, kind: 0)))
      } else {
        found.append(ready(wanted))
      }
    }
    if found.isEmpty, let least = clocks.map(\.left).min() {
      world.sleep(nanoseconds: least)
      found = clocks.filter { $0.left == least }.map(\.event)
    } else {
      found += clocks.filter { $0.left == 0 }.map(\.event)
    }
    for (index, event) in found.enumerated() {
      try event.store(memory, events &+ UInt32(index) * Event.size)
    }
    try memory.store(UInt32(found.count), happened)
  }

  /// How many nanoseconds are left until it happens.
  private func left(_ wanted: Subscription) throws(WasiErrno) -> UInt64 {
    let clock = try Self.clock(wanted.clock)
    guard wanted.isAbsolute else { return wanted.timeout }
    let now = world.time(clock)
    return wanted.timeout > now ? wanted.timeout - now : 0
  }

  private func ready(_ wanted: Subscription) -> Event {
    var event = Event(user: wanted.user, kind: wanted.kind)
    // A subscription of a descriptor has its number where one of a clock has the clock's.
    guard wanted.clock < descriptors.count, let descriptor = descriptors[Int(wanted.clock)] else {
      event.error = .badDescriptor
      return event
    }
    switch descriptor.kind {
    case .input: event.bytes = UInt64(inputLeft)
    case .output, .file: event.bytes = 1
    case .folder: event.error = .badDescriptor
    }
    return event
  }
}
