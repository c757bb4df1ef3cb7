import Primitives
import Testing

@testable import Mesh

private func candidate(
  _ number: Int, _ milliseconds: Int, far: Int = 0, load: Double? = 0, capacity: Int? = nil
) -> RelayCandidate {
  RelayCandidate(
    relay: .numbered(number), nearTime: .milliseconds(milliseconds), farTime: .milliseconds(far),
    load: load, capacity: capacity)
}

private final class ChoiceRig {
  var choice: RelayChoice
  var now = Instant.at(0)

  init(_ candidates: [RelayCandidate], seed: UInt64 = 1) {
    choice = RelayChoice(seed: seed, now: .at(0))
    for action in self(.candidates(candidates)) { hold(action) }
  }

  func callAsFunction(_ event: RelayChoice.Event) -> [RelayChoice.Action] {
    choice.handle(event, now: now)
  }

  func hold(_ action: RelayChoice.Action) {
    if case .ask(let relay) = action { _ = self(.held(relay)) }
  }

  func pass(_ seconds: Double) -> [RelayChoice.Action] {
    now = now.advanced(by: .nanoseconds(Int64(seconds * 1e9)))
    return self(.wake)
  }

  var held: [NodeID] { choice.held }
}

@Suite struct RelayChoiceTests {
  @Test(
    arguments: [
      ("near beats far", [candidate(1, 50), candidate(2, 10)], 2),
      ("both ends count", [candidate(1, 10, far: 90), candidate(2, 40, far: 40)], 2),
      ("load counts", [candidate(1, 30, load: 0.8), candidate(2, 60, load: 0.1)], 2),
      ("a full one never", [candidate(1, 1, load: 0.96), candidate(2, 500)], 2),
      (
        "capacity counts",
        [candidate(1, 20, capacity: 500_000), candidate(2, 40, capacity: 100_000_000)], 2
      ),
      ("equal ones by id", [candidate(2, 10), candidate(1, 10)], 1),
    ])
  func `the best comes first`(_ name: String, _ candidates: [RelayCandidate], _ best: Int) {
    #expect(RelayCandidate.order(candidates).first?.relay == .numbered(best), "\(name)")
  }

  @Test func `two places are held at the best two`() {
    let rig = ChoiceRig([candidate(1, 30), candidate(2, 10), candidate(3, 20)])
    #expect(rig.held == [.numbered(2), .numbered(3)])
    #expect(rig.choice.nextWake == nil)
  }

  @Test func `a relay that dies is replaced at once and not asked again soon`() {
    let rig = ChoiceRig([candidate(1, 30), candidate(2, 10), candidate(3, 20)])
    #expect(rig(.lost(.numbered(2), after: nil)) == [.ask(.numbered(1))])
    #expect(rig.held == [.numbered(3)])
    _ = rig(.held(.numbered(1)))
    // Back on the list, it may return for the better, but only once its bar is over.
    #expect(rig.pass(0.9).isEmpty)
  }

  @Test func `the only relay is asked again after a growing, jittered time`() {
    let rig = ChoiceRig([candidate(1, 30)])
    var waits: [Double] = []
    for _ in 0..<10 {
      #expect(rig(.lost(.numbered(1), after: nil)).isEmpty)
      let wake = rig.choice.nextWake ?? .distantFuture
      waits.append(rig.now.duration(to: wake).inSeconds)
      rig.now = wake
      #expect(rig(.wake) == [.ask(.numbered(1))])
    }
    for (index, wait) in waits.enumerated() {
      let longest = min(300, 2 * Double(1 << index))
      #expect(wait >= longest / 2 && wait <= longest, "\(index): \(wait)")
    }
  }

  @Test func `a relay that says when to come back is left alone until then`() {
    let rig = ChoiceRig([candidate(1, 30)])
    _ = rig(.lost(.numbered(1), after: .seconds(60)))
    #expect(rig.choice.nextWake == .at(60))
  }

  @Test func `a request that is not answered counts as lost`() {
    let rig = ChoiceRig([])
    #expect(rig(.candidates([candidate(1, 10)])) == [.ask(.numbered(1))])
    #expect(rig.choice.nextWake == .at(5))
    #expect(rig.pass(5) == [.release(.numbered(1))])
    // Its answer comes late: the place is given back.
    #expect(rig(.held(.numbered(1))) == [.release(.numbered(1))])
  }

  @Test func `a slightly better relay changes nothing`() {
    let rig = ChoiceRig([candidate(1, 30), candidate(2, 40)])
    #expect(rig(.candidates([candidate(1, 30), candidate(2, 40), candidate(3, 28)])).isEmpty)
    #expect(rig.pass(1000).isEmpty)
  }

  @Test func `a clearly better one replaces the worse of two, after it is held itself`() {
    let rig = ChoiceRig([candidate(1, 30), candidate(2, 200)])
    let known = [candidate(1, 30), candidate(2, 200), candidate(3, 20)]
    #expect(rig(.candidates(known)) == [.ask(.numbered(3))])
    #expect(rig.held.contains(.numbered(2)))
    #expect(rig(.held(.numbered(3))) == [.release(.numbered(2))])
    #expect(rig.held == [.numbered(3), .numbered(1)])
    // The next change waits, however good.
    let better = known + [candidate(4, 1)]
    #expect(rig(.candidates(better)).isEmpty)
    #expect(rig.pass(119).isEmpty)
    #expect(rig.pass(1) == [.ask(.numbered(4))])
  }

  @Test func `a better one that cannot be had leaves both places as they are`() {
    let rig = ChoiceRig([candidate(1, 30), candidate(2, 200)])
    _ = rig(.candidates([candidate(1, 30), candidate(2, 200), candidate(3, 20)]))
    #expect(rig(.lost(.numbered(3), after: nil)).isEmpty)
    #expect(rig.held == [.numbered(1), .numbered(2)])
  }

  @Test func `a held relay that grew full gives way`() {
    let rig = ChoiceRig([candidate(1, 10), candidate(2, 20)])
    let known = [candidate(1, 10, load: 1), candidate(2, 20), candidate(3, 100)]
    #expect(rig(.candidates(known)) == [.ask(.numbered(3))])
    #expect(rig(.held(.numbered(3))) == [.release(.numbered(1))])
  }

  @Test func `the same seed gives the same answers`() {
    let runs = (0..<2).map { _ -> [RelayChoice.Action] in
      let rig = ChoiceRig((1...20).map { candidate($0, 10 + $0 % 3) }, seed: 5)
      var actions: [RelayChoice.Action] = []
      for step in 0..<200 {
        actions += rig(.lost(.numbered(step % 20 + 1), after: nil))
        actions += rig.pass(0.7)
      }
      return actions
    }
    #expect(runs[0] == runs[1])
    #expect(runs[0].count > 50)
  }
}
