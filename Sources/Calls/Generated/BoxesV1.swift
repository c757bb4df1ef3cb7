// Written by Scripts/generate-protobuf from apus/boxes/v1/boxes.proto. Do not edit.

/// The package `apus.boxes.v1`.
package enum BoxesV1 {
  package struct ListRequest: Message {
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.boxes.v1.ListRequest", "")

    package func encode(into writer: inout WireWriter) {
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      false
    }
  }

  package struct ListReply: Message {
    package var boxes: [BoxesV1.Box] = []
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.boxes.v1.ListReply", "boxes 1")

    package func encode(into writer: inout WireWriter) {
      writer.repeated(WireMessage<BoxesV1.Box>.self, 10, boxes)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try reader.repeated(WireMessage<BoxesV1.Box>.self, &boxes)
      default: return false
      }
      return true
    }
  }

  package struct Box: Message {
    /// Sixteen characters of hexadecimal.
    package var name: String = ""
    /// On whose behalf it runs attempts.
    package var creator: String = ""
    /// wasm, js, process or container.
    package var runtime: String = ""
    /// Of its first process.
    package var pid: UInt32 = 0
    package var sinceNanoseconds: Int64 = 0
    /// What it works on; not set while it waits for the next attempt.
    package var work: BoxesV1.Box.Work?
    package var attempts: UInt64 = 0
    package var memoryBytes: Int64 = 0
    package var memoryLimitBytes: Int64 = 0
    package var processes: UInt32 = 0
    /// On processors, since it was made.
    package var processorNanoseconds: Int64 = 0
    package var layers: [BoxesV1.Layer] = []
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.boxes.v1.Box",
      "name 1 creator 2 runtime 3 pid 4 since_nanoseconds 5 work 6 attempts 7 memory_bytes 8 memory_limit_bytes 9 processes 10 processor_nanoseconds 11 layers 12"
    )

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireString.self, 10, name)
      writer.plain(WireString.self, 18, creator)
      writer.plain(WireString.self, 26, runtime)
      writer.plain(WireUInt32.self, 32, pid)
      writer.plain(WireInt64.self, 40, sinceNanoseconds)
      writer.optional(WireMessage<BoxesV1.Box.Work>.self, 50, work)
      writer.plain(WireUInt64.self, 56, attempts)
      writer.plain(WireInt64.self, 64, memoryBytes)
      writer.plain(WireInt64.self, 72, memoryLimitBytes)
      writer.plain(WireUInt32.self, 80, processes)
      writer.plain(WireInt64.self, 88, processorNanoseconds)
      writer.repeated(WireMessage<BoxesV1.Layer>.self, 98, layers)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireString.read(&name, &reader)
      case 18: try WireString.read(&creator, &reader)
      case 26: try WireString.read(&runtime, &reader)
      case 32: try WireUInt32.read(&pid, &reader)
      case 40: try WireInt64.read(&sinceNanoseconds, &reader)
      case 50: try reader.message(&work)
      case 56: try WireUInt64.read(&attempts, &reader)
      case 64: try WireInt64.read(&memoryBytes, &reader)
      case 72: try WireInt64.read(&memoryLimitBytes, &reader)
      case 80: try WireUInt32.read(&processes, &reader)
      case 88: try WireInt64.read(&processorNanoseconds, &reader)
      case 98: try reader.repeated(WireMessage<BoxesV1.Layer>.self, &layers)
      default: return false
      }
      return true
    }

    package struct Work: Message {
      package var program: String = ""
      package var sinceNanoseconds: Int64 = 0
      package var unknownFields = UnknownFields()

      package init() {}

      package static let schema = MessageSchema(
        "apus.boxes.v1.Box.Work", "program 1 since_nanoseconds 2")

      package func encode(into writer: inout WireWriter) {
        writer.plain(WireString.self, 10, program)
        writer.plain(WireInt64.self, 16, sinceNanoseconds)
        writer.unknown(unknownFields)
      }

      package mutating func decodeField(
        from reader: inout WireReader
      ) throws(DecodingFailure) -> Bool {
        switch reader.tag {
        case 10: try WireString.read(&program, &reader)
        case 16: try WireInt64.read(&sinceNanoseconds, &reader)
        default: return false
        }
        return true
      }
    }
  }

  package struct Layer: Message {
    package var name: String = ""
    /// Why the wall is not there; empty when it is.
    package var absence: String = ""
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.boxes.v1.Layer", "name 1 absence 2")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireString.self, 10, name)
      writer.plain(WireString.self, 18, absence)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireString.read(&name, &reader)
      case 18: try WireString.read(&absence, &reader)
      default: return false
      }
      return true
    }
  }

  package struct KillRequest: Message {
    /// Names, or enough of their beginnings.
    package var names: [String] = []
    /// Every box, whatever the names.
    package var all: Bool = false
    /// What whoever wanted the attempt is told.
    package var reason: String = ""
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.boxes.v1.KillRequest", "names 1 all 2 reason 3")

    package func encode(into writer: inout WireWriter) {
      writer.repeated(WireString.self, 10, names)
      writer.plain(WireBool.self, 16, all)
      writer.plain(WireString.self, 26, reason)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try reader.repeated(WireString.self, &names)
      case 16: try WireBool.read(&all, &reader)
      case 26: try WireString.read(&reason, &reader)
      default: return false
      }
      return true
    }
  }

  package struct KillReply: Message {
    /// Of those that were ended.
    package var names: [String] = []
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.boxes.v1.KillReply", "names 1")

    package func encode(into writer: inout WireWriter) {
      writer.repeated(WireString.self, 10, names)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try reader.repeated(WireString.self, &names)
      default: return false
      }
      return true
    }
  }

  package struct RunRequest: Message {
    package var runtime: String = ""
    /// By which the box finds it.
    package var program: String = ""
    package var arguments: [String] = []
    package var environment: [String: String] = [:]
    /// Its standard input.
    package var input: [UInt8] = []
    /// Absolute paths of this machine; empty for none: the program itself, its inputs, its results.
    package var file: String = ""
    package var folder: String = ""
    package var results: String = ""
    package var limits: BoxesV1.RunRequest.Limits?
    /// For an attempt that must give the same bytes on every machine.
    package var seed: UInt64?
    /// On whose behalf, to try out what sharing allows them; empty is the owner.
    package var creator: String = ""
    /// GPUs for itself, or a share of each.
    package var graphics: BoxesV1.RunRequest.Graphics?
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.boxes.v1.RunRequest",
      "runtime 1 program 2 arguments 3 environment 4 input 5 file 6 folder 7 results 8 limits 9 seed 10 creator 11 graphics 12"
    )

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireString.self, 10, runtime)
      writer.plain(WireString.self, 18, program)
      writer.repeated(WireString.self, 26, arguments)
      writer.map(WireString.self, WireString.self, 34, environment)
      writer.plain(WireBytes.self, 42, input)
      writer.plain(WireString.self, 50, file)
      writer.plain(WireString.self, 58, folder)
      writer.plain(WireString.self, 66, results)
      writer.optional(WireMessage<BoxesV1.RunRequest.Limits>.self, 74, limits)
      writer.optional(WireUInt64.self, 80, seed)
      writer.plain(WireString.self, 90, creator)
      writer.optional(WireMessage<BoxesV1.RunRequest.Graphics>.self, 98, graphics)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireString.read(&runtime, &reader)
      case 18: try WireString.read(&program, &reader)
      case 26: try reader.repeated(WireString.self, &arguments)
      case 34: try reader.map(WireString.self, WireString.self, &environment)
      case 42: try WireBytes.read(&input, &reader)
      case 50: try WireString.read(&file, &reader)
      case 58: try WireString.read(&folder, &reader)
      case 66: try WireString.read(&results, &reader)
      case 74: try reader.message(&limits)
      case 80: seed = try WireUInt64.read(&reader)
      case 90: try WireString.read(&creator, &reader)
      case 98: try reader.message(&graphics)
      default: return false
      }
      return true
    }

    package struct Graphics: Message {
      package var cards: UInt32 = 0
      /// Percent of each; 100 is the whole.
      package var share: UInt32 = 0
      package var unknownFields = UnknownFields()

      package init() {}

      package static let schema = MessageSchema(
        "apus.boxes.v1.RunRequest.Graphics", "cards 1 share 2")

      package func encode(into writer: inout WireWriter) {
        writer.plain(WireUInt32.self, 8, cards)
        writer.plain(WireUInt32.self, 16, share)
        writer.unknown(unknownFields)
      }

      package mutating func decodeField(
        from reader: inout WireReader
      ) throws(DecodingFailure) -> Bool {
        switch reader.tag {
        case 8: try WireUInt32.read(&cards, &reader)
        case 16: try WireUInt32.read(&share, &reader)
        default: return false
        }
        return true
      }
    }

    /// What is not set is as the node's rules have it.
    package struct Limits: Message {
      package var timeNanoseconds: Int64?
      package var memoryBytes: Int64?
      package var fileBytes: Int64?
      package var processes: UInt32?
      package var outputBytes: Int64?
      package var steps: UInt64?
      package var unknownFields = UnknownFields()

      package init() {}

      package static let schema = MessageSchema(
        "apus.boxes.v1.RunRequest.Limits",
        "time_nanoseconds 1 memory_bytes 2 file_bytes 3 processes 4 output_bytes 5 steps 6")

      package func encode(into writer: inout WireWriter) {
        writer.optional(WireInt64.self, 8, timeNanoseconds)
        writer.optional(WireInt64.self, 16, memoryBytes)
        writer.optional(WireInt64.self, 24, fileBytes)
        writer.optional(WireUInt32.self, 32, processes)
        writer.optional(WireInt64.self, 40, outputBytes)
        writer.optional(WireUInt64.self, 48, steps)
        writer.unknown(unknownFields)
      }

      package mutating func decodeField(
        from reader: inout WireReader
      ) throws(DecodingFailure) -> Bool {
        switch reader.tag {
        case 8: timeNanoseconds = try WireInt64.read(&reader)
        case 16: memoryBytes = try WireInt64.read(&reader)
        case 24: fileBytes = try WireInt64.read(&reader)
        case 32: processes = try WireUInt32.read(&reader)
        case 40: outputBytes = try WireInt64.read(&reader)
        case 48: steps = try WireUInt64.read(&reader)
        default: return false
        }
        return true
      }
    }
  }

  /// Output as it comes, then the end.
  package struct RunReply: Message {
    package var output: [UInt8] = []
    package var errors: [UInt8] = []
    package var end: BoxesV1.RunReply.End?
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.boxes.v1.RunReply", "output 1 errors 2 end 3")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireBytes.self, 10, output)
      writer.plain(WireBytes.self, 18, errors)
      writer.optional(WireMessage<BoxesV1.RunReply.End>.self, 26, end)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireBytes.read(&output, &reader)
      case 18: try WireBytes.read(&errors, &reader)
      case 26: try reader.message(&end)
      default: return false
      }
      return true
    }

    package struct End: Message {
      /// exited, signalled, timedOut, outOfMemory, outputLimit, trapped, killed or refused.
      package var kind: String = ""
      /// Of the program that exited, or the signal.
      package var status: Int32 = 0
      /// Of the trap; or why it was killed or refused.
      package var code: String = ""
      package var text: String = ""
      package var nanoseconds: Int64 = 0
      package var userNanoseconds: Int64 = 0
      package var systemNanoseconds: Int64 = 0
      package var peakMemoryBytes: Int64?
      package var outputBytes: Int64 = 0
      package var steps: UInt64?
      package var files: [BoxesV1.RunReply.File] = []
      package var unknownFields = UnknownFields()

      package init() {}

      package static let schema = MessageSchema(
        "apus.boxes.v1.RunReply.End",
        "kind 1 status 2 code 3 text 4 nanoseconds 5 user_nanoseconds 6 system_nanoseconds 7 peak_memory_bytes 8 output_bytes 9 steps 10 files 11"
      )

      package func encode(into writer: inout WireWriter) {
        writer.plain(WireString.self, 10, kind)
        writer.plain(WireInt32.self, 16, status)
        writer.plain(WireString.self, 26, code)
        writer.plain(WireString.self, 34, text)
        writer.plain(WireInt64.self, 40, nanoseconds)
        writer.plain(WireInt64.self, 48, userNanoseconds)
        writer.plain(WireInt64.self, 56, systemNanoseconds)
        writer.optional(WireInt64.self, 64, peakMemoryBytes)
        writer.plain(WireInt64.self, 72, outputBytes)
        writer.optional(WireUInt64.self, 80, steps)
        writer.repeated(WireMessage<BoxesV1.RunReply.File>.self, 90, files)
        writer.unknown(unknownFields)
      }

      package mutating func decodeField(
        from reader: inout WireReader
      ) throws(DecodingFailure) -> Bool {
        switch reader.tag {
        case 10: try WireString.read(&kind, &reader)
        case 16: try WireInt32.read(&status, &reader)
        case 26: try WireString.read(&code, &reader)
        case 34: try WireString.read(&text, &reader)
        case 40: try WireInt64.read(&nanoseconds, &reader)
        case 48: try WireInt64.read(&userNanoseconds, &reader)
        case 56: try WireInt64.read(&systemNanoseconds, &reader)
        case 64: peakMemoryBytes = try WireInt64.read(&reader)
        case 72: try WireInt64.read(&outputBytes, &reader)
        case 80: steps = try WireUInt64.read(&reader)
        case 90: try reader.repeated(WireMessage<BoxesV1.RunReply.File>.self, &files)
        default: return false
        }
        return true
      }
    }

    package struct File: Message {
      package var path: String = ""
      package var size: Int64 = 0
      package var isExecutable: Bool = false
      package var unknownFields = UnknownFields()

      package init() {}

      package static let schema = MessageSchema(
        "apus.boxes.v1.RunReply.File", "path 1 size 2 is_executable 3")

      package func encode(into writer: inout WireWriter) {
        writer.plain(WireString.self, 10, path)
        writer.plain(WireInt64.self, 16, size)
        writer.plain(WireBool.self, 24, isExecutable)
        writer.unknown(unknownFields)
      }

      package mutating func decodeField(
        from reader: inout WireReader
      ) throws(DecodingFailure) -> Bool {
        switch reader.tag {
        case 10: try WireString.read(&path, &reader)
        case 16: try WireInt64.read(&size, &reader)
        case 24: try WireBool.read(&isExecutable, &reader)
        default: return false
        }
        return true
      }
    }
  }

  package struct LogRequest: Message {
    /// Empty is everybody.
    package var creator: String = ""
    package var sinceNanoseconds: Int64?
    /// At most so many, the latest; 0 is all there are.
    package var limit: UInt32 = 0
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.boxes.v1.LogRequest", "creator 1 since_nanoseconds 2 limit 3")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireString.self, 10, creator)
      writer.optional(WireInt64.self, 16, sinceNanoseconds)
      writer.plain(WireUInt32.self, 24, limit)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireString.read(&creator, &reader)
      case 16: sinceNanoseconds = try WireInt64.read(&reader)
      case 24: try WireUInt32.read(&limit, &reader)
      default: return false
      }
      return true
    }
  }

  package struct LogReply: Message {
    package var records: [BoxesV1.LogRecord] = []
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.boxes.v1.LogReply", "records 1")

    package func encode(into writer: inout WireWriter) {
      writer.repeated(WireMessage<BoxesV1.LogRecord>.self, 10, records)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try reader.repeated(WireMessage<BoxesV1.LogRecord>.self, &records)
      default: return false
      }
      return true
    }
  }

  package struct LogRecord: Message {
    package var creator: String = ""
    package var runtime: String = ""
    package var program: String = ""
    package var beganNanoseconds: Int64 = 0
    /// exited, signalled, timedOut, outOfMemory, outputLimit, trapped, killed or refused.
    package var ending: String = ""
    /// Of the program that exited, or the signal.
    package var status: Int32 = 0
    /// Why it was killed or refused.
    package var text: String = ""
    /// Attempts that were alike and began within a second are one record with what they used in all.
    package var attempts: UInt64 = 0
    package var nanoseconds: Int64 = 0
    package var processorNanoseconds: Int64 = 0
    /// The most that one of them held.
    package var peakMemoryBytes: Int64?
    package var outputBytes: Int64 = 0
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.boxes.v1.LogRecord",
      "creator 1 runtime 2 program 3 began_nanoseconds 4 ending 5 status 6 text 7 attempts 8 nanoseconds 9 processor_nanoseconds 10 peak_memory_bytes 11 output_bytes 12"
    )

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireString.self, 10, creator)
      writer.plain(WireString.self, 18, runtime)
      writer.plain(WireString.self, 26, program)
      writer.plain(WireInt64.self, 32, beganNanoseconds)
      writer.plain(WireString.self, 42, ending)
      writer.plain(WireInt32.self, 48, status)
      writer.plain(WireString.self, 58, text)
      writer.plain(WireUInt64.self, 64, attempts)
      writer.plain(WireInt64.self, 72, nanoseconds)
      writer.plain(WireInt64.self, 80, processorNanoseconds)
      writer.optional(WireInt64.self, 88, peakMemoryBytes)
      writer.plain(WireInt64.self, 96, outputBytes)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireString.read(&creator, &reader)
      case 18: try WireString.read(&runtime, &reader)
      case 26: try WireString.read(&program, &reader)
      case 32: try WireInt64.read(&beganNanoseconds, &reader)
      case 42: try WireString.read(&ending, &reader)
      case 48: try WireInt32.read(&status, &reader)
      case 58: try WireString.read(&text, &reader)
      case 64: try WireUInt64.read(&attempts, &reader)
      case 72: try WireInt64.read(&nanoseconds, &reader)
      case 80: try WireInt64.read(&processorNanoseconds, &reader)
      case 88: peakMemoryBytes = try WireInt64.read(&reader)
      case 96: try WireInt64.read(&outputBytes, &reader)
      default: return false
      }
      return true
    }
  }
}

