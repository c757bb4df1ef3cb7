import Primitives

/// A server that has been started to be measured.
struct RunningServer: Sendable {
  let name: String
  let process: Int32
  let port: UInt16
  /// Of a node, with its state folder; empty for others.
  var id = ""
  var home = ""
  /// Where it serves what is asked for.
  var path = "/"

  var url: String { "http://127.0.0.1:\(port)\(path)" }

  /// Processor time so far, of it and its children.
  var processorTime: Duration { Machine.processorTime(ofTree: process) }
}

/// One run of a load on a server.
struct LoadSample: Sendable {
  let server: String
  let requests: Double
  let seconds: Double
  let processorSeconds: Double

  var perSecond: Double { requests / seconds }
  /// Processor time of the server for one request, in microseconds.
  var cost: Double { processorSeconds / requests * 1e6 }
  /// The share of its core the server used.
  var business: Double { processorSeconds / seconds }
}

extension [LoadSample] {
  /// What is told of a server in every comparison.
  func figures(_ name: String) -> [Figure] {
    [
      Figure("\(name): requests", map(\.perSecond), "/s"),
      Figure("\(name): processor time", map(\.cost), "us/request"),
      Figure("\(name): core used", map { $0.business * 100 }, "%"),
    ]
  }

  /// How much less processor time a request costs on the left than on the right.
  func advantage(over peer: [LoadSample]) -> Samples {
    Samples(peer.map(\.cost), over: map(\.cost))
  }
}
