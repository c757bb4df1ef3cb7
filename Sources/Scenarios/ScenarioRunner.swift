import Glibc
import IO
import Primitives
import Simulation

/// Runs the seeds of scenarios over the cores and tells what came of it.
struct ScenarioRunner: Sendable {
  let scenarios: [any Scenario]
  let options: RunnerOptions

  /// What one seed came to.
  struct Outcome: Sendable {
    var seed: UInt64
    var figures: [Figure] = []
    var failure: String?
    var events = 0
    var digest: UInt64 = 0
    /// Of the processor, in this thread.
    var seconds = 0.0
  }

  private struct Progress {
    var next = 0
    var outcomes: [Outcome] = []
    var failures = 0
  }

  /// Failed seeds after which a scenario is given up.
  private static let failureLimit = 3

  /// The status for the shell.
  func run() async -> Int32 {
    let chosen = scenarios.filter { scenario in
      if options.only.isEmpty { return options.isLong || options.isListing || !scenario.isLongOnly }
      return options.only.contains(scenario.name)
    }
    let known = Set(scenarios.map(\.name))
    if let name = options.only.first(where: { !known.contains($0) }) {
      print("no scenario is called \(name); there are:\n\(list(scenarios))")
      return 2
    }
    if options.isListing {
      print(list(chosen))
      return 0
    }
    var failed = 0
    for scenario in chosen {
      if await !run(scenario) { failed += 1 }
      fflush(nil)
    }
    print("\(chosen.count - failed) passed, \(failed) failed")
    return failed == 0 && !chosen.isEmpty ? 0 : 1
  }

  private func list(_ scenarios: [any Scenario]) -> String {
    TextDrawing.table(
      ["scenario", "seeds", "long", "promise"],
      scenarios.map { [$0.name, "\($0.seeds.short)", "\($0.seeds.long)", $0.promise] })
  }

  // MARK: - One scenario

  private func run(_ scenario: any Scenario) async -> Bool {
    print("\(scenario.name): \(scenario.promise)")
    fflush(nil)
    let start = Instant.now()
    let seeds = seeds(of: scenario)
    var outcomes = await outcomes(of: scenario, seeds)
    if !options.isTracing, let first = outcomes.first, first.failure == nil {
      outcomes[0].failure = repeatedDifferently(scenario, first)
    }
    let failures = outcomes.filter { $0.failure != nil }
    let report = ScenarioReport(
      scenario: scenario, options: options, outcomes: outcomes,
      seconds: start.duration(to: .now()).inSeconds)
    print(report.text)
    for outcome in failures { print(report.failure(outcome)) }
    return failures.isEmpty && !outcomes.isEmpty
  }

  private func seeds(of scenario: any Scenario) -> [UInt64] {
    if let seed = options.seed { return [seed] }
    let count = options.isLong ? scenario.seeds.long : scenario.seeds.short
    return (0..<max(1, count)).map { UInt64($0 + 1) }
  }

  /// In the order of the seeds.
  private func outcomes(of scenario: any Scenario, _ seeds: [UInt64]) async -> [Outcome] {
    let cores = options.threads ?? max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    var limits = BlockingPool.Limits()
    limits.threads = cores
    let pool = BlockingPool(name: "seeds", limits: limits)
    let progress = Shared()
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<min(cores, seeds.count) {
        group.addTask {
          do {
            try await pool.run {
              while let seed = progress.take(seeds, failureLimit: Self.failureLimit) {
                progress.add(outcome(of: scenario, seed))
              }
            }
          } catch {
            print("  a thread ended early: \(error)")
          }
        }
      }
    }
    return progress.outcomes.sorted { $0.seed < $1.seed }
  }

  private func outcome(of scenario: any Scenario, _ seed: UInt64) -> Outcome {
    var outcome = Outcome(seed: seed)
    var journal = options.isTracing ? Journal { print($0) } : Journal()
    let start = processorSeconds()
    do {
      outcome.figures = try scenario.run(seed: seed, journal: &journal)
    } catch let broken as BrokenPromise {
      outcome.failure = broken.description
      if !broken.drawing.isEmpty { outcome.failure = "\(broken)\n\(broken.drawing)" }
    } catch {
      outcome.failure = "\(error)"
    }
    outcome.seconds = processorSeconds() - start
    outcome.events = journal.events
    outcome.digest = journal.digest
    return outcome
  }

  /// Why a second run of the seed was another one, or cannot be compared; nil when it was the same.
  private func repeatedDifferently(_ scenario: any Scenario, _ first: Outcome) -> String? {
    if first.events == 0 { return "it recorded no event, so nothing shows that seeds repeat" }
    let second = outcome(of: scenario, first.seed)
    if second.digest == first.digest, second.events == first.events { return nil }
    return "the same seed gave other events the second time (\(first.events) and "
      + "\(second.events)): something reads a clock, a set's order or a random number of its own"
  }

  private func processorSeconds() -> Double {
    var time = timespec()
    unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  /// What the threads share.
  private final class Shared: Sendable {
    private let progress = Locked(Progress())

    var outcomes: [Outcome] { progress.withLock { $0.outcomes } }

    func take(_ seeds: [UInt64], failureLimit: Int) -> UInt64? {
      progress.withLock { progress in
        guard progress.next < seeds.count, progress.failures < failureLimit else { return nil }
        progress.next += 1
        return seeds[progress.next - 1]
      }
    }

    func add(_ outcome: Outcome) {
      progress.withLock { progress in
        progress.outcomes.append(outcome)
        if outcome.failure != nil { progress.failures += 1 }
      }
    }
  }
}
