import Primitives
import Runtimes

/// What became of an attempt, for programs; people see its output, and a sentence when it did not
/// come to its own end.
struct AttemptReport {
  let attempt: Attempt
  let result: AttemptResult

  /// Ends the command as the attempt ended.
  func show(_ output: Output) throws {
    let ending = AttemptEnding(result.ending, attempt.limits)
    if output.isJSON {
      output.show(json: json(ending)) { _ in "" }
    } else if !ending.sentence.isEmpty {
      Output.print("apus box: \(ending.shown)\n", to: 2)
    }
    if ending.code != 0 { throw ExitCode(ending.code) }
  }

  func json(_ ending: AttemptEnding) -> JSON {
    let usage = result.usage
    return [
      "runtime": .string(attempt.runtime.name), "ending": .string(ending.kind),
      "exitCode": .integer(Int64(ending.code)), "status": Self.status(result.ending),
      "why": ending.sentence.isEmpty ? .null : .string(ending.sentence),
      "output": Self.text(result.output), "errors": Self.text(result.errors),
      "files": .array(
        result.files.map { file in
          [
            "path": .string(file.path), "size": .integer(file.size),
            "isExecutable": .bool(file.isExecutable),
          ]
        }),
      "usage": [
        "seconds": Self.seconds(usage.time), "userSeconds": Self.seconds(usage.userTime),
        "systemSeconds": Self.seconds(usage.systemTime),
        "peakMemoryBytes": usage.peakMemory.map { .integer($0) } ?? .null,
        "outputBytes": .integer(usage.outputBytes),
        "steps": usage.steps.map { .integer(Int64(clamping: $0)) } ?? .null,
      ],
    ]
  }

  /// What the program ended with, or the signal, whatever a shell makes of it.
  private static func status(_ ending: Ending) -> JSON {
    switch ending {
    case .exited(let status), .signalled(let status): .integer(Int64(status))
    case .timedOut, .outOfMemory, .outputLimit, .trapped, .killed, .refused: .null
    }
  }

  /// What is no text comes as Base64.
  private static func text(_ bytes: [UInt8]) -> JSON {
    if let text = String(validating: bytes, as: UTF8.self) { return .string(text) }
    return ["base64": .string(Base64.encode(bytes))]
  }

  private static func seconds(_ time: Duration) -> JSON {
    .number(Double(time.nanoseconds) / 1e9)
  }
}
