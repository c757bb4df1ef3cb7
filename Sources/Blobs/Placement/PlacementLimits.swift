package struct PlacementLimits: Sendable {
  /// A holder that is away for longer is replaced.
  package var grace = Duration.seconds(600)
  /// How long a node must have been there before copies move to it that others have.
  package var settling = Duration.seconds(60)
  /// From the start: the node table fills first.
  package var start = Duration.seconds(20)
  /// After a change, so that several are looked at once.
  package var gathering = Duration.seconds(1)
  /// Within it a message is answered.
  package var answer = Duration.seconds(10)
  package var attempts = 3
  /// How long a node that did not answer, or is full, is left in peace.
  package var avoidance = Duration.seconds(300)
  /// Between two looks at a share about which nothing happens.
  package var check = Duration.seconds(1_800)
  /// How long a copy that is being fetched somewhere is waited for, besides what its size takes.
  package var patience = Duration.seconds(300)
  /// Bytes a second that a fetch may be expected to reach.
  package var slowestFetch: Int64 = 256 << 10
  /// Who promised keeps its copy for so long.
  package var promise = Duration.seconds(60)
  /// Who asked for promises counts on them for so long only.
  package var promiseUse = Duration.seconds(20)
  /// After an attempt to let go that came to nothing.
  package var letGoPause = Duration.seconds(120)
  /// How long a withdrawn share is remembered.
  package var remembrance = Duration.seconds(30 * 86_400)
  /// Lines of the index are renewed when so much of their time is left.
  package var renewal = Duration.seconds(43_200)
  /// Until an attempt to list or mark counts as failed.
  package var listing = Duration.seconds(60)
  /// Lines that are put into the index in one second.
  package var listingsPerSecond = 64
  /// Fetches at once, and such that wait.
  package var fetches = 4
  package var waitingFetches = 4_096
  /// Copies that others are asked to make at once.
  package var asks = 64
  package var shares = 1 << 20
  /// Of one message.
  package var copiesPerMessage = 256
  package var holders = 64
  /// Nodes that are remembered in order for each share.
  package var ranked = 16
  package init() {}
}
