import Mesh
import Primitives
import Testing

@Suite struct NodeTableTests {
  let time = TableSamples.time
  var table = NodeTable(me: TableSamples.id(1))

  init() {
    for number in 1...5 { table.take(TableSamples.record(number), at: time) }
    table.take(TableSamples.record(6, name: "render"), at: time)
    table.take(TableSamples.record(7, name: "render-2"), at: time)
  }

  @Test func `a node is found by name, id and any unambiguous prefix`() throws {
    #expect(try table.find("render").id == TableSamples.id(6))
    #expect(try table.find(TableSamples.id(3).description).id == TableSamples.id(3))
    #expect(try table.find("render-").id == TableSamples.id(7))
    let long = String(TableSamples.id(4).description.prefix(6))
    #expect(try table.find(long).id == TableSamples.id(4))
    #expect(try table.find(long.uppercased()).id == TableSamples.id(4))
  }

  @Test func `what fits several or none says so`() {
    func code(_ text: String) -> NetworkError.Code? {
      do throws(NetworkError) {
        _ = try table.find(text)
        return nil
      } catch { return error.code }
    }
    #expect(code("node") == .ambiguous)
    #expect(code("nobody") == .notFound)
    #expect(code("") == .notFound)
  }

  @Test mutating func `a dead node of a name does not hide the living one`() throws {
    table.take(TableSamples.record(8, name: "render"), at: time)
    table.setState(.dead, of: TableSamples.id(6), at: time)
    #expect(try table.find("render").id == TableSamples.id(8))
    #expect(!table.isTaken(name: "render", byOtherThan: TableSamples.id(8)))
    #expect(table.isTaken(name: "render", byOtherThan: TableSamples.id(6)))
  }

  @Test mutating func `a newer record keeps measurements, an older one changes nothing`() {
    let id = TableSamples.id(2)
    table.measured(.milliseconds(30), to: id, at: Instant(nanoseconds: 0))
    table.take(TableSamples.record(2, sequence: 5, name: "other"), at: time)
    table.take(TableSamples.record(2, sequence: 4, name: "old"), at: time)
    #expect(table[id]?.name == "other")
    #expect(table[id]?.latencyMs == 30)
    #expect(table.count == 7)
    #expect((try? table.find("node2")) == nil)  // The name went with the old record.
  }

  @Test mutating func `a stale load never replaces a fresh one`() {
    let id = TableSamples.id(2)
    let fresh = LoadReport(
      processor: 0.5, freeMemoryBytes: 1, freeDiskBytes: 1, runningTasks: 2, at: time)
    var stale = fresh
    stale.at = time.advanced(by: .seconds(-60))
    stale.processor = 0.1
    table.setLoad(fresh, of: id)
    table.setLoad(stale, of: id)
    #expect(table[id]?.load == fresh)
  }

  @Test mutating func `a full table takes no more and still renews`() {
    var limits = NodeTable.Limits()
    limits.rows = 2
    var small = NodeTable(me: TableSamples.id(1), limits: limits)
    let taken = (1...3).map { small.take(TableSamples.record($0), at: time) }
    #expect(taken == [true, true, false])
    let isRenewed = small.take(TableSamples.record(2, sequence: 9), at: time)
    #expect(isRenewed)
    #expect(small[TableSamples.id(2)]?.record.sequence == 9)
  }

  @Test mutating func `JSON has every name that others rely on`() throws {
    table.take(TableSamples.full(id: TableSamples.id(2)), at: time)
    let json = try #require(table[TableSamples.id(2)]).json(at: time)
    let names = [
      "id", "name", "zone", "roles", "path", "latencyMs", "uploadMbps", "downloadMbps", "load",
      "addresses", "labels", "specs", "state",
    ]
    #expect(names.filter { json[$0] == nil } == [])
    #expect(json["latencyMs"] == .null)
    #expect(json["labels"]?["room"] == "cellar")
    #expect(json["specs"]?["graphics"]?.array?.count == 1)
  }
}
