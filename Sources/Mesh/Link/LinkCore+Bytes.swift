package import Primitives

// What comes on a carrier.
extension LinkCore {
  /// Takes bytes that came, off the front of `bytes`, and stops early when there is something to
  /// do: perform the actions, then call again with the rest. `deliver` is lent what is new on a
  /// lane, or nil where the lane ended. What breaks the protocol ends the link.
  package mutating func receive(
    _ bytes: inout UnsafeRawBufferPointer, on number: CarrierNumber, now: Instant,
    deliver: (_ lane: Int, UnsafeRawBufferPointer?) -> Void
  ) -> [Action] {
    var actions: [Action] = []
    guard let index = index(of: number) else {
      bytes = UnsafeRawBufferPointer(start: nil, count: 0)
      return actions
    }
    showLife(index, now, &actions)
    do throws(NetworkError) {
      try takeAll(&bytes, on: number, now, deliver, &actions)
    } catch {
      bytes = UnsafeRawBufferPointer(start: nil, count: 0)
      violate(error, &actions)
    }
    return actions
  }

  private mutating func takeAll(
    _ bytes: inout UnsafeRawBufferPointer, on number: CarrierNumber, _ now: Instant,
    _ deliver: (Int, UnsafeRawBufferPointer?) -> Void, _ actions: inout [Action]
  ) throws(NetworkError) {
    while actions.isEmpty, let index = index(of: number) {
      let piece = try carriers[index].reader.next(&bytes)
      guard let piece else { return }
      try take(piece, on: index, now, deliver, &actions)
    }
  }

  private mutating func showLife(_ index: Int, _ now: Instant, _ actions: inout [Action]) {
    let wasDoubted = carriers[index].doubtedUntil != nil
    carriers[index].showsLife(now, nextWithin: answerTime(limits.answerTime))
    // It works: nobody has to stand by for it.
    guard wasDoubted, isSmaller, carriers[index].number == current,
      carriers[index].stage == .attached
    else { return }
    for other in carriers where other.number != current { drop(other.number, &actions) }
  }

  private mutating func take(
    _ piece: FrameReader.Piece, on index: Int, _ now: Instant,
    _ deliver: (Int, UnsafeRawBufferPointer?) -> Void, _ actions: inout [Action]
  ) throws(NetworkError) {
    let isLive = carriers[index].stage == .attached && carriers[index].number == current
    switch piece {
    // Of a lower epoch, or of a link that is over.
    case .data, .end, .ack: if !isLive { return }
    case .attach, .ping: try checkAnswers(on: index)
    case .gone, .pong, .detach, .close: break
    }
    switch piece {
    case .data(let lane, let offset, let bytes):
      let limit = limits.laneBytes
      if let fresh = try lanes[lane].receive(bytes, at: offset, limit: limit) {
        deliver(lane, fresh)
      }
    case .end(let lane, let offset):
      if try lanes[lane].receiveEnd(at: offset) { deliver(lane, nil) }
    case .ack(let lane, let offset): try lanes[lane].acknowledge(offset)
    case .attach(let attach): try received(attach, on: index, now, &actions)
    case .gone(let link): try gone(link, on: index, now, &actions)
    case .ping(let token):
      carriers[index].control.append(LinkFrame.Head(.pong, number: token))
    case .pong(let token): heard(token, on: index, now)
    case .detach:
      let number = carriers[index].number
      actions.append(.closeCarrier(number, lastWords: []))
      forget(number, now, &actions)
    case .close(let farewell):
      dropAll(nil, &actions)
      end(.closedThere(farewell), &actions)
    }
  }

  /// What waits for an answer waits here until the carrier takes the answer.
  private func checkAnswers(on index: Int) throws(NetworkError) {
    guard carriers[index].control.count <= limits.controlBytes + LinkFrame.payloadBytes else {
      throw NetworkError(.violation, "The other side asks on and on, and takes no answer.")
    }
  }

  private mutating func heard(_ token: UInt64, on index: Int, _ now: Instant) {
    guard let pinged = carriers[index].pingedAt, token == UInt64(max(0, pinged.nanoseconds))
    else { return }
    carriers[index].pingedAt = nil
    carriers[index].suspectAt = nil
    if carriers[index].number == current { roundTrip = pinged.duration(to: now) }
  }

  private mutating func violate(_ error: NetworkError, _ actions: inout [Action]) {
    dropAll(LinkFrame.Farewell(.violation), &actions)
    end(.violated(error), &actions)
  }
}
