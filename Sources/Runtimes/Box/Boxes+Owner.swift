import IO
package import Primitives

// For the owner of the machine: what there is, and an end to it.
extension Boxes {
  /// What a box works on.
  package struct Work: Sendable, Equatable {
    package var program: String
    package var since: WallTime
  }

  /// A box as its owner sees it.
  package struct Report: Sendable, Equatable {
    package var name: String
    package var creator: String
    package var runtime: Runtime
    /// The first inside; nil where that is not known.
    package var process: Int32?
    package var since: WallTime
    /// Nil while it waits on the shelf.
    package var work: Work?
    package var attempts: Int
    package var limits: AttemptLimits
    package var layers: [BoxLayer]

    package var isBusy: Bool { work != nil }
  }

  /// What a box holds and has used so far.
  package struct Holding: Sendable, Equatable {
    package var memory: Int64
    package var processes: Int
    package var time: Duration
  }

  package var reports: [Report] {
    (state.withLock { state in state.boxes.values.map(\.report) } + (containers?.reports ?? []))
      .sorted { ($0.since, $0.name) < ($1.since, $1.name) }
  }

  /// The same, with what each holds now. Looks through /proc on a thread for that.
  package func measured() async throws(RuntimeError) -> [(Report, Holding)] {
    let boxes = state.withLock { Array($0.boxes.values) }
    let found = try await Box.blocking { [containers] () throws(RuntimeError) in
      let theirs = containers?.measured() ?? []
      return theirs
        + boxes.map { entry in
          let tree = ProcessTree(of: entry.box.process, limit: entry.box.plan.limits.processes + 2)
          return (
            entry.report,
            Holding(
              memory: entry.box.memoryInUse ?? tree.bytes, processes: tree.processes,
              time: tree.time)
          )
        }
    }
    return found.sorted { ($0.0.since, $0.0.name) < ($1.0.since, $1.0.name) }
  }

  /// Ends a box, with what runs in it; false when there is none of that name.
  package func kill(_ name: String, reason: String) -> Bool {
    guard
      let entry = state.withLock({ state in state.boxes.first { $0.value.box.name == name } })
    else { return containers?.kill(name, reason: reason) ?? false }
    let box = entry.value.box
    box.loop.execute { box.end(.killed(reason: reason)) }
    perform(state.withLock { $0.shelf.drop(entry.key) })
    return true
  }
}

extension Boxes.Entry {
  var report: Boxes.Report {
    Boxes.Report(
      name: box.name, creator: creator, runtime: box.plan.runtime, process: box.process,
      since: since, work: work, attempts: attempts, limits: box.plan.limits, layers: box.layers)
  }
}
