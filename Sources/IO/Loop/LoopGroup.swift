import Glibc
import Primitives
import Synchronization

/// The loops of a process, one per core unless told otherwise.
package final class LoopGroup: Sendable {
  package let loops: [EventLoop]
  private let cursor = Atomic<Int>(0)

  package init(count: Int = LoopGroup.coreCount) throws(SystemError) {
    var loops: [EventLoop] = []
    for index in 0..<max(1, count) { loops.append(try EventLoop(name: "loop-\(index)")) }
    self.loops = loops
  }

  /// The processors this process may run on.
  package static var coreCount: Int { max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }

  /// Round robin.
  package func next() -> EventLoop {
    loops[cursor.wrappingAdd(1, ordering: .relaxed).oldValue % loops.count]
  }

  package func stop() {
    for loop in loops { loop.stop() }
  }
}
