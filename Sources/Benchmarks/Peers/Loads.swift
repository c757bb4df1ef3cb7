import IO
import Primitives

extension Bench {
  /// How many clients h2load has, and requests each keeps open.
  struct FrameLoad: Sendable {
    var connections = 10
    var streams = 10
    var requests: Int
    var body: String

    var arguments: [String] {
      [
        "h2load", "-t", "1", "-c", String(connections), "-m", String(streams), "-n",
        String(requests), "-d", body, "-H", "content-type: application/grpc", "-H",
        "te: trailers",
      ]
    }

    var text: String { "h2load -t 1 -c \(connections) -m \(streams) -n \(requests)" }
  }

  func load(_ server: RunningServer, _ load: FrameLoad) async throws -> LoadSample {
    let before = server.processorTime
    let output = try await run(load.arguments + [server.url], on: loadCore).output
    let used = server.processorTime - before
    // "finished in 1.23s, ..." and "requests: 9 total, 9 started, 9 done, 9 succeeded, ..."
    guard let finished = output.line(startingWith: "finished in"),
      let seconds = finished.split(separator: " ").dropFirst(2).first.flatMap(parsedSeconds),
      let succeeded = output.line(startingWith: "requests:")?.count(before: "succeeded"),
      succeeded == load.requests
    else { throw BenchError("h2load on \(server.name):\n\(output)") }
    return LoadSample(
      server: server.name, requests: Double(succeeded), seconds: seconds,
      processorSeconds: used.inSeconds)
  }

  /// The time within which 99 of 100 requests were answered, in microseconds, from h2load's log.
  func latency(of server: RunningServer, _ load: FrameLoad) async throws -> Double {
    // h2load appends to a file that is there.
    let log = "\(scratch)/h2load-\(Instant.now().nanoseconds).tsv"
    _ = try await run(load.arguments + ["--log-file=\(log)", server.url], on: loadCore)
    let text = String(decoding: try await RealDisk().read(log, limit: 64 << 20), as: UTF8.self)
    let times = text.utf8.split(separator: 0x0A).compactMap { line in
      line.split(separator: 0x09).dropFirst(2).first.flatMap { Double(Substring($0)) }
    }
    guard times.count == load.requests else {
      throw BenchError("h2load logged \(times.count) of \(load.requests) requests")
    }
    return Samples.quantile(0.99, of: times)
  }

  struct LineLoad: Sendable {
    var connections = 32
    var seconds: Int

    var arguments: [String] {
      ["wrk", "-t", "1", "-c", String(connections), "-d", "\(seconds)s", "--latency"]
    }
  }

  /// A sample, and the time within which 99 of 100 requests were answered, in microseconds.
  func load(
    _ server: RunningServer, _ load: LineLoad
  ) async throws -> (sample: LoadSample, latency: Double) {
    let before = server.processorTime
    let output = try await run(load.arguments + [server.url], on: loadCore).output
    let used = server.processorTime - before
    // "  99%    1.20ms" and "  12345 requests in 2.00s, 1.50MB read"
    guard let summary = output.line(containing: " requests in "),
      let requests = summary.count(before: "requests"),
      let seconds = summary.split(separator: " ").dropFirst(3).first.flatMap(parsedSeconds),
      let latency = output.line(startingWith: "99%")?.split(separator: " ").last.flatMap(
        parsedSeconds),
      !output.contains("Non-2xx"), !output.contains("Socket errors")
    else { throw BenchError("wrk on \(server.name):\n\(output)") }
    let sample = LoadSample(
      server: server.name, requests: Double(requests), seconds: seconds,
      processorSeconds: used.inSeconds)
    return (sample, latency * 1e6)
  }
}

/// Reads "1.20ms", "850us" or "2.00s,".
private func parsedSeconds(_ text: Substring) -> Double? {
  let number = text.prefix { $0.isNumber || $0 == "." }
  let unit = text.dropFirst(number.count).prefix { $0.isLetter }
  guard let value = Double(number) else { return nil }
  switch unit {
  case "s": return value
  case "ms": return value / 1e3
  case "us": return value / 1e6
  case "m": return value * 60
  default: return nil
  }
}

extension String {
  fileprivate func line(startingWith start: String) -> String? {
    split(separator: "\n").map { $0.trimmed }.first { $0.hasPrefix(start) }
  }

  fileprivate func line(containing part: String) -> String? {
    split(separator: "\n").map { $0.trimmed }.first { $0.contains(part) }
  }

  /// The number in front of a word: 9 in "9 succeeded,".
  fileprivate func count(before word: String) -> Int? {
    let words = split { $0 == " " || $0 == "," }
    guard let index = words.firstIndex(of: Substring(word)), index > 0 else { return nil }
    return Int(words[index - 1])
  }
}
