/// A node's place in this process's `PeerDirectory`: small, dense and never on the wire. The core
/// speaks of nodes by these, so that ten thousand tables of ten thousand fit into a simulator.
package struct PeerNumber: Hashable, Sendable {
  package let value: UInt32

  package init(_ value: UInt32) { self.value = value }
  package init(_ value: Int) { self.value = UInt32(value) }

  package var index: Int { Int(value) }
}
