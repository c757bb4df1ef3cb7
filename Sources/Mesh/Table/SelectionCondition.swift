import Primitives

/// One of the conditions of `--where`; all of them must hold.
package struct SelectionCondition: Equatable, Sendable {
  package enum Comparison: String, Sendable, CaseIterable {
    // Longest first: the parser takes the first that fits.
    case notEqual = "!="
    case atMost = "<="
    case atLeast = ">="
    case equal = "="
    case less = "<"
    case more = ">"
  }

  package enum Field: Equatable, Sendable {
    case name, id, role, zone, state, path, nat, version, system, architecture
    case label(String)
    /// Milliseconds.
    case latency
    /// Mbit/s.
    case upload, download
    /// Share of the processors in use.
    case load
    case cores
    /// Bytes.
    case memory, disk
    case gpus

    static let texts: [(String, Field)] = [
      ("name", .name), ("id", .id), ("role", .role), ("zone", .zone), ("state", .state),
      ("path", .path), ("nat", .nat), ("version", .version), ("system", .system),
      ("architecture", .architecture),
    ]
    static let numbers: [(String, Field)] = [
      ("latency", .latency), ("upload", .upload), ("download", .download), ("load", .load),
      ("cores", .cores), ("memory", .memory), ("disk", .disk), ("gpus", .gpus),
    ]
  }

  package enum Value: Equatable, Sendable {
    case text(String)
    case number(Double)
  }

  package var field: Field
  package var comparison: Comparison
  package var value: Value

  package init(field: Field, comparison: Comparison, value: Value) {
    self.field = field
    self.comparison = comparison
    self.value = value
  }

  /// What is unknown fits no condition but "is not".
  package func holds(for row: NodeRow) -> Bool {
    switch value {
    case .text(let text): holds(text, texts(of: row))
    case .number(let number): holds(number, self.number(of: row))
    }
  }

  private func holds(_ text: String, _ held: [String]) -> Bool {
    switch comparison {
    case .equal: held.contains(text)
    case .notEqual: !held.contains(text)
    case .less: held.contains { $0 < text }
    case .atMost: held.contains { $0 <= text }
    case .more: held.contains { $0 > text }
    case .atLeast: held.contains { $0 >= text }
    }
  }

  private func holds(_ number: Double, _ held: Double?) -> Bool {
    guard let held else { return comparison == .notEqual }
    return switch comparison {
    case .equal: held == number
    case .notEqual: held != number
    case .less: held < number
    case .atMost: held <= number
    case .more: held > number
    case .atLeast: held >= number
    }
  }

  private func texts(of row: NodeRow) -> [String] {
    switch field {
    case .name: [row.name]
    case .id: [row.id.description]
    case .role: row.record.roles.map(\.rawValue)
    case .zone: [row.record.zone]
    case .state: [row.state.description]
    case .path: row.path.map { [$0.rawValue] } ?? []
    case .nat: [row.record.nat.rawValue]
    case .version: [row.record.version]
    case .system: [row.record.specs.system]
    case .architecture: [row.record.specs.architecture]
    case .label(let name): row.record.labels[name].map { [$0] } ?? []
    case .latency, .upload, .download, .load, .cores, .memory, .disk, .gpus: []
    }
  }

  private func number(of row: NodeRow) -> Double? {
    switch field {
    case .latency: row.latencyMs
    case .upload: row.bandwidth?.uploadMbps
    case .download: row.bandwidth?.downloadMbps
    case .load: row.load?.processor
    case .cores: Double(row.record.specs.cores)
    case .memory: Double(row.record.specs.memoryBytes)
    case .disk: Double(row.record.specs.diskBytes)
    case .gpus: Double(row.record.specs.graphics.count)
    case .name, .id, .role, .zone, .state, .path, .nat, .version, .system, .architecture,
      .label:
      nil
    }
  }
}
