import Calls
import Glibc
import HTTP
package import IO
public import Primitives
import Security
import Store

// # A node
//
// The assembly: takes the state folder, opens what is in it, binds its sockets, then runs the
// components until it is asked to stop. Everything is made here and handed down; nothing below
// reaches up. The order is the order of starting, and its reverse the order of stopping:
//
//   lock, logs, key, database, sockets | signals, local socket, port
//
// Once `run` calls `serving`, clients are answered.

/// A running node, as the code that started it sees it.
public final class Node: Sendable {
  package let status: Locked<NodeStatus>
  /// Open it to stop the node.
  package let stop: Gate

  public var id: NodeID { status.withLock { $0.id } }
  /// `host:port` of each socket.
  public var addresses: [String] { status.withLock { $0.listen.map(\.description) } }
  /// Where a browser on this machine goes.
  public var web: String { status.withLock { $0.web } }

  init(_ status: NodeStatus, stop: Gate) {
    self.status = Locked(status)
    self.stop = stop
  }

  /// Asks the node to finish what is open and to end; `run` returns once it has.
  public func requestStop() { stop.open() }

  /// Runs a node until `stop` opens. `serving` is called once clients are answered.
  package static func run(
    _ plan: NodePlan, stop: Gate = Gate(), serving: @escaping @Sendable (Node) -> Void
  ) async throws {
    let disk = RealDisk()
    let lock = try await StateLock.take(plan.folder, disk: disk)
    defer { lock.release() }
    let logs = NodeLogs(plan)
    logs.install()
    do {
      let assembly = try await NodeAssembly.make(plan, logs: logs, stop: stop, disk: disk)
      try await assembly.run(serving: serving)
    } catch {
      Logger("Apus").error("the node ends", LogField("why", String(describing: error)))
      await logs.flush()
      throw error
    }
    await logs.flush()
  }
}
