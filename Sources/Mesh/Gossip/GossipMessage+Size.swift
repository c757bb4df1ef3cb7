extension GossipMessage {
  /// Bytes of the encoded message, found without encoding it; may be a few too many.
  package var wireSize: Int {
    var size = bodySize
    for update in updates {
      switch update {
      case .record(_, let signed): size += signed.payload.count + 64 + 8
      case .claim: size += 36 + 9 + 2 + 36
      }
    }
    return size
  }

  private var bodySize: Int {
    switch body {
    case .rumours: 0
    // number, digest, live, watchers, strain, accused, coordinate
    case .probe(let probe), .ack(let probe): 2 + 6 + 9 + 4 + 4 + (probe.accused == 0 ? 0 : 9) + 30
    case .indirect, .indirectAck: 2 + 6 + 34
    case .forwardJoin: 2 + 34 + 2
    case .join, .neighbour, .neighbourReply, .disconnect: 4
    case .shuffle(let peers), .shuffleReply(let peers), .wanted(let peers): 4 + 34 * peers.count
    case .changes(let changes, _): 6 + 46 * changes.count
    }
  }
}
