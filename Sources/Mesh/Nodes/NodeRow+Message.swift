package import Calls
package import Primitives

extension NodeRow {
  package func message(at time: WallTime) -> NodesV1.Row {
    NodesV1.Row {
      $0.id = id.description
      $0.name = name
      $0.state = state.description
      $0.zone = record.zone
      $0.roles = record.roles.map(\.rawValue)
      $0.path = path?.rawValue ?? ""
      $0.latencyMilliseconds = latencyMs
      $0.latencyIsMeasured = isSelf || latency.average != nil
      $0.uploadMbps = bandwidth?.uploadMbps
      $0.downloadMbps = bandwidth?.downloadMbps
      $0.load = load?.processor
      $0.addresses = record.addresses
      $0.isSelf = isSelf
      $0.json = json(at: time).text
    }
  }
}

extension SpeedTest.Result {
  package var message: NodesV1.SpeedResult {
    NodesV1.SpeedResult {
      $0.uploadMbps = upload.mbps
      $0.downloadMbps = download.mbps
      $0.uploadedBytes = upload.bytes
      $0.downloadedBytes = download.bytes
    }
  }
}

extension DialReport {
  package func message(to row: NodeRow) -> NodesV1.ExplainReply {
    NodesV1.ExplainReply {
      $0.id = row.id.description
      $0.name = row.name
      $0.path = row.path?.rawValue ?? ""
      $0.ways = entries.map(\.message)
      $0.best = best?.description ?? ""
      $0.nanoseconds = UInt64(clamping: took.nanoseconds)
    }
  }
}

extension DialReport.Entry {
  fileprivate var message: NodesV1.Way {
    NodesV1.Way {
      $0.way = route.description
      $0.path = route.path.rawValue
      $0.startedNanoseconds = startedAfter.map { UInt64(clamping: $0.nanoseconds) }
      $0.nanoseconds = UInt64(clamping: took.nanoseconds)
      switch result {
      case .connected: $0.connected = true
      case .failed(let failure):
        $0.reason = failure.reason.rawValue
        $0.explanation = failure.description
      }
    }
  }
}