extension BoxesV1 {
  package enum BoxesMethods {
    package static let service = "apus.boxes.v1.Boxes"
    package static let list = MethodDescription(
      service, "List", .unary)
    package static let kill = MethodDescription(
      service, "Kill", .unary)
    package static let run = MethodDescription(
      service, "Run", .serverStream)
    package static let log = MethodDescription(
      service, "Log", .serverStream)
  }

  /// What runs on this machine, for its owner. The methods name no permission: they are the local
  /// owner's alone.
  package protocol BoxesService: Sendable {
    func list(
      _ request: BoxesV1.ListRequest, _ context: CallContext
    ) async throws -> BoxesV1.ListReply
    /// Ends boxes with what runs in them.
    func kill(
      _ request: BoxesV1.KillRequest, _ context: CallContext
    ) async throws -> BoxesV1.KillReply
    /// Runs one attempt in the node's boxes, within its rules. Cancelled, the attempt ends.
    func run(
      _ request: BoxesV1.RunRequest, _ replies: MessageWriter<BoxesV1.RunReply>,
      _ context: CallContext
    ) async throws
    /// What ran, the oldest first.
    func log(
      _ request: BoxesV1.LogRequest, _ replies: MessageWriter<BoxesV1.LogReply>,
      _ context: CallContext
    ) async throws
  }

