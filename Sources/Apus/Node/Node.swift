import Blobs
import Calls
import Glibc
import HTTP
package import IO
import Mesh
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
///
///     try await Node.run(.init(settings: ["node.listen": "127.0.0.1:0"])) { node in
///       print("\(node.id) is at \(node.addresses)")
///     }
public final class Node: Sendable {
  package let state: Locked<NodeStatus>
  /// Open it to stop the node.
  package let stop: Gate
  /// From before it serves until it has stopped.
  let network = Locked<Network?>(nil)
  /// The same.
  let holdings = Locked<Files?>(nil)

  /// Its public key: what peers know it by.
  public var id: NodeID { status.id }
  /// `host:port` of each socket.
  public var addresses: [String] { status.listen.map(\.description) }
  /// Where a browser on this machine goes.
  public var web: String { status.web }
  /// How it does at this moment.
  public var status: NodeStatus { state.withLock { $0 } }

  init(_ status: NodeStatus, stop: Gate) {
    self.state = Locked(status)
    self.stop = stop
  }

  /// Asks the node to finish what is open and to end; `run` returns once it has.
  public func requestStop() { stop.open() }

  /// Runs a node until it is asked to stop (`requestStop`) or the task is cancelled. `serving` is
  /// called once clients are answered, and is to return soon.
  ///
  /// A node of its own in a state folder of its own: the key, the settings file and the database
  /// are those that `apus up` on the same folder would use, and `apus status` finds it there. It
  /// logs to that folder, takes no signals and writes to no terminal.
  public static func run(
    _ options: Options = Options(), serving: @escaping @Sendable (Node) -> Void = { _ in }
  ) async throws(NodeError) {
    do {
      try await run(try await options.plan(), serving: serving)
    } catch {
      throw NodeError(explaining: error)
    }
  }

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
