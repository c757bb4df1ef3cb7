import Calls
import Primitives

/// The node table as people and programs read it.
struct NodesReport: Presentable {
  private let rows: [NodesV1.Row]
  let json: JSON

  init(_ rows: [NodesV1.Row]) throws(CommandError) {
    self.rows = rows
    var values: [JSON] = []
    for row in rows { values.append(try Self.json(of: row)) }
    json = .array(values)
  }

  /// One whole list of a stream that brings them in parts; nil at its end.
  static func rows(
    _ replies: MessageReader<NodesV1.Rows>
  ) async throws -> [NodesV1.Row]? {
    var rows: [NodesV1.Row] = []
    while let part = try await replies.next() {
      rows += part.rows
      if part.isLast { return rows }
    }
    return nil
  }

  static func json(of row: NodesV1.Row) throws(CommandError) -> JSON {
    do {
      return try JSON.parse(row.json)
    } catch {
      throw CommandError("the node's answer cannot be read: \(error)")
    }
  }

  func text(for terminal: Terminal) -> String {
    var table = Table([
      .init("name"), .init("id", least: .max), .init("state"), .init("zone", least: 4),
      .init("roles"), .init("path"), .init("latency", .right), .init("up", .right),
      .init("down", .right), .init("load", .right),
    ])
    for row in rows {
      table.append(
        row.name, String(row.id.prefix(10)), row.state, row.zone.isEmpty ? "-" : row.zone,
        row.roles.isEmpty ? "-" : row.roles.joined(separator: ","), Self.path(of: row),
        Self.latency(of: row), Self.rate(row.uploadMbps), Self.rate(row.downloadMbps),
        row.load.map { "\(Int(($0 * 100).rounded())) %" } ?? "-")
    }
    return table.text(for: terminal)
  }

  private static func path(of row: NodesV1.Row) -> String {
    if row.isSelf { return "this node" }
    return row.path.isEmpty ? "-" : row.path
  }

  /// A tilde before what is estimated.
  static func latency(of row: NodesV1.Row) -> String {
    if row.isSelf { return "-" }
    guard let latency = row.latencyMilliseconds else { return "-" }
    return (row.latencyIsMeasured ? "" : "~") + Figure.text(latency) + " ms"
  }

  /// In Mbit/s.
  static func rate(_ mbps: Double?) -> String { mbps.map { Figure.text($0) + " Mb/s" } ?? "-" }
}

/// Three digits that count: `0.042`, `3.14`, `27.5`, `940`.
enum Figure {
  static func text(_ value: Double) -> String {
    guard value.isFinite else { return "-" }
    let digits =
      value.magnitude >= 100 ? 0 : value.magnitude >= 10 ? 1 : value.magnitude >= 1 ? 2 : 3
    let scale = [1.0, 10, 100, 1000][digits]
    let scaled = Int64((min(value.magnitude, 1e15) * scale).rounded())
    let sign = value < 0 && scaled != 0 ? "-" : ""
    if digits == 0 { return "\(sign)\(scaled)" }
    let whole = scaled / Int64(scale)
    let fraction = String(scaled % Int64(scale))
    let zeros = String(repeating: "0", count: digits - fraction.count)
    return "\(sign)\(whole).\(zeros)\(fraction)"
  }
}
