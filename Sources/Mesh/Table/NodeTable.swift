package import Primitives

/// Everybody in the network as this node sees them. The membership core says who is there; links
/// and measurements add the rest. A record is a lease: the core lets it expire.
package struct NodeTable: Sendable {
  package struct Limits: Sendable {
    package var rows = 1 << 17
    /// A load older than this says nothing any more.
    package var loadAge = Duration.seconds(120)
    package init() {}
  }

  package let me: NodeID
  let limits: Limits
  private var rowsByID: [NodeID: NodeRow] = [:]
  /// Live nodes of each name; a name in use twice is the younger node's mistake.
  private var idsByName: [String: [NodeID]] = [:]
  /// Where this node is in the space of latencies.
  package var coordinate = Coordinate()

  package init(me: NodeID, limits: Limits = Limits()) {
    self.me = me
    self.limits = limits
  }

  package var count: Int { rowsByID.count }
  package var rows: some Collection<NodeRow> { rowsByID.values }
  package subscript(_ id: NodeID) -> NodeRow? { rowsByID[id] }

  // MARK: - What the membership core says

  /// A newer record replaces an older one; measurements stay. False when the table is full.
  @discardableResult
  package mutating func take(_ record: NodeRecord, at time: WallTime) -> Bool {
    let state: MemberState = record.isLeaving ? .left : .alive
    guard let old = rowsByID[record.id] else {
      guard rowsByID.count < limits.rows else { return false }
      var row = NodeRow(record: record, state: state, since: time)
      row.isSelf = record.id == me
      rowsByID[record.id] = row
      idsByName[record.name, default: []].append(record.id)
      return true
    }
    guard record.sequence >= old.record.sequence else { return true }
    var row = NodeRow(record: record, state: state, since: time)
    if old.state == state { row.since = old.since }
    row.isSelf = old.isSelf
    row.path = old.path
    row.latency = old.latency
    row.bandwidth = old.bandwidth
    row.load = old.load
    row.coordinate = old.coordinate
    row.estimatedLatency = old.estimatedLatency
    if record.name != old.name {
      removeName(of: old)
      idsByName[record.name, default: []].append(record.id)
    }
    rowsByID[record.id] = row
    return true
  }

  package mutating func setState(_ state: MemberState, of id: NodeID, at time: WallTime) {
    guard let row = rowsByID[id], row.state != state else { return }
    rowsByID[id]?.state = state
    rowsByID[id]?.since = time
    if !state.isLive { rowsByID[id]?.path = nil }
  }

  package mutating func forget(_ id: NodeID) {
    guard let row = rowsByID.removeValue(forKey: id) else { return }
    removeName(of: row)
  }

  private mutating func removeName(of row: NodeRow) {
    idsByName[row.name]?.removeAll { $0 == row.id }
    if idsByName[row.name]?.isEmpty == true { idsByName[row.name] = nil }
  }

  // MARK: - What was measured from here

  package mutating func measured(
    _ roundTrip: Duration, to id: NodeID, at time: Instant, coordinate: Coordinate? = nil
  ) {
    rowsByID[id]?.latency.add(roundTrip, at: time)
    if let coordinate { place(id, at: coordinate) }
  }

  package mutating func missed(_ id: NodeID) { rowsByID[id]?.latency.addLoss() }

  /// A coordinate that came with an answer, or that somebody else told.
  package mutating func place(_ id: NodeID, at coordinate: Coordinate) {
    let estimate = self.coordinate.estimate(to: coordinate)
    rowsByID[id]?.coordinate = coordinate
    rowsByID[id]?.estimatedLatency = estimate
  }

  package mutating func setPath(_ path: PathKind?, to id: NodeID) { rowsByID[id]?.path = path }

  package mutating func setBandwidth(_ bandwidth: Bandwidth, to id: NodeID) {
    rowsByID[id]?.bandwidth = bandwidth
  }

  /// An older report never replaces a younger one, whichever way it came.
  package mutating func setLoad(_ load: LoadReport, of id: NodeID) {
    if let old = rowsByID[id]?.load, old.at > load.at { return }
    rowsByID[id]?.load = load
  }

  // MARK: - Finding one

  /// By name, by whole id, or by any prefix of an id or, failing that, of a name, that fits one
  /// node. Nodes that are gone are found only by what no live one answers to.
  package func find(_ text: String) throws(NetworkError) -> NodeRow {
    if let id = NodeID(text), let row = rowsByID[id] { return row }
    let named = (idsByName[text] ?? []).compactMap { rowsByID[$0] }
    if let row = try only(named, for: text) { return row }
    guard !text.isEmpty else {
      throw NetworkError(.notFound, "An empty text names no node; use a name or part of an id.")
    }
    let lower = text.lowercased()
    let byID = rowsByID.values.filter { $0.id.description.hasPrefix(lower) }
    if let row = try only(byID, for: text) { return row }
    if let row = try only(rowsByID.values.filter { $0.name.hasPrefix(text) }, for: text) {
      return row
    }
    throw NetworkError(
      .notFound, "No node is called \"\(text)\" and no id begins so; see `apus nodes`.")
  }

  private func only(_ rows: [NodeRow], for text: String) throws(NetworkError) -> NodeRow? {
    let live = rows.filter(\.state.isLive)
    let chosen = live.isEmpty ? rows : live
    if chosen.count <= 1 { return chosen.first }
    let examples = chosen.sorted { $0.id < $1.id }.prefix(4)
      .map { "\($0.name) (\($0.id.short))" }.joined(separator: ", ")
    throw NetworkError(
      .ambiguous,
      "\"\(text)\" fits \(chosen.count) nodes: \(examples)\(chosen.count > 4 ? ", ..." : ""). "
        + "Write more of the id.")
  }

  /// Whether a live node other than this id has the name.
  package func isTaken(name: String, byOtherThan id: NodeID) -> Bool {
    (idsByName[name] ?? []).contains { $0 != id && rowsByID[$0]?.state.isLive == true }
  }
}
