import HTTP
package import IO
public import Primitives

/// What a node says of itself, to `apus status`, the status file and the web.
public struct NodeStatus: Sendable {
  public package(set) var id: NodeID
  /// For people: the setting `node.name`, or else the host's.
  public package(set) var name: String
  package var listen: [SocketAddress]
  package var process: Int32
  package var started: Instant
  /// Asks the server for its count.
  package var openConnections: @Sendable () -> Int = { 0 }
  /// Its place in a network; asked for with every status.
  package var membership: @Sendable () -> NodeMembership? = { nil }
  /// Clients are answered.
  public package(set) var isReady = false
  /// It was asked to stop, and finishes what is open.
  public package(set) var isStopping = false

  package init(
    id: NodeID, name: String, listen: [SocketAddress], process: Int32, started: Instant
  ) {
    self.id = id
    self.name = name
    self.listen = listen
    self.process = process
    self.started = started
  }

  /// Where a browser on this machine goes.
  package var web: String {
    guard let port = listen.lazy.compactMap(\.port).first else { return "" }
    let first = listen.first
    let host =
      first.map { $0.isUnspecified || $0.isLoopback ? "127.0.0.1" : $0.host } ?? "127.0.0.1"
    return "https://\(Endpoint(host: host, port: port))/"
  }

  /// The ways in that others may use, without a slash at the end; this machine's own when there
  /// is no other.
  package var webAddresses: [String] {
    let outside = listen.filter { !$0.isUnspecified && !$0.isLoopback }.compactMap { address in
      address.port.map { "https://\(Endpoint(host: address.host, port: $0))" }
    }
    return outside.isEmpty && !web.isEmpty ? [String(web.dropLast())] : outside
  }

  /// The file by which scripts find a node that chose its port itself.
  package var json: JSON {
    [
      "id": .string(id.description), "name": .string(name), "version": .string(Version.current),
      "listen": .array(listen.map { .string($0.description) }), "web": .string(web),
      "pid": .integer(Int64(process)),
    ]
  }
}
