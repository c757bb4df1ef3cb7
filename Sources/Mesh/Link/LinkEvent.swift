import Primitives

extension LinkCore {
  /// Names a carrier of one link; never used twice.
  package typealias CarrierNumber = Int

  /// What the other side said in its hello, as far as the link cares. A hint about offsets and
  /// epoch: it may be older than what the link knows by now.
  package struct Greeting: Equatable, Sendable {
    package var boot: BootID
    package var link: UInt64
    package var epoch: UInt64
    package var received: (UInt64, UInt64)
    package var laneBytes: Int

    package init(
      boot: BootID, link: UInt64 = 0, epoch: UInt64 = 0, received: (UInt64, UInt64) = (0, 0),
      laneBytes: Int = 4 << 20
    ) {
      self.boot = boot
      self.link = link
      self.epoch = epoch
      self.received = received
      self.laneBytes = laneBytes
    }

    package static func == (left: Self, right: Self) -> Bool {
      left.boot == right.boot && left.link == right.link && left.epoch == right.epoch
        && left.received == right.received && left.laneBytes == right.laneBytes
    }
  }

  package enum Event: Sendable {
    /// A carrier whose hellos were exchanged and accepted.
    case carrier(CarrierNumber, Greeting, isDialled: Bool, path: PathKind)
    /// It broke or was ended; nothing more comes.
    case carrierEnded(CarrierNumber)
    /// Interfaces or addresses changed: no carrier is trusted before it gave a sign of life.
    case networkChanged
    case close(LinkFrame.Farewell)
    case wake
  }

  package enum Action: Sendable {
    /// The carrier does the work from now on; both sides agree.
    case attached(CarrierNumber, PathKind)
    /// The working carrier owes an answer. Look for another; it is kept until there is one.
    case suspected(CarrierNumber)
    /// There is no carrier left. Dial.
    case detached
    /// Give out these bytes, then close the carrier. It is forgotten here.
    case closeCarrier(CarrierNumber, lastWords: [UInt8])
    /// Everything on the lanes failed; from here on they are fresh ones.
    case ended(Ending)
  }

  /// Why the streams of a link are gone.
  package enum Ending: Sendable {
    case closedHere
    case closedThere(LinkFrame.Farewell)
    /// The other node was started anew.
    case restarted
    /// The other side knows nothing of the link any more.
    case forgotten
    /// Too long without a carrier.
    case expired
    /// The other side broke the protocol.
    case violated(NetworkError)
  }
}
