import Calls
import Primitives

/// Boxes as people and programs read them.
struct BoxesReport: Presentable {
  private let boxes: [BoxesV1.Box]
  /// Of a processor, one for each box; nil where they are not told, or not known yet.
  private let shares: [Double?]?
  private let now: WallTime

  init(_ boxes: [BoxesV1.Box], shares: [Double?]? = nil, now: WallTime) {
    self.boxes = boxes
    self.shares = shares
    self.now = now
  }

  var json: JSON {
    .array(
      boxes.indices.map { index in
        let box = boxes[index]
        return [
          "name": .string(box.name), "creator": .string(box.creator),
          "runtime": .string(box.runtime), "pid": .integer(Int64(box.pid)),
          "since": .string(WallTime(nanoseconds: box.sinceNanoseconds).description),
          "work": box.work.map { work in
            [
              "program": .string(work.program),
              "since": .string(WallTime(nanoseconds: work.sinceNanoseconds).description),
            ]
          } ?? .null,
          "attempts": .integer(Int64(clamping: box.attempts)),
          "memoryBytes": .integer(box.memoryBytes),
          "memoryLimitBytes": .integer(box.memoryLimitBytes),
          "processes": .integer(Int64(box.processes)),
          "processorSeconds": .number(Double(box.processorNanoseconds) / 1e9),
          "processorShare": shares?[index].map { .number($0) } ?? .null,
          "layers": .object(
            JSONObject(
              uniqueNames: box.layers.map {
                ($0.name, $0.absence.isEmpty ? true : .string($0.absence))
              })),
        ]
      })
  }

  func text(for terminal: Terminal) -> String {
    if boxes.isEmpty { return "There are no boxes.\n" }
    var table = Table([
      .init("box", least: .max), .init("runtime"), .init("creator"), .init("works on"),
      .init("for", .right), .init("memory", .right), .init("processes", .right),
      .init("processor", .right),
    ])
    for (index, box) in boxes.enumerated() {
      let since = box.work?.sinceNanoseconds ?? box.sinceNanoseconds
      let age = Duration.seconds(max(0, now.nanoseconds - since) / 1_000_000_000)
      let processor =
        shares.map { $0[index].map { "\(Int(($0 * 100).rounded())) %" } ?? "" }
        ?? Duration.milliseconds(box.processorNanoseconds / 1_000_000).text
      table.append(
        box.name, box.runtime, box.creator, box.work?.program ?? "(waits)", age.text,
        "\(ByteSize(box.memoryBytes).rounded) of \(ByteSize(box.memoryLimitBytes).rounded)",
        "\(box.processes)", processor)
    }
    return table.text(for: terminal)
  }
}
