/// Something that is measured.
protocol Suite: Sendable {
  var name: String { get }
  /// What is compared with what, in a line.
  var abstract: String { get }
  /// Too long to be run unless it is named.
  var takesLong: Bool { get }
  func run(_ bench: Bench) async throws -> SuiteReport
}

extension Suite {
  var takesLong: Bool { false }
}

enum Suites {
  static let all: [any Suite] = [
    UnaryCallSuite(), SmallAnswerSuite(), BulkSuite(), NodeCallSuite(), StartSuite(), IdleSuite(),
    IdleConnectionSuite(), RelaySuite(), LinkBulkSuite(), LinkRelaySuite(), LinkIdleSuite(),
    ReconciliationSuite(), StoreSuite(), FileSuite(), BlobFetchSuite(), WasmStartSuite(),
    WasmProgramsSuite(), ProcessStartSuite(), BoxColdSuite(), ScriptStartSuite(),
    ScriptProgramsSuite(), ContainerSuite(), NeighbourSuite(), BuildSuite(),
  ]

  static func named(_ names: [String]) throws -> [any Suite] {
    if names.isEmpty { return all.filter { !$0.takesLong } }
    return try names.map { name in
      guard let suite = all.first(where: { $0.name == name }) else {
        let known = all.map(\.name).joined(separator: ", ")
        throw BenchError("there is no suite \(name) (there are: \(known))", isUsage: true)
      }
      return suite
    }
  }
}
