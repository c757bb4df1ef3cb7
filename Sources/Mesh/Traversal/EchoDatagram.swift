package import IO
package import Primitives

/// A question where one's datagrams seem to come from, or the answer: 48 bytes either way, so that
/// nobody gets more out of an answer than went into the question.
///
///     0  magic "APE1"    4  kind: 1 question, 2 answer    5  family: 0, 4 or 6
///     6  port, masked    8  address, masked (IPv4: 4 bytes, then zeros)
///    24  cookie          40 zeros
///
/// The answer repeats the question's cookie, which proves that it is one. Port and address are
/// masked with the cookie, since some NATs rewrite addresses that they recognise.
package struct EchoDatagram: Equatable, Sendable {
  package static let size = 48
  package static let cookieSize = 16
  private static let magic: [UInt8] = Array("APE1".utf8)

  package var cookie: [UInt8]
  /// Nil in a question.
  package var seen: SocketAddress?

  /// `cookie` has 16 bytes that nobody can guess.
  package init(cookie: [UInt8], seen: SocketAddress? = nil) {
    precondition(cookie.count == Self.cookieSize, "a cookie has \(Self.cookieSize) bytes")
    self.cookie = cookie
    self.seen = seen?.unmapped
  }

  package var encoded: [UInt8] {
    var bytes = [UInt8](repeating: 0, count: Self.size)
    bytes.replaceSubrange(0..<4, with: Self.magic)
    bytes[4] = seen == nil ? 1 : 2
    bytes.replaceSubrange(24..<40, with: cookie)
    guard let (family, host, port) = Self.parts(seen) else { return bytes }
    bytes[5] = family
    let plain = [UInt8(port >> 8), UInt8(truncatingIfNeeded: port)] + host
    for (index, byte) in plain.enumerated() {
      bytes[6 + index] = byte ^ cookie[index % Self.cookieSize]
    }
    return bytes
  }

  /// Nil for anything that is not exactly one.
  package init?(decoding bytes: [UInt8]) {
    guard bytes.count == Self.size, Array(bytes[0..<4]) == Self.magic,
      bytes[40...].allSatisfy({ $0 == 0 })
    else { return nil }
    cookie = Array(bytes[24..<40])
    switch (bytes[4], bytes[5]) {
    case (1, 0):
      guard bytes[6..<24].allSatisfy({ $0 == 0 }) else { return nil }
      seen = nil
    case (2, 4), (2, 6):
      let isV4 = bytes[5] == 4
      let used = isV4 ? 6 : 18
      guard bytes[(6 + used)..<24].allSatisfy({ $0 == 0 }) else { return nil }
      let plain = (0..<used).map { bytes[6 + $0] ^ cookie[$0 % Self.cookieSize] }
      let port = UInt16(plain[0]) << 8 | UInt16(plain[1])
      let host = Array(plain[2...])
      seen = SocketAddress(isV4 ? .v4(host, port: port) : .v6(host, port: port, scope: 0))
      // An IPv4 address in IPv6's clothes has another spelling, and only one is right.
      if seen?.unmapped != seen { return nil }
    default: return nil
    }
  }

  private static func parts(
    _ address: SocketAddress?
  ) -> (family: UInt8, host: [UInt8], port: UInt16)? {
    switch address?.kind {
    case .v4(let host, let port): (4, host, port)
    case .v6(let host, let port, _): (6, host, port)
    case .unix, nil: nil
    }
  }
}

/// Decides which questions are answered: some from each host, some more from all together.
package struct EchoResponder: Sendable {
  package struct Limits: Sendable {
    /// Answers to one host, at most so many at once and so many in a second.
    package var perHost = 8.0
    package var perSecond = 4.0
    /// The same for everybody together.
    package var total = 400.0
    package var totalPerSecond = 200.0
    /// Hosts whose use is counted apart; more wait for some to be forgotten.
    package var hosts = 1_024
    package init() {}
  }

  private struct Allowance {
    var left: Double
    var at: Instant

    mutating func take(_ most: Double, _ perSecond: Double, _ now: Instant) -> Bool {
      left = min(most, left + at.duration(to: now).inSeconds * perSecond)
      at = now
      guard left >= 1 else { return false }
      left -= 1
      return true
    }
  }

  private let limits: Limits
  private var hosts: [SocketAddress: Allowance] = [:]
  private var everybody: Allowance?
  package private(set) var refused: UInt64 = 0

  package init(limits: Limits = Limits()) { self.limits = limits }

  package var hostCount: Int { hosts.count }

  /// The answer, or nil for silence.
  package mutating func answer(
    _ bytes: [UInt8], from sender: SocketAddress, now: Instant
  ) -> [UInt8]? {
    guard let question = EchoDatagram(decoding: bytes), question.seen == nil else { return nil }
    guard mayAnswer(sender.unmapped.with(port: 0), now) else {
      refused += 1
      return nil
    }
    return EchoDatagram(cookie: question.cookie, seen: sender).encoded
  }

  private mutating func mayAnswer(_ host: SocketAddress, _ now: Instant) -> Bool {
    if hosts[host] == nil, hosts.count >= limits.hosts { forget(now) }
    guard hosts[host] != nil || hosts.count < limits.hosts else { return false }
    var own = hosts[host] ?? Allowance(left: limits.perHost, at: now)
    let isAllowed = own.take(limits.perHost, limits.perSecond, now)
    hosts[host] = own
    guard isAllowed else { return false }
    var all = everybody ?? Allowance(left: limits.total, at: now)
    defer { everybody = all }
    return all.take(limits.total, limits.totalPerSecond, now)
  }

  /// Those who have their whole allowance back are as good as unknown.
  private mutating func forget(_ now: Instant) {
    hosts = hosts.filter { _, one in
      one.left + one.at.duration(to: now).inSeconds * limits.perSecond < limits.perHost
    }
  }
}
