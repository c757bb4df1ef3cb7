import Primitives

/// What a holder keeps of one topic.
package struct TopicLog: Sendable {
  package struct Limits: Sendable {
    package var messages = 10_000
    package var bytes = 16 << 20
    package var age = Duration.seconds(86_400)
    package var streams = 4_096
    package var names = 256
    package init() {}
  }

  /// Consecutive messages of one stream; `last` is that of the last one there ever was.
  struct Line: Sendable {
    var last: UInt64
    var payloads: [[UInt8]] = []
    var first: UInt64 { last + 1 - UInt64(payloads.count) }
  }

  private struct Stored: Sendable {
    var position: TopicPosition
    var at: WallTime
  }

  private(set) var lines: [TopicStream: Line] = [:]
  /// Acknowledged up to, by name and stream.
  private(set) var names: [String: [TopicStream: UInt64]] = [:]
  /// How often each name was taken up and deleted, deleted ones too: odd while it is there.
  private(set) var eras: [String: UInt64] = [:]
  private(set) var count = 0
  private(set) var bytes = 0
  /// In the order in which they came; the first `removed` are gone.
  private var order: [Stored] = []
  private var removed = 0
  private let limits: Limits

  init(limits: Limits) { self.limits = limits }

  func last(_ stream: TopicStream) -> UInt64 { lines[stream]?.last ?? 0 }

  func knows(_ stream: TopicStream) -> Bool { lines[stream] != nil }

  /// Nothing is known but the topic's name.
  var isEmpty: Bool { lines.isEmpty && eras.isEmpty }

  var hasRoomForStream: Bool { lines.count < limits.streams }
  var hasRoomForName: Bool { names.count < limits.names }

  func payload(_ position: TopicPosition) -> [UInt8]? {
    guard let line = lines[position.stream], position.sequence >= line.first,
      position.sequence <= line.last
    else { return nil }
    return line.payloads[Int(position.sequence - line.first)]
  }

  /// The first message behind `sequence` that is still here.
  func next(after sequence: UInt64, in stream: TopicStream) -> UInt64? {
    guard let line = lines[stream], sequence < line.last, !line.payloads.isEmpty else { return nil }
    return max(sequence + 1, line.first)
  }

  /// Takes the message that follows the last one; false when it is not that.
  mutating func append(_ kept: TopicMessage.Kept, at time: WallTime) -> Bool {
    let (stream, sequence) = (kept.position.stream, kept.position.sequence)
    guard sequence == last(stream) + 1 else { return false }
    lines[stream, default: Line(last: 0)].last = sequence
    lines[stream]?.payloads.append(kept.payload)
    order.append(Stored(position: kept.position, at: time))
    count += 1
    bytes += kept.payload.count
    return true
  }

  /// Leaves a gap: what lies between is gone for good.
  mutating func advance(to position: TopicPosition) {
    guard position.sequence > last(position.stream) else { return }
    let payloads = lines[position.stream]?.payloads ?? []
    count -= payloads.count
    bytes -= payloads.reduce(0) { $0 + $1.count }
    lines[position.stream] = Line(last: position.sequence)
  }

  /// Removes what is too old or too much; returns up to where each stream was cut.
  mutating func trim(_ now: WallTime) -> [TopicPosition] {
    var cut: [TopicStream: UInt64] = [:]
    while removed < order.count {
      let oldest = order[removed]
      let isOld = oldest.at.duration(to: now) > limits.age
      guard isOld || count > limits.messages || bytes > limits.bytes else { break }
      removed += 1
      let stream = oldest.position.stream
      // A gap may have taken it already.
      guard var line = lines[stream], line.first == oldest.position.sequence,
        !line.payloads.isEmpty
      else { continue }
      bytes -= line.payloads.removeFirst().count
      count -= 1
      lines[stream] = line
      cut[stream] = oldest.position.sequence
    }
    if removed > 1_024, removed * 2 > order.count {
      order.removeSubrange(..<removed)
      removed = 0
    }
    return cut.sorted { $0.key < $1.key }.map { TopicPosition($0.key, $0.value) }
  }

  /// Takes a name up. It starts with all that is still kept. Returns nil when it is there already.
  mutating func adopt(_ name: String) -> TopicMessage.Naming? {
    guard names[name] == nil else { return nil }
    return put(TopicMessage.Naming(name, era: (eras[name] ?? 0) + 1))
  }

  /// Nil when it is deleted already. One that is not known is noted too: what another holder knows
  /// of it may be on its way here.
  mutating func drop(_ name: String) -> TopicMessage.Naming? {
    let era = eras[name] ?? 1
    return era % 2 == 1 ? put(TopicMessage.Naming(name, era: era + 1)) : nil
  }

  /// As another holder knows it; returns false when this one knows as much.
  mutating func merge(_ naming: TopicMessage.Naming) -> Bool {
    guard naming.era > eras[naming.name] ?? 0, !naming.isThere || hasRoomForName else {
      return false
    }
    put(naming)
    return true
  }

  @discardableResult
  private mutating func put(_ naming: TopicMessage.Naming) -> TopicMessage.Naming {
    eras[naming.name] = naming.era
    names[naming.name] = naming.isThere ? [:] : nil
    // Deleted ones are remembered for holders that were away, as far as there is room.
    if eras.count > 2 * limits.names {
      let gone = eras.keys.filter { names[$0] == nil && $0 != naming.name }.min()
      if let gone { eras[gone] = nil }
    }
    return naming
  }

  /// What a subscription has not acknowledged of what is here.
  func waiting(_ name: String) -> Int {
    lines.reduce(0) { sum, line in
      let left = line.value.last - min(line.value.last, acknowledged(name, line.key))
      return sum + min(Int(left), line.value.payloads.count)
    }
  }

  func acknowledged(_ name: String, _ stream: TopicStream) -> UInt64 {
    names[name]?[stream] ?? 0
  }

  /// Returns false when it was known, or the name or stream is not.
  mutating func acknowledge(_ name: String, _ position: TopicPosition) -> Bool {
    guard let old = names[name], old[position.stream] ?? 0 < position.sequence else {
      return false
    }
    names[name]?[position.stream] = position.sequence
    return true
  }
}

extension TopicMessage.Naming {
  var isThere: Bool { era % 2 == 1 }
}
