import Calls
import HTTP
import Primitives

/// What the node counts of itself, beside what its modules count. The registry outlives it.
enum NodeMetrics {
  static func register(node: Node, port: Server, calls: CallServer) {
    let registry = MetricRegistry.shared
    let started = node.status.started
    registry.gauge("apus_uptime_seconds", "Seconds since the node started.") {
      started.duration(to: .now()).inSeconds
    }
    registry.gauge("apus_resident_bytes", "Memory the process holds.") {
      Double(ProcessUsage.residentBytes)
    }
    registry.gauge("apus_processor_seconds", "Processor time the process has used.") {
      ProcessUsage.processorSeconds
    }
    registry.gauge("apus_connections_open", "Connections to the node's port.") {
      [weak port] in Double(port?.openConnections ?? 0)
    }
    registry.gauge("apus_calls_open", "gRPC calls being handled.") {
      [weak calls] in Double(calls?.callsOpen ?? 0)
    }
  }
}
