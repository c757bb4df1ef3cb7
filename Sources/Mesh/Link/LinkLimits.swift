/// Every bound of a link.
package struct LinkLimits: Sendable {
  /// What a lane keeps until the other side has read it, and how far ahead of its reader the
  /// other side may send.
  package var laneBytes = 4 << 20
  /// What a lane takes beyond what its carrier took: more would only delay what comes after it.
  package var unsentBytes = 256 << 10
  /// What was read without being acknowledged, in bytes (and never more than a quarter of
  /// what either side keeps) and in time.
  package var ackBytes = 128 << 10
  package var ackDelay = Duration.milliseconds(20)
  /// Silence after which the other side is asked for a sign of life, and after which it is dead.
  package var idleProbe = Duration.seconds(5)
  package var deadAfter = Duration.seconds(15)
  /// The same where something was sent that is answered: how long to wait before asking, and from
  /// there until another carrier is looked for. A long round trip gives more time.
  package var askTime = Duration.milliseconds(250)
  package var answerTime = Duration.milliseconds(400)
  /// From asking, when something gives reason to doubt a carrier.
  package var doubtedAnswerTime = Duration.milliseconds(150)
  /// By so much a loop is late only when it had other things to do.
  package var lateness = Duration.milliseconds(100)
  /// The same when something gives reason to doubt a carrier.
  package var doubtTime = Duration.seconds(2)
  /// Without a carrier.
  package var life = Duration.seconds(60)
  /// From the start of attaching a carrier to its confirmation.
  package var attachTime = Duration.seconds(5)
  /// The same where another carrier stands by.
  package var fallbackTime = Duration.milliseconds(500)
  /// How long a carrier stands by that nobody attaches.
  package var spareTime = Duration.seconds(10)
  package var carriers = 4
  /// Answers to the other side's questions that a carrier does not take.
  package var controlBytes = 4 << 10
  /// From the end of the TLS handshake until the other side's hello is accepted.
  package var helloTime = Duration.seconds(10)
  /// For saying goodbye on a carrier.
  package var lingerTime = Duration.seconds(1)
  package init() {}
}
