package import Calls
package import IO
package import Primitives

/// The network as the services of this node see it; `Network` is the one that knows it.
package protocol NetworkView: AnyObject, Sendable {
  var own: NodeID { get }

  /// Reads or changes the node table. Short: the table is locked meanwhile.
  func withTable<Result>(
    _ body: (inout NodeTable) throws(NetworkError) -> Result
  ) throws(NetworkError) -> Result

  /// Announced after each change of the table that is worth showing.
  var tableChanges: Broadcast { get }

  /// Calls to another node. The link is made when it is needed; a call waits for it until its
  /// deadline. Throws for this node itself and for one that the network does not know.
  func caller(to peer: NodeID) throws(NetworkError) -> any Caller

  /// Looks for every way to the peer anew, whatever path is in use, and says how each went.
  func explain(_ peer: NodeID, deadline: Instant) async throws -> DialReport
}
