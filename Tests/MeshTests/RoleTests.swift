import Mesh
import Testing

@Suite struct RoleTests {
  @Test func `roles read as the words that people write`() {
    #expect(Role.allCases.map(\.description) == ["worker", "store", "relay", "gateway"])
    #expect(Role(rawValue: "Worker") == nil)
  }
}
