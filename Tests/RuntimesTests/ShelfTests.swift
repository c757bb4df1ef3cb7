import Primitives
import Testing

@testable import Runtimes

struct ShelfTests {
  var shelf: BoxShelf
  let alice = BoxShelf.Key(creator: "alice", plan: BoxPlan(.process))
  let bob = BoxShelf.Key(creator: "bob", plan: BoxPlan(.process))

  init() {
    var limits = BoxShelf.Limits()
    limits.boxes = 2
    limits.idle = 2
    limits.waiting = 2
    limits.idleTime = .seconds(10)
    limits.attemptsPerBox = 3
    shelf = BoxShelf(limits: limits)
  }

  private func at(_ seconds: Int64) -> Instant { Instant(nanoseconds: seconds * 1_000_000_000) }

  @Test mutating func `a warm box serves its creator alone`() {
    #expect(shelf.ask(1, alice) == [.make(1)])
    let box = shelf.made(1)
    #expect(shelf.release(box, isGood: true, now: at(1)) == [])
    #expect(shelf.ask(2, bob) == [.make(2)])
    #expect(shelf.ask(3, alice) == [.give(3, box)])
    #expect(shelf.count == 2)
  }

  @Test mutating func `another kind of box is another box`() {
    var other = alice
    other.plan.limits.memory += 1
    #expect(shelf.ask(1, alice) == [.make(1)])
    let box = shelf.made(1)
    _ = shelf.release(box, isGood: true, now: at(1))
    #expect(shelf.ask(2, other) == [.make(2)])
  }

  @Test mutating func `an idle box makes room, a busy one makes wait`() {
    _ = shelf.ask(1, alice)
    let first = shelf.made(1)
    _ = shelf.ask(2, alice)
    let second = shelf.made(2)
    _ = shelf.release(first, isGood: true, now: at(1))
    #expect(shelf.ask(3, bob) == [.retire(first), .make(3)])
    #expect(shelf.ask(4, alice) == [])
    #expect(shelf.ask(5, bob) == [])
    #expect(shelf.ask(6, bob) == [.refuse(6)])
    #expect(shelf.release(second, isGood: true, now: at(2)) == [.give(4, second)])
    // It had its three attempts: the next one in the queue makes its own.
    #expect(shelf.release(second, isGood: true, now: at(3)) == [.retire(second), .make(5)])
  }

  @Test mutating func `a box that is no good, or could not be made, leaves its place`() {
    _ = shelf.ask(1, alice)
    let box = shelf.made(1)
    _ = shelf.ask(2, alice)
    _ = shelf.ask(3, alice)
    #expect(shelf.failed(2) == [.make(3)])
    #expect(shelf.release(box, isGood: false, now: at(1)) == [.retire(box)])
    #expect(shelf.count == 1)
  }

  @Test mutating func `idle boxes go after their time, the oldest first`() {
    _ = shelf.ask(1, alice)
    let first = shelf.made(1)
    _ = shelf.ask(2, bob)
    let second = shelf.made(2)
    #expect(shelf.nextExpiry == nil)
    _ = shelf.release(second, isGood: true, now: at(1))
    _ = shelf.release(first, isGood: true, now: at(2))
    #expect(shelf.nextExpiry == at(11))
    #expect(shelf.expire(now: at(10)) == [])
    #expect(shelf.expire(now: at(11)) == [.retire(second)])
    #expect(shelf.expire(now: at(30)) == [.retire(first)])
    #expect(shelf.count == 0)
  }

  @Test mutating func `whoever gives up waits no more, and a dead box is dropped`() {
    _ = shelf.ask(1, alice)
    let box = shelf.made(1)
    _ = shelf.ask(2, bob)
    let other = shelf.made(2)
    _ = shelf.ask(3, bob)
    shelf.cancel(3)
    #expect(shelf.waitingCount == 0)
    #expect(shelf.drop(box) == [])
    _ = shelf.release(other, isGood: true, now: at(1))
    #expect(shelf.drop(other) == [.retire(other)])
    #expect(shelf.count == 1)
  }

  /// Whatever happens in whatever order, a box is never with two, and never with a stranger.
  @Test(arguments: 0..<50)
  func `no box is ever shared`(seed: UInt64) {
    var random = SplitMix(seed: seed)
    var shelf = shelf
    var owners: [UInt64: String] = [:]
    var busy: [UInt64: UInt64] = [:]
    var making: [UInt64: BoxShelf.Key] = [:]
    var asked: [UInt64: BoxShelf.Key] = [:]
    func take(_ actions: [BoxShelf.Action]) {
      for action in actions {
        switch action {
        case .give(let request, let box):
          #expect(busy.updateValue(request, forKey: box) == nil)
          #expect(owners[box] == asked[request]?.creator)
        case .make(let request): making[request] = asked[request]
        case .retire(let box):
          #expect(busy[box] == nil)
          owners[box] = nil
        case .refuse: break
        }
      }
      #expect(busy.count + making.count <= 2)
    }
    for step in 0..<400 {
      let now = at(Int64(step))
      switch random.next() % 5 {
      case 0, 1:
        asked[UInt64(step)] = random.next() % 2 == 0 ? alice : bob
        take(shelf.ask(UInt64(step), asked[UInt64(step)] ?? alice))
      case 2:
        guard let (request, key) = making.randomElement(using: &random) else { continue }
        making[request] = nil
        if random.next() % 4 == 0 {
          take(shelf.failed(request))
        } else {
          let box = shelf.made(request)
          owners[box] = key.creator
          busy[box] = request
        }
      case 3:
        guard let box = busy.keys.sorted().randomElement(using: &random) else { continue }
        busy[box] = nil
        take(shelf.release(box, isGood: random.next() % 5 != 0, now: now))
      default: take(shelf.expire(now: now))
      }
    }
  }
}
