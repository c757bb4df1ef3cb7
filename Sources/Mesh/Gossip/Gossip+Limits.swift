import Primitives

extension Gossip {
  package struct Limits: Sendable {
    // The overlay.
    /// Below this a node takes another's place to get links; above it asks politely: at every
    /// turn below the second, seldom below the third.
    package var urgentLinks = 4
    package var fewestLinks = 8
    package var wantedLinks = 9
    package var mostLinks = 12
    package var passive = 30
    package var openings = 3
    package var openTimeout = Duration.seconds(10)
    package var joinHops = 5
    package var joinForwards = 5
    package var sample = 8
    package var shuffleInterval = Duration.seconds(30)
    package var reshuffleInterval = Duration.seconds(300)
    /// How often a node looks in on a contact, and on somebody it holds dead while there are
    /// such; both grow by a tenth of a second for each member.
    package var visitInterval = Duration.seconds(120)
    package var lostVisitInterval = Duration.seconds(20)

    // The detector.
    package var probeInterval = Duration.seconds(1)
    package var attemptSpacing = Duration.milliseconds(400)
    package var fewestAttempts = 4
    package var mostAttempts = 14
    /// So rarely may a healthy node's probes all be lost before it is suspected.
    package var falseAlarm = 1e-5
    package var indirect = 3
    /// In larger networks neighbours hardly ever share a third one.
    package var indirectMembers = 500
    package var confirmations = 3
    package var shortestSuspicion = Duration.milliseconds(4500)
    package var longestSuspicion = Duration.seconds(10)
    /// Until a suspicion that nobody confirmed and nobody refuted counts as death.
    package var openSuspicion = Duration.seconds(30)
    package var strain = 8
    /// A timer that fires so late says that this node is the slow one.
    package var lateness = Duration.milliseconds(250)

    // Rumours.
    package var flushInterval = Duration.milliseconds(200)
    /// How long the first rumour of a batch waits: copies that arrive meanwhile need not be sent
    /// back.
    package var flushDelay = Duration.milliseconds(60)
    package var updatesPerMessage = 64
    package var updatesPerFlush = 256
    package var pending = 4096
    /// How far back a compare looks, in changes.
    package var recent = 64
    package var compareInterval = Duration.seconds(1)
    package var busyCompareInterval = Duration.seconds(3)
    /// A table that changed more recently than this may differ only because news is on its way.
    package var settling = Duration.milliseconds(500)
    package var exchangeInterval = Duration.seconds(30)
    /// Tables that differ by so many are exchanged at once rather than by rumours.
    package var exchangeDifference = 32
    package var quietExchangeInterval = Duration.seconds(5)
    package var eagerExchangeInterval = Duration.seconds(3)
    /// What a full exchange brings beyond this is left to the neighbours' own exchanges.
    package var passedOn = 64

    // The table.
    package var members = 1 << 17
    /// So long is a dead or departed node remembered, and longer while its last record would
    /// still be believed, but never more than so many.
    package var tombstoneTime = Duration.seconds(1800)
    package var tombstones = 4096
    package var sweepPerTick = 16
    package var shortestLease = Duration.seconds(3600)
    package var longestLease = Duration.seconds(7 * 86_400)
    /// The whole network signs a renewal so often, however many nodes there are.
    package var renewalSpacing = Duration.seconds(20)
    package var farewells = 3

    package init() {}
  }
}
