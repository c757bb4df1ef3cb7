import IO
import Primitives

// For the owner of the machine: what there is, and an end to it.
extension Containers {
  /// In the words of boxes; by its number without a word of the engine's.
  package var reports: [Boxes.Report] {
    state.withLock { $0.live.values.map(\.report) }
  }

  /// The same, with what each holds now. Blocks.
  func measured() -> [(Boxes.Report, Boxes.Holding)] {
    state.withLock { Array($0.live.values) }.map { ($0.report, $0.holding) }
  }

  /// For what runs for others than the owner. Blocks.
  func setProcessors(_ processors: ProcessorSet) {
    for live in state.withLock({ Array($0.live.values) })
    where live.key.creator != SharingState.owner {
      guard let process = live.process.withLock({ $0 }), let meter = live.meter.withLock({ $0 })
      else { continue }
      if meter.setProcessors(processors) { continue }
      for one in meter.processes ?? [process] { processors.bind(tree: one, limit: 1) }
    }
  }

  /// Ends an attempt's container; false when there is none of that name.
  package func kill(_ name: String, reason: String) -> Bool {
    let found = state.withLock { state in state.live.values.first { $0.home.name == name } }
    guard let found else { return false }
    loop.execute { [self] in end(found, .killed(reason: reason)) }
    return true
  }
}

extension LiveContainer {
  var report: Boxes.Report {
    Boxes.Report(
      name: home.name, creator: key.creator, runtime: .container,
      process: process.withLock { $0 }, since: since, work: work.withLock { $0 },
      attempts: attempts.withLock { $0 }, limits: key.limits, layers: [])
  }

  /// Nothing where the engine runs it out of our sight.
  fileprivate var holding: Boxes.Holding {
    guard let meter = meter.withLock({ $0 }), let process = process.withLock({ $0 }) else {
      return Boxes.Holding(memory: 0, processes: 0, time: .zero)
    }
    let tree = ProcessTree(of: process, limit: key.limits.processes + 2)
    // What is started in a kept one is no child of its first process.
    return Boxes.Holding(
      memory: meter.memoryInUse ?? tree.bytes,
      processes: meter.processes?.count ?? tree.processes,
      time: meter.reading.time ?? tree.time)
  }
}

/// A container, for whoever takes back the leave to run in it.
struct ContainerPlace: AttemptPlace {
  let containers: Containers
  let live: LiveContainer

  var loop: EventLoop { containers.loop }

  func end(_ ending: Ending) { containers.end(live, ending) }
}
