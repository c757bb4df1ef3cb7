package struct PeerStreamLimits: Sendable {
  /// That wait for one peer.
  package var messages = 1_024
  package var bytes = 8 << 20
  /// That wait for all peers.
  package var totalBytes = 64 << 20
  package var streams = 8_192
  /// With one peer: both sides may open one at once, and one may end while the next begins.
  package var streamsOfPeer = 4
  /// Of one message that comes in, and how many repeated values it may have.
  package var messageBytes = 4 << 20
  package var elements = 65_536
  /// Whoever called ends a stream on which nothing was said for so long.
  package var silence = Duration.seconds(60)
  /// How long it then waits for the other side's end.
  package var linger = Duration.seconds(10)
  /// From the wish for a stream to the stream; dialling is part of it.
  package var opening = Duration.seconds(30)
  /// After a call that failed, doubled each time.
  package var shortestPause = Duration.milliseconds(500)
  package var longestPause = Duration.seconds(30)

  package init() {}
}
