import Mesh
import Primitives
import Testing

@Suite struct LegacyTableTests {
  let sample = """
    {"ip_address":[
      {"Name":"Node1","MachineUsername":"u","IPV4":"192.0.2.1","IPV6":"","Latency":41000000,
       "Download":0,"Upload":0,"ServerPort":"8078","NAT":false,"ProxyServer":true,
       "PublicKey":"ssh-rsa x","CustomInformation":"task"},
      {"Name":"again","IPV4":"192.0.2.1","ServerPort":"8078"},
      {"Name":"six","IPV4":"","IPV6":"2001:db8::1","ServerPort":8088,"NAT":"True"}
    ]}
    """

  @Test func `both forms are read, duplicates once`() throws {
    let entries = try LegacyTable.read(Array(sample.utf8))
    #expect(entries.map(\.name) == ["Node1", "six"])
    #expect(entries[0].addresses == ["192.0.2.1:8078"])
    #expect(entries[0].latency == .milliseconds(41))
    #expect(entries[1].addresses == ["[2001:db8::1]:8088"])
    #expect(entries[1].isBehindNAT)
  }

  @Test(arguments: [
    "{}", "[]", "{\"ip_address\":{}}", "{\"ip_address\":[{}]}",
    "{\"ip_address\":[{\"IPV4\":\"192.0.2.1\",\"ServerPort\":\"70000\"}]}",
    "{\"ip_address\":[{\"IPV4\":\"192.0.2.1\",\"ServerPort\":\"x\"}]}",
    "{\"ip_address\":[{\"ServerPort\":\"1\"}]}", "{\"ip_address\":",
  ])
  func `what is no table is refused`(text: String) {
    #expect(throws: NetworkError.self) { try LegacyTable.read(Array(text.utf8)) }
  }

  @Test func `a table cut anywhere is refused`() {
    let bytes = Array(sample.utf8)
    for end in 0..<bytes.count - 1 {
      #expect(throws: NetworkError.self) { try LegacyTable.read(Array(bytes[..<end])) }
    }
  }

  @Test func `the export reads back`() throws {
    var table = NodeTable(me: TableSamples.id(1))
    table.take(TableSamples.full(id: TableSamples.id(2)), at: TableSamples.time)
    table.measured(.milliseconds(12), to: TableSamples.id(2), at: Instant(nanoseconds: 0))
    let json = LegacyTable.json(table.rows)
    let entries = try LegacyTable.read(json.bytes)
    #expect(entries.count == 1)
    #expect(entries[0].addresses == ["192.0.2.7:4747", "[2001:db8::7]:4747"])
    #expect(entries[0].latency == .milliseconds(12))
    #expect(json["ip_address"]?.array?.first?["ServerPort"] == "4747")
  }
}
