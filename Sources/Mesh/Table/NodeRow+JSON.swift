package import Primitives

extension NodeRow {
  /// As `apus nodes --json` shows it; nothing that is unknown is made up, so it is null.
  package func json(at time: WallTime) -> JSON {
    [
      "id": .string(id.description),
      "name": .string(name),
      "zone": record.zone.isEmpty ? .null : .string(record.zone),
      "roles": .array(record.roles.map { .string($0.rawValue) }),
      "path": (path?.rawValue).json,
      "nat": .string(record.nat.rawValue),
      "latencyMs": latencyMs.map { .number(Self.rounded($0)) } ?? .null,
      "latencyIsMeasured": .bool(isSelf || latency.average != nil),
      "latencyPercentilesMs": percentiles,
      "loss": .number(Self.rounded(latency.loss)),
      "uploadMbps": (bandwidth?.uploadMbps).json,
      "downloadMbps": (bandwidth?.downloadMbps).json,
      "bandwidthMeasuredAt": (bandwidth?.measuredAt).json,
      "load": load?.json(at: time) ?? .null,
      "addresses": .array(record.addresses.map { .string($0) }),
      "relays": .array(record.relays.map { .string($0.description) }),
      "labels": .object(JSONObject(uniqueNames: sortedLabels)),
      "specs": record.specs.json,
      "version": .string(record.version),
      "state": .string(state.description),
      "since": since.json,
      "startedAt": record.startedAt?.json ?? .null,
      "expiresAt": record.expiresAt.json,
    ]
  }

  private var sortedLabels: [(String, JSON)] {
    record.labels.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) }
  }

  private var percentiles: JSON {
    guard let half = latency.percentile(0.5), let most = latency.percentile(0.9),
      let nearlyAll = latency.percentile(0.99)
    else { return .null }
    return [
      "p50": .number(Self.rounded(half.inMilliseconds)),
      "p90": .number(Self.rounded(most.inMilliseconds)),
      "p99": .number(Self.rounded(nearlyAll.inMilliseconds)),
    ]
  }

  /// To three digits behind the point: microseconds.
  private static func rounded(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }
}

extension LoadReport {
  package func json(at time: WallTime) -> JSON {
    [
      "processor": .number(processor),
      "freeMemoryBytes": .integer(Int64(clamping: freeMemoryBytes)),
      "freeDiskBytes": .integer(Int64(clamping: freeDiskBytes)),
      "runningTasks": .integer(Int64(runningTasks)),
      "age": at.duration(to: time).json,
    ]
  }
}

extension NodeSpecs {
  package var json: JSON {
    [
      "processor": .string(processor),
      "cores": .integer(Int64(cores)),
      "memoryBytes": .integer(Int64(clamping: memoryBytes)),
      "diskBytes": .integer(Int64(clamping: diskBytes)),
      "freeDiskBytes": .integer(Int64(clamping: freeDiskBytes)),
      "system": .string(system),
      "architecture": .string(architecture),
      "graphics": .array(
        graphics.map {
          [
            "name": .string($0.name), "vendor": .string($0.vendor),
            "memoryBytes": .integer(Int64(clamping: $0.memoryBytes)),
          ]
        }),
    ]
  }
}
