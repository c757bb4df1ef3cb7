// `scenarios [--long] [--seed N] [--only NAME]`: what `make simulate` calls.
let scenario = LinkChanges()
var seed: UInt64 = 1
var events = 0.0
var worst = 0.0, bad = 0
let only = CommandLine.arguments.dropFirst().first.flatMap { UInt64($0) }
while seed <= 500 {
  if let only, only != seed { seed += 1; continue }
  do {
    let figures = try scenario.run(seed: seed)
    worst = max(worst, figures[0].value)
    events += figures[3].value
    if only != nil { print(figures) }
  } catch {
    print(seed, error); bad += 1
    if bad > 8 { break }
  }
  seed += 1
}
print("events", events, "worst p99", worst)
