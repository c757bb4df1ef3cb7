extension RelayBook {
  package struct Limits: Sendable {
    /// Places for nodes that cannot be dialled; one a node.
    package var reservations = 8192
    package var lifetime = Duration.seconds(600)
    /// Nodes with anything at all here: places, circuits, quotas in use.
    package var members = 16_384
    /// Joined or waiting to be, of all nodes and of one. A circuit takes two pipes while it moves
    /// bytes: keep to half of `PipePool.Limits.pipes`.
    package var circuits = 1024
    package var circuitsPerNode = 64
    /// How long a ticket is good for.
    package var ticketTime = Duration.seconds(10)
    /// A connection may overtake the call that opens its circuit: so many may wait, and so long.
    package var earlyConnections = 512
    package var earlyConnectionsPerSource = 64
    package var earlyTime = Duration.seconds(5)
    package var openings = TokenBucket.Rate(perSecond: 10, burst: 64)
    package var signals = TokenBucket.Rate(perSecond: 10, burst: 40)
    package var signalBytes = 1024
    /// Spliced bytes, both directions together.
    package var bytesPerNode = TokenBucket.Rate(perSecond: 32 << 20, burst: 256 << 20)
    package var bytes = TokenBucket.Rate(perSecond: 128 << 20, burst: 1 << 30)
    /// A connection out of quota waits until it may move this much, not a byte at a time.
    package var leastBytes = 16 << 10
    /// Over this long the nodes come back after a restart.
    package var smear = Duration.seconds(10)
    /// Between two looks for what has lapsed quietly.
    package var sweepTime = Duration.seconds(60)

    package init() {}
  }
}
