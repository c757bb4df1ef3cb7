import Mesh
import Primitives
import Testing

@Suite struct LiveMembersTests {
  @Test func `nodes join once and leave once, whatever is reported of them`() {
    var members = LiveMembers(own: TableSamples.id(1))
    let other = TableSamples.id(2)
    let here = TableSamples.loose(TableSamples.record(2))
    let gone = TableSamples.loose(TableSamples.record(2, sequence: 2) { $0.isLeaving = true })
    #expect(members.take(.record(TableSamples.loose(TableSamples.record(1)))) == nil)
    let steps: [(GossipChange, joined: Bool?)] = [
      (.state(other, .dead), nil), (.record(here), true), (.record(here), nil),
      (.state(other, .suspect), nil), (.missed(other), nil), (.state(other, .dead), false),
      (.forgotten(other), nil), (.state(other, .alive), true), (.record(gone), false),
    ]
    for (index, (change, joined)) in steps.enumerated() {
      let news = members.take(change)
      #expect(news?.joined == joined.map { $0 ? [other] : [] }, "step \(index)")
      #expect(news?.left == joined.map { $0 ? [] : [other] }, "step \(index)")
    }
    #expect(members.nodes.isEmpty)
  }
}
