import Mesh
import Primitives
import Testing

@Suite struct SelectionTests {
  let time = TableSamples.time
  var table = NodeTable(me: TableSamples.id(9))

  init() {
    table.take(
      TableSamples.record(1, name: "a") {
        $0.roles = [.worker]
        $0.labels = ["gpu": "yes", "note": "x,y"]
        $0.specs.memoryBytes = 32 << 30
      }, at: time)
    table.take(TableSamples.record(2, name: "b") { $0.roles = [.worker, .store] }, at: time)
    table.take(TableSamples.record(3, name: "c") { $0.roles = [.relay] }, at: time)
    let now = Instant(nanoseconds: 0)
    table.measured(.milliseconds(80), to: TableSamples.id(1), at: now)
    table.measured(.milliseconds(20), to: TableSamples.id(2), at: now)
    table.setBandwidth(
      Bandwidth(uploadMbps: 5, downloadMbps: 100, measuredAt: time, source: .test),
      to: TableSamples.id(3))
    for (number, load) in [(1, 0.9), (2, 0.1)] {
      table.setLoad(
        LoadReport(
          processor: load, freeMemoryBytes: 0, freeDiskBytes: 0, runningTasks: 0, at: time),
        of: TableSamples.id(number))
    }
  }

  private func names(_ filter: String?, sort: String? = nil, at: WallTime? = nil) throws -> String {
    let selection = try Selection(sort: sort, filter: filter)
    return table.select(selection, at: at ?? time).map(\.name).joined()
  }

  @Test(arguments: [
    ("role=worker", "ab"), ("role!=worker", "c"), ("latency<50", "b"), ("latency>=20", "ab"),
    ("label.gpu=yes", "a"), ("label.gpu!=yes", "bc"),
    ("role=worker,latency<=80,label.gpu=yes", "a"),
    (" role = worker , name != a ", "b"), ("label.note=\"x,y\"", "a"), ("memory>=16GiB", "a"),
    ("download>50", "c"), ("state=alive", "abc"), ("load<0.5", "b"), ("path=direct", ""),
  ])
  func `conditions choose`(filter: String, expected: String) throws {
    #expect(try names(filter) == expected)
  }

  @Test(arguments: [
    ("nearest", "bac"), ("fastest", "cab"), ("least loaded", "bac"), ("least-loaded", "bac"),
    ("name", "abc"), ("memory", "abc"),
  ])
  func `orders sort, the unknown last`(sort: String, expected: String) throws {
    #expect(try names(nil, sort: sort) == expected)
  }

  @Test func `an old load counts as none`() throws {
    let later = time.advanced(by: .seconds(121))
    #expect(try names(nil, sort: "least-loaded", at: later) == "abc")
  }

  @Test(
    arguments: [
      ("", 1), ("role", 5), ("role=", 6), ("rolle=worker", 1), ("latency<fast", 9),
      ("latency<-1", 9), ("role=worker,", 13), ("name=\"a", 8),
      ("label.=x", 1), ("=x", 1), ("name=\"a\"b", 9),
    ] as [(String, Int)])
  func `a wrong condition is refused with its place`(filter: String, place: Int) {
    let error = #expect(throws: NetworkError.self) { try Selection(sort: nil, filter: filter) }
    #expect(error?.message.contains("at character \(place):") == true, "\(error as Any)")
  }

  @Test func `an unknown order names those there are`() {
    let error = #expect(throws: NetworkError.self) { try Selection(sort: "best", filter: nil) }
    #expect(error?.message.contains("nearest") == true)
  }
}
