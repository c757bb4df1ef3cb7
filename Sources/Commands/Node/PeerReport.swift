import Calls
import Primitives

/// `apus doctor <peer>`: every way to a node, and why each that does not work does not.
struct PeerReport: Presentable {
  let reply: NodesV1.ExplainReply

  var isReached: Bool { !reply.best.isEmpty }

  var json: JSON {
    [
      "id": .string(reply.id), "name": .string(reply.name),
      "path": reply.path.isEmpty ? .null : .string(reply.path),
      "best": isReached ? .string(reply.best) : .null, "took": time(reply.nanoseconds).json,
      "ways": .array(
        reply.ways.map { way in
          [
            "way": .string(way.way), "path": .string(way.path), "connected": .bool(way.connected),
            "startedAfter": way.startedNanoseconds.map(time).json,
            "took": time(way.nanoseconds).json,
            "reason": way.connected ? .null : .string(way.reason),
            "explanation": way.connected ? .null : .string(way.explanation),
          ]
        }),
    ]
  }

  private func time(_ nanoseconds: UInt64) -> Duration {
    .nanoseconds(Int64(clamping: nanoseconds))
  }

  func text(for terminal: Terminal) -> String {
    let name = terminal.styled(TextWidth.printable(reply.name), .bold)
    var text = "\(name) (\(reply.id.prefix(10)))"
    text += reply.path.isEmpty ? ": not connected now\n" : ": connected now, \(reply.path)\n"
    for way in reply.ways {
      let (word, style): (String, Terminal.Style) =
        way.connected
        ? ("works   ", .green)
        : ["notNeeded", "notTried", "cancelled"].contains(way.reason)
          ? ("skipped ", .dim) : ("fails   ", .red)
      let what =
        way.connected
        ? "in \(PingReport.milliseconds(time(way.nanoseconds))), \(way.path)" : way.explanation
      text += "  " + terminal.styled(word, style)
      text += "\(TextWidth.printable(way.way)): \(TextWidth.printable(what))\n"
    }
    if reply.ways.isEmpty { text += "  no way is known: it may be off, or has told no address\n" }
    return text
      + (isReached ? "best: \(TextWidth.printable(reply.best))\n" : "the node was not reached\n")
  }
}
