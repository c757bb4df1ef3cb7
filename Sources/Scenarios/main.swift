// stand-in
let all: [any Scenario] = [ReconciliationScenario(), ZonesScenario(), TopicsScenario()]
let only = CommandLine.arguments.dropFirst().first
let seeds = CommandLine.arguments.count > 3 ? Int(CommandLine.arguments[2])!...Int(CommandLine.arguments[3])! : 1...1
for scenario in all where only == nil || only == scenario.name {
  for seed in seeds {
  do { let f = try scenario.run(seed: UInt64(seed)); print(seed, f.map { "\($0.name) \($0.value)" }.joined(separator: "; ")) } catch { print("BROKEN", seed, error) }
  }
}