  package struct BoxesClient: Sendable {
    private let caller: any Caller

    package init(_ caller: any Caller) { self.caller = caller }

    package func list(
      _ request: BoxesV1.ListRequest, options: CallOptions = CallOptions()
    ) async throws -> BoxesV1.ListReply {
      try await caller.unary(BoxesV1.BoxesMethods.list, request, options)
    }

    /// Ends boxes with what runs in them.
    package func kill(
      _ request: BoxesV1.KillRequest, options: CallOptions = CallOptions()
    ) async throws -> BoxesV1.KillReply {
      try await caller.unary(BoxesV1.BoxesMethods.kill, request, options)
    }

    /// Runs one attempt in the node's boxes, within its rules. Cancelled, the attempt ends.
    package func run<Answer: Sendable>(
      _ request: BoxesV1.RunRequest, options: CallOptions = CallOptions(),
      _ replies: (MessageReader<BoxesV1.RunReply>) async throws -> Answer
    ) async throws -> Answer {
      try await caller.serverStream(BoxesV1.BoxesMethods.run, request, options, replies)
    }

    /// What ran, the oldest first.
    package func log<Answer: Sendable>(
      _ request: BoxesV1.LogRequest, options: CallOptions = CallOptions(),
      _ replies: (MessageReader<BoxesV1.LogReply>) async throws -> Answer
    ) async throws -> Answer {
      try await caller.serverStream(BoxesV1.BoxesMethods.log, request, options, replies)
    }
  }
}

extension BoxesV1.BoxesService {
  /// For the server, which checks permissions by the descriptions.
  package var handlers: [MethodHandler] {
    [
      .unary(BoxesV1.BoxesMethods.list, self.list),
      .unary(BoxesV1.BoxesMethods.kill, self.kill),
      .serverStream(BoxesV1.BoxesMethods.run, self.run),
      .serverStream(BoxesV1.BoxesMethods.log, self.log),
    ]
  }
}
