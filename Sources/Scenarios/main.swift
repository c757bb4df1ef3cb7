// What `make simulate` calls: `RunnerOptions.usage` says how.
import Glibc
import IO

/// One line each; they run in this order.
let scenarios: [any Scenario] = [
  MessageStorm(nodes: 1_000),
  MessageStorm(nodes: 10_000),
  StorageCrash(),
  BlobStoreCrash(),
  LinkChanges(),
  ReconciliationScenario(),
  ZonesScenario(),
  TopicsScenario(),
  GossipSpread(),
  GossipCrash(),
  GossipCalm(),
  GossipCost.small,
  GossipCost.large,
  GossipChurn(),
  GossipForged(),
  GossipDrawn(),
  MembershipTrust(),
  FileSearch(),
  FileChurn.small,
  FileChurn.large,
]

// Sets and dictionaries have another order in every process unless the runtime is told otherwise
// before it starts; a seed must repeat in any process.
if unsafe getenv("SWIFT_DETERMINISTIC_HASHING") == nil {
  unsafe setenv("SWIFT_DETERMINISTIC_HASHING", "1", 1)
  let words = unsafe CommandLine.arguments.map { unsafe strdup($0) }
  unsafe execv("/proc/self/exe", words + [nil])
}

do throws(BrokenPromise) {
  let options = try RunnerOptions(Array(CommandLine.arguments.dropFirst()))
  let runner = ScenarioRunner(scenarios: scenarios, options: options)
  do throws(SystemError) {
    exit(try RootTask.run { await runner.run() })
  } catch {
    throw BrokenPromise("the simulator cannot start: \(error)")
  }
} catch {
  print(error)
  exit(2)
}
