package import Primitives

/// Which nodes, in which order: what `--where` and `--sort` say.
package struct Selection: Sendable {
  package enum Order: String, Sendable, CaseIterable {
    case name
    /// Smallest latency first; unmeasured and unestimated ones last.
    case nearest
    /// Largest download first.
    case fastest
    /// Smallest fresh load first.
    case idlest = "least-loaded"
    case cores
    case memory
    case zone
    case state
  }

  package var order: Order
  package var conditions: [SelectionCondition]

  package init(order: Order = .name, conditions: [SelectionCondition] = []) {
    self.order = order
    self.conditions = conditions
  }

  /// `sort` as `nearest` or `least-loaded`; `filter` as `role=worker,latency<50,label.gpu=yes`.
  package init(sort: String?, filter: String?) throws(NetworkError) {
    order = .name
    if let sort {
      guard let named = Order(rawValue: sort.replacing(" ", with: "-")) else {
        let all = Order.allCases.map(\.rawValue).joined(separator: ", ")
        throw NetworkError(.violation, "There is no order \"\(sort)\"; there are \(all).")
      }
      order = named
    }
    conditions =
      try filter.map { text throws(NetworkError) in
        var parser = SelectionParser(text)
        return try parser.parse()
      } ?? []
  }
}

extension NodeTable {
  package func select(_ selection: Selection, at time: WallTime) -> [NodeRow] {
    let fitting = rows.filter { row in selection.conditions.allSatisfy { $0.holds(for: row) } }
    let keyed = fitting.map { (key: key(of: $0, selection.order, at: time), row: $0) }
    return keyed.sorted { left, right in
      if left.key != right.key { return left.key < right.key }
      if left.row.name != right.row.name { return left.row.name < right.row.name }
      return left.row.id < right.row.id
    }.map(\.row)
  }

  private func key(of row: NodeRow, _ order: Selection.Order, at time: WallTime) -> SortKey {
    switch order {
    case .name: SortKey(text: row.name)
    case .nearest: SortKey(number: row.latencyMs ?? .infinity)
    case .fastest: SortKey(number: -(row.bandwidth?.downloadMbps ?? -1))
    case .idlest: SortKey(number: freshLoad(of: row, at: time) ?? .infinity)
    case .cores: SortKey(number: -Double(row.record.specs.cores))
    case .memory: SortKey(number: -Double(row.record.specs.memoryBytes))
    case .zone: SortKey(text: row.record.zone)
    case .state: SortKey(number: Double(row.state.rawValue))
    }
  }

  private func freshLoad(of row: NodeRow, at time: WallTime) -> Double? {
    guard let load = row.load, load.at.duration(to: time) <= limits.loadAge else { return nil }
    return load.processor
  }
}

private struct SortKey: Comparable {
  var number = 0.0
  var text = ""

  static func < (left: SortKey, right: SortKey) -> Bool {
    (left.number, left.text) < (right.number, right.text)
  }
}
