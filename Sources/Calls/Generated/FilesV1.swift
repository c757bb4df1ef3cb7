// Written by Scripts/generate-protobuf from apus/files/v1/files.proto. Do not edit.

extension FilesV1 {
  /// A catalogue entry: what people call a file.
  package struct ShareInfo: Message {
    /// 16 bytes.
    package var id: [UInt8] = []
    package var name: String = ""
    package var kind: FilesV1.Kind = FilesV1.Kind(rawValue: 0)
    package var type: String = ""
    package var size: Int64 = 0
    /// 32 bytes.
    package var blob: [UInt8] = []
    package var tags: [String] = []
    /// The NodeID of the node that published it.
    package var owner: [UInt8] = []
    package var ownerName: String = ""
    package var replicas: UInt32 = 0
    package var version: UInt64 = 0
    /// Nanoseconds since 1970.
    package var created: Int64 = 0
    package var changed: Int64 = 0
    package var isPinned: Bool = false
    /// All of it is on this node.
    package var isHere: Bool = false
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.files.v1.ShareInfo",
      "id 1 name 2 kind 3 type 4 size 5 blob 6 tags 7 owner 8 owner_name 9 replicas 10 version 11 created 12 changed 13 is_pinned 14 is_here 15"
    )

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireBytes.self, 10, id)
      writer.plain(WireString.self, 18, name)
      writer.plain(WireEnum<FilesV1.Kind>.self, 24, kind)
      writer.plain(WireString.self, 34, type)
      writer.plain(WireInt64.self, 40, size)
      writer.plain(WireBytes.self, 50, blob)
      writer.repeated(WireString.self, 58, tags)
      writer.plain(WireBytes.self, 66, owner)
      writer.plain(WireString.self, 74, ownerName)
      writer.plain(WireUInt32.self, 80, replicas)
      writer.plain(WireUInt64.self, 88, version)
      writer.plain(WireInt64.self, 96, created)
      writer.plain(WireInt64.self, 104, changed)
      writer.plain(WireBool.self, 112, isPinned)
      writer.plain(WireBool.self, 120, isHere)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireBytes.read(&id, &reader)
      case 18: try WireString.read(&name, &reader)
      case 24: try WireEnum<FilesV1.Kind>.read(&kind, &reader)
      case 34: try WireString.read(&type, &reader)
      case 40: try WireInt64.read(&size, &reader)
      case 50: try WireBytes.read(&blob, &reader)
      case 58: try reader.repeated(WireString.self, &tags)
      case 66: try WireBytes.read(&owner, &reader)
      case 74: try WireString.read(&ownerName, &reader)
      case 80: try WireUInt32.read(&replicas, &reader)
      case 88: try WireUInt64.read(&version, &reader)
      case 96: try WireInt64.read(&created, &reader)
      case 104: try WireInt64.read(&changed, &reader)
      case 112: try WireBool.read(&isPinned, &reader)
      case 120: try WireBool.read(&isHere, &reader)
      default: return false
      }
      return true
    }
  }

  package struct AddRequest: Message {
    /// Absolute.
    package var path: String = ""
    /// The path's last part when empty.
    package var name: String = ""
    package var tags: [String] = []
    /// 0: the setting's.
    package var replicas: UInt32 = 0
    /// Told from the name when empty.
    package var type: String = ""
    /// Changes the file of this name that this node owns already, instead of adding a second one.
    package var replaces: Bool = false
    package var pins: Bool = false
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.files.v1.AddRequest", "path 1 name 2 tags 3 replicas 4 type 5 replaces 6 pins 7")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireString.self, 10, path)
      writer.plain(WireString.self, 18, name)
      writer.repeated(WireString.self, 26, tags)
      writer.plain(WireUInt32.self, 32, replicas)
      writer.plain(WireString.self, 42, type)
      writer.plain(WireBool.self, 48, replaces)
      writer.plain(WireBool.self, 56, pins)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireString.read(&path, &reader)
      case 18: try WireString.read(&name, &reader)
      case 26: try reader.repeated(WireString.self, &tags)
      case 32: try WireUInt32.read(&replicas, &reader)
      case 42: try WireString.read(&type, &reader)
      case 48: try WireBool.read(&replaces, &reader)
      case 56: try WireBool.read(&pins, &reader)
      default: return false
      }
      return true
    }
  }

  package struct Progress: Message {
    package var phase: FilesV1.Progress.Phase = FilesV1.Progress.Phase(rawValue: 0)
    package var bytes: Int64 = 0
    /// 0 while it is not known.
    package var total: Int64 = 0
    package var files: UInt64 = 0
    package var totalFiles: UInt64 = 0
    /// Bytes that did not move since they were here already.
    package var spared: Int64 = 0
    package var sources: [FilesV1.SourceProgress] = []
    /// At the end.
    package var share: FilesV1.ShareInfo?
    /// Where it was written to, at the end.
    package var path: String = ""
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.files.v1.Progress",
      "phase 1 bytes 2 total 3 files 4 total_files 5 spared 6 sources 7 share 8 path 9")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireEnum<FilesV1.Progress.Phase>.self, 8, phase)
      writer.plain(WireInt64.self, 16, bytes)
      writer.plain(WireInt64.self, 24, total)
      writer.plain(WireUInt64.self, 32, files)
      writer.plain(WireUInt64.self, 40, totalFiles)
      writer.plain(WireInt64.self, 48, spared)
      writer.repeated(WireMessage<FilesV1.SourceProgress>.self, 58, sources)
      writer.optional(WireMessage<FilesV1.ShareInfo>.self, 66, share)
      writer.plain(WireString.self, 74, path)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 8: try WireEnum<FilesV1.Progress.Phase>.read(&phase, &reader)
      case 16: try WireInt64.read(&bytes, &reader)
      case 24: try WireInt64.read(&total, &reader)
      case 32: try WireUInt64.read(&files, &reader)
      case 40: try WireUInt64.read(&totalFiles, &reader)
      case 48: try WireInt64.read(&spared, &reader)
      case 58: try reader.repeated(WireMessage<FilesV1.SourceProgress>.self, &sources)
      case 66: try reader.message(&share)
      case 74: try WireString.read(&path, &reader)
      default: return false
      }
      return true
    }

    package struct Phase: OpenEnum {
      package var rawValue: Int32

      package init(rawValue: Int32) { self.rawValue = rawValue }

      package static var looking: Self { Self(rawValue: 0) }
      package static var reading: Self { Self(rawValue: 1) }
      package static var fetching: Self { Self(rawValue: 2) }
      package static var writing: Self { Self(rawValue: 3) }
      package static var done: Self { Self(rawValue: 4) }

      package static let schema = MessageSchema(
        "apus.files.v1.Progress.Phase",
        "PHASE_LOOKING 0 PHASE_READING 1 PHASE_FETCHING 2 PHASE_WRITING 3 PHASE_DONE 4")
    }
  }

  package struct SourceProgress: Message {
    package var node: [UInt8] = []
    package var name: String = ""
    package var path: String = ""
    package var bytesPerSecond: Int64 = 0
    /// Right ones that came from it.
    package var bytes: Int64 = 0
    /// Why it is asked no more; empty unless it did what no honest source does.
    package var fault: String = ""
    /// There is a call to it now.
    package var isCalled: Bool = false
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.files.v1.SourceProgress",
      "node 1 name 2 path 3 bytes_per_second 4 bytes 5 fault 6 is_called 7")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireBytes.self, 10, node)
      writer.plain(WireString.self, 18, name)
      writer.plain(WireString.self, 26, path)
      writer.plain(WireInt64.self, 32, bytesPerSecond)
      writer.plain(WireInt64.self, 40, bytes)
      writer.plain(WireString.self, 50, fault)
      writer.plain(WireBool.self, 56, isCalled)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireBytes.read(&node, &reader)
      case 18: try WireString.read(&name, &reader)
      case 26: try WireString.read(&path, &reader)
      case 32: try WireInt64.read(&bytesPerSecond, &reader)
      case 40: try WireInt64.read(&bytes, &reader)
      case 50: try WireString.read(&fault, &reader)
      case 56: try WireBool.read(&isCalled, &reader)
      default: return false
      }
      return true
    }
  }

  package struct UploadPart: Message {
    package var part: PartChoice?

    package enum PartChoice: Equatable, Sendable {
      case head(FilesV1.UploadHead)
      case bytes([UInt8])
    }

    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.files.v1.UploadPart", "head 1 bytes 2")

    package func encode(into writer: inout WireWriter) {
      switch part {
      case .head(let value)?: writer.always(WireMessage<FilesV1.UploadHead>.self, 10, value)
      case .bytes(let value)?: writer.always(WireBytes.self, 18, value)
      case nil: break
      }
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10:
        var held = FilesV1.UploadHead()
        if case .head(let value)? = part { held = value }
        try reader.message(&held)
        part = .head(held)
      case 18: part = .bytes(try WireBytes.read(&reader))
      default: return false
      }
      return true
    }
  }

  package struct UploadHead: Message {
    package var name: String = ""
    package var tags: [String] = []
    package var replicas: UInt32 = 0
    package var type: String = ""
    package var replaces: Bool = false
    /// When known: an upload of another length fails.
    package var size: Int64?
    /// The id of one that was begun, and from where on the bytes of this call are.
    package var upload: String = ""
    package var offset: Int64 = 0
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.files.v1.UploadHead",
      "name 1 tags 2 replicas 3 type 4 replaces 5 size 6 upload 7 offset 8")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireString.self, 10, name)
      writer.repeated(WireString.self, 18, tags)
      writer.plain(WireUInt32.self, 24, replicas)
      writer.plain(WireString.self, 34, type)
      writer.plain(WireBool.self, 40, replaces)
      writer.optional(WireInt64.self, 48, size)
      writer.plain(WireString.self, 58, upload)
      writer.plain(WireInt64.self, 64, offset)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireString.read(&name, &reader)
      case 18: try reader.repeated(WireString.self, &tags)
      case 24: try WireUInt32.read(&replicas, &reader)
      case 34: try WireString.read(&type, &reader)
      case 40: try WireBool.read(&replaces, &reader)
      case 48: size = try WireInt64.read(&reader)
      case 58: try WireString.read(&upload, &reader)
      case 64: try WireInt64.read(&offset, &reader)
      default: return false
      }
      return true
    }
  }

  package struct UploadReply: Message {
    /// Absent while bytes are missing.
    package var share: FilesV1.ShareInfo?
    /// Of an upload that was begun.
    package var state: FilesV1.UploadState?
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.files.v1.UploadReply", "share 1 state 2")

    package func encode(into writer: inout WireWriter) {
      writer.optional(WireMessage<FilesV1.ShareInfo>.self, 10, share)
      writer.optional(WireMessage<FilesV1.UploadState>.self, 18, state)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try reader.message(&share)
      case 18: try reader.message(&state)
      default: return false
      }
      return true
    }
  }

  package struct BeginUploadRequest: Message {
    /// Of all bytes.
    package var size: Int64 = 0
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.files.v1.BeginUploadRequest", "size 1")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireInt64.self, 8, size)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 8: try WireInt64.read(&size, &reader)
      default: return false
      }
      return true
    }
  }

  package struct ShowUploadRequest: Message {
    package var upload: String = ""
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.files.v1.ShowUploadRequest", "upload 1")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireString.self, 10, upload)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireString.read(&upload, &reader)
      default: return false
      }
      return true
    }
  }

  package struct CancelUploadRequest: Message {
    package var upload: String = ""
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.files.v1.CancelUploadRequest", "upload 1")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireString.self, 10, upload)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireString.read(&upload, &reader)
      default: return false
      }
      return true
    }
  }

  package struct UploadState: Message {
    package var upload: String = ""
    package var size: Int64 = 0
    /// So many bytes are on the disk: go on from there.
    package var received: Int64 = 0
    /// Nanoseconds since 1970, unless something comes before.
    package var expires: Int64 = 0
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.files.v1.UploadState", "upload 1 size 2 received 3 expires 4")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireString.self, 10, upload)
      writer.plain(WireInt64.self, 16, size)
      writer.plain(WireInt64.self, 24, received)
      writer.plain(WireInt64.self, 32, expires)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireString.read(&upload, &reader)
      case 16: try WireInt64.read(&size, &reader)
      case 24: try WireInt64.read(&received, &reader)
      case 32: try WireInt64.read(&expires, &reader)
      default: return false
      }
      return true
    }
  }

  package struct GetRequest: Message {
    /// A name, an id or the beginning of one, or a share link.
    package var file: String = ""
    /// Absolute; a folder takes the file under its name, and one that ends in a slash is made.
    package var path: String = ""
    package var overwrites: Bool = false
    /// Of a folder: only what is under this path in it.
    package var part: String = ""
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.files.v1.GetRequest", "file 1 path 2 overwrites 3 part 4")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireString.self, 10, file)
      writer.plain(WireString.self, 18, path)
      writer.plain(WireBool.self, 24, overwrites)
      writer.plain(WireString.self, 34, part)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireString.read(&file, &reader)
      case 18: try WireString.read(&path, &reader)
      case 24: try WireBool.read(&overwrites, &reader)
      case 34: try WireString.read(&part, &reader)
      default: return false
      }
      return true
    }
  }

  package struct DownloadRequest: Message {
    package var file: String = ""
    package var part: String = ""
    package var offset: Int64 = 0
    /// To the end when absent.
    package var length: Int64?
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.files.v1.DownloadRequest", "file 1 part 2 offset 3 length 4")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireString.self, 10, file)
      writer.plain(WireString.self, 18, part)
      writer.plain(WireInt64.self, 24, offset)
      writer.optional(WireInt64.self, 32, length)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireString.read(&file, &reader)
      case 18: try WireString.read(&part, &reader)
      case 24: try WireInt64.read(&offset, &reader)
      case 32: length = try WireInt64.read(&reader)
      default: return false
      }
      return true
    }
  }

  package struct Piece: Message {
    /// With the first piece: of the whole file.
    package var size: Int64?
    package var bytes: [UInt8] = []
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.files.v1.Piece", "size 1 bytes 2")

    package func encode(into writer: inout WireWriter) {
      writer.optional(WireInt64.self, 8, size)
      writer.plain(WireBytes.self, 18, bytes)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 8: size = try WireInt64.read(&reader)
      case 18: try WireBytes.read(&bytes, &reader)
      default: return false
      }
      return true
    }
  }

  package struct ListRequest: Message {
    package var file: String = ""
    package var part: String = ""
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.files.v1.ListRequest", "file 1 part 2")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireString.self, 10, file)
      writer.plain(WireString.self, 18, part)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireString.read(&file, &reader)
      case 18: try WireString.read(&part, &reader)
      default: return false
      }
      return true
    }
  }

  package struct FolderEntry: Message {
    package var path: String = ""
    package var mode: UInt32 = 0
    package var content: FilesV1.FolderEntry.Content = FilesV1.FolderEntry.Content(rawValue: 0)
    package var size: Int64 = 0
    package var blob: [UInt8] = []
    package var target: String = ""
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.files.v1.FolderEntry", "path 1 mode 2 content 3 size 4 blob 5 target 6")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireString.self, 10, path)
      writer.plain(WireUInt32.self, 16, mode)
      writer.plain(WireEnum<FilesV1.FolderEntry.Content>.self, 24, content)
      writer.plain(WireInt64.self, 32, size)
      writer.plain(WireBytes.self, 42, blob)
      writer.plain(WireString.self, 50, target)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireString.read(&path, &reader)
      case 16: try WireUInt32.read(&mode, &reader)
      case 24: try WireEnum<FilesV1.FolderEntry.Content>.read(&content, &reader)
      case 32: try WireInt64.read(&size, &reader)
      case 42: try WireBytes.read(&blob, &reader)
      case 50: try WireString.read(&target, &reader)
      default: return false
      }
      return true
    }

    package struct Content: OpenEnum {
      package var rawValue: Int32

      package init(rawValue: Int32) { self.rawValue = rawValue }

      package static var file: Self { Self(rawValue: 0) }
      package static var folder: Self { Self(rawValue: 1) }
      package static var link: Self { Self(rawValue: 2) }

      package static let schema = MessageSchema(
        "apus.files.v1.FolderEntry.Content", "CONTENT_FILE 0 CONTENT_FOLDER 1 CONTENT_LINK 2")
    }
  }

  package struct FindRequest: Message {
    /// All that are given have to fit.
    package var name: String = ""
    package var prefix: String = ""
    package var words: [String] = []
    package var tags: [String] = []
    package var type: String = ""
    package var smallest: Int64?
    package var largest: Int64?
    /// The id or name of a node.
    package var owner: String = ""
    package var wide: Bool = false
    /// Only what this node owns or keeps.
    package var hereOnly: Bool = false
    package var limit: UInt32 = 0
    package var cursor: [UInt8] = []
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.files.v1.FindRequest",
      "name 1 prefix 2 words 3 tags 4 type 5 smallest 6 largest 7 owner 8 wide 9 here_only 10 limit 11 cursor 12"
    )

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireString.self, 10, name)
      writer.plain(WireString.self, 18, prefix)
      writer.repeated(WireString.self, 26, words)
      writer.repeated(WireString.self, 34, tags)
      writer.plain(WireString.self, 42, type)
      writer.optional(WireInt64.self, 48, smallest)
      writer.optional(WireInt64.self, 56, largest)
      writer.plain(WireString.self, 66, owner)
      writer.plain(WireBool.self, 72, wide)
      writer.plain(WireBool.self, 80, hereOnly)
      writer.plain(WireUInt32.self, 88, limit)
      writer.plain(WireBytes.self, 98, cursor)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireString.read(&name, &reader)
      case 18: try WireString.read(&prefix, &reader)
      case 26: try reader.repeated(WireString.self, &words)
      case 34: try reader.repeated(WireString.self, &tags)
      case 42: try WireString.read(&type, &reader)
      case 48: smallest = try WireInt64.read(&reader)
      case 56: largest = try WireInt64.read(&reader)
      case 66: try WireString.read(&owner, &reader)
      case 72: try WireBool.read(&wide, &reader)
      case 80: try WireBool.read(&hereOnly, &reader)
      case 88: try WireUInt32.read(&limit, &reader)
      case 98: try WireBytes.read(&cursor, &reader)
      default: return false
      }
      return true
    }
  }

  package struct FindReply: Message {
    package var shares: [FilesV1.ShareInfo] = []
    /// To go on with; empty at the end.
    package var cursor: [UInt8] = []
    /// Other nodes that were asked.
    package var contacts: UInt32 = 0
    package var wentWide: Bool = false
    package var warnings: [String] = []
    /// False when the time was over, or a zone did not answer; the cursor goes on from there.
    package var isComplete: Bool = false
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.files.v1.FindReply", "shares 1 cursor 2 contacts 3 went_wide 4 warnings 5 is_complete 6"
    )

    package func encode(into writer: inout WireWriter) {
      writer.repeated(WireMessage<FilesV1.ShareInfo>.self, 10, shares)
      writer.plain(WireBytes.self, 18, cursor)
      writer.plain(WireUInt32.self, 24, contacts)
      writer.plain(WireBool.self, 32, wentWide)
      writer.repeated(WireString.self, 42, warnings)
      writer.plain(WireBool.self, 48, isComplete)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try reader.repeated(WireMessage<FilesV1.ShareInfo>.self, &shares)
      case 18: try WireBytes.read(&cursor, &reader)
      case 24: try WireUInt32.read(&contacts, &reader)
      case 32: try WireBool.read(&wentWide, &reader)
      case 42: try reader.repeated(WireString.self, &warnings)
      case 48: try WireBool.read(&isComplete, &reader)
      default: return false
      }
      return true
    }
  }

  package struct ShowRequest: Message {
    package var file: String = ""
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.files.v1.ShowRequest", "file 1")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireString.self, 10, file)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireString.read(&file, &reader)
      default: return false
      }
      return true
    }
  }

  package struct ShowReply: Message {
    package var share: FilesV1.ShareInfo?
    package var holders: [FilesV1.Holder] = []
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.files.v1.ShowReply", "share 1 holders 2")

    package func encode(into writer: inout WireWriter) {
      writer.optional(WireMessage<FilesV1.ShareInfo>.self, 10, share)
      writer.repeated(WireMessage<FilesV1.Holder>.self, 18, holders)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try reader.message(&share)
      case 18: try reader.repeated(WireMessage<FilesV1.Holder>.self, &holders)
      default: return false
      }
      return true
    }
  }

  package struct Holder: Message {
    package var node: [UInt8] = []
    package var name: String = ""
    /// As in the node table: alive, suspected, dead, left.
    package var state: String = ""
    package var path: String = ""
    package var isOwner: Bool = false
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.files.v1.Holder", "node 1 name 2 state 3 path 4 is_owner 5")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireBytes.self, 10, node)
      writer.plain(WireString.self, 18, name)
      writer.plain(WireString.self, 26, state)
      writer.plain(WireString.self, 34, path)
      writer.plain(WireBool.self, 40, isOwner)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireBytes.read(&node, &reader)
      case 18: try WireString.read(&name, &reader)
      case 26: try WireString.read(&state, &reader)
      case 34: try WireString.read(&path, &reader)
      case 40: try WireBool.read(&isOwner, &reader)
      default: return false
      }
      return true
    }
  }

  package struct RemoveRequest: Message {
    package var file: String = ""
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.files.v1.RemoveRequest", "file 1")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireString.self, 10, file)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireString.read(&file, &reader)
      default: return false
      }
      return true
    }
  }

  package struct RemoveReply: Message {
    package var share: FilesV1.ShareInfo?
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.files.v1.RemoveReply", "share 1")

    package func encode(into writer: inout WireWriter) {
      writer.optional(WireMessage<FilesV1.ShareInfo>.self, 10, share)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try reader.message(&share)
      default: return false
      }
      return true
    }
  }

  package struct PinRequest: Message {
    package var file: String = ""
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.files.v1.PinRequest", "file 1")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireString.self, 10, file)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireString.read(&file, &reader)
      default: return false
      }
      return true
    }
  }

  package struct UnpinRequest: Message {
    package var file: String = ""
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.files.v1.UnpinRequest", "file 1")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireString.self, 10, file)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireString.read(&file, &reader)
      default: return false
      }
      return true
    }
  }

  package struct UnpinReply: Message {
    package var share: FilesV1.ShareInfo?
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.files.v1.UnpinReply", "share 1")

    package func encode(into writer: inout WireWriter) {
      writer.optional(WireMessage<FilesV1.ShareInfo>.self, 10, share)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try reader.message(&share)
      default: return false
      }
      return true
    }
  }

  package struct CreateLinkRequest: Message {
    package var file: String = ""
    /// Nanoseconds from now; 0: a week.
    package var life: Int64 = 0
    /// How often it may be read; 0: as often as wanted.
    package var uses: UInt32 = 0
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.files.v1.CreateLinkRequest", "file 1 life 2 uses 3")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireString.self, 10, file)
      writer.plain(WireInt64.self, 16, life)
      writer.plain(WireUInt32.self, 24, uses)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireString.read(&file, &reader)
      case 16: try WireInt64.read(&life, &reader)
      case 24: try WireUInt32.read(&uses, &reader)
      default: return false
      }
      return true
    }
  }

  package struct CreateLinkReply: Message {
    package var link: FilesV1.LinkInfo?
    /// With the secret, which is not kept: it is shown this once.
    package var addresses: [String] = []
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.files.v1.CreateLinkReply", "link 1 addresses 2")

    package func encode(into writer: inout WireWriter) {
      writer.optional(WireMessage<FilesV1.LinkInfo>.self, 10, link)
      writer.repeated(WireString.self, 18, addresses)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try reader.message(&link)
      case 18: try reader.repeated(WireString.self, &addresses)
      default: return false
      }
      return true
    }
  }

  package struct LinkInfo: Message {
    /// 8 bytes; not the secret.
    package var id: [UInt8] = []
    package var share: FilesV1.ShareInfo?
    package var created: Int64 = 0
    package var expires: Int64 = 0
    package var uses: UInt32 = 0
    package var used: UInt32 = 0
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.files.v1.LinkInfo", "id 1 share 2 created 3 expires 4 uses 5 used 6")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireBytes.self, 10, id)
      writer.optional(WireMessage<FilesV1.ShareInfo>.self, 18, share)
      writer.plain(WireInt64.self, 24, created)
      writer.plain(WireInt64.self, 32, expires)
      writer.plain(WireUInt32.self, 40, uses)
      writer.plain(WireUInt32.self, 48, used)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireBytes.read(&id, &reader)
      case 18: try reader.message(&share)
      case 24: try WireInt64.read(&created, &reader)
      case 32: try WireInt64.read(&expires, &reader)
      case 40: try WireUInt32.read(&uses, &reader)
      case 48: try WireUInt32.read(&used, &reader)
      default: return false
      }
      return true
    }
  }

  package struct LinksRequest: Message {
    /// Of all files when empty.
    package var file: String = ""
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.files.v1.LinksRequest", "file 1")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireString.self, 10, file)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireString.read(&file, &reader)
      default: return false
      }
      return true
    }
  }

  package struct LinksReply: Message {
    package var links: [FilesV1.LinkInfo] = []
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.files.v1.LinksReply", "links 1")

    package func encode(into writer: inout WireWriter) {
      writer.repeated(WireMessage<FilesV1.LinkInfo>.self, 10, links)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try reader.repeated(WireMessage<FilesV1.LinkInfo>.self, &links)
      default: return false
      }
      return true
    }
  }

  package struct RevokeLinkRequest: Message {
    /// The id of a link, or the link.
    package var link: String = ""
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.files.v1.RevokeLinkRequest", "link 1")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireString.self, 10, link)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireString.read(&link, &reader)
      default: return false
      }
      return true
    }
  }

  package struct RevokeLinkReply: Message {
    package var link: FilesV1.LinkInfo?
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.files.v1.RevokeLinkReply", "link 1")

    package func encode(into writer: inout WireWriter) {
      writer.optional(WireMessage<FilesV1.LinkInfo>.self, 10, link)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try reader.message(&link)
      default: return false
      }
      return true
    }
  }

  package struct VerifyRequest: Message {
    /// All when empty.
    package var file: String = ""
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.files.v1.VerifyRequest", "file 1")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireString.self, 10, file)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireString.read(&file, &reader)
      default: return false
      }
      return true
    }
  }

  package struct RepairRequest: Message {
    package var file: String = ""
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.files.v1.RepairRequest", "file 1")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireString.self, 10, file)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireString.read(&file, &reader)
      default: return false
      }
      return true
    }
  }

  package struct VerifyProgress: Message {
    package var bytes: Int64 = 0
    package var total: Int64 = 0
    package var chunks: UInt64 = 0
    package var damages: [FilesV1.DamageInfo] = []
    package var isDone: Bool = false
    package var repaired: UInt64 = 0
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.files.v1.VerifyProgress", "bytes 1 total 2 chunks 3 damages 4 is_done 5 repaired 6")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireInt64.self, 8, bytes)
      writer.plain(WireInt64.self, 16, total)
      writer.plain(WireUInt64.self, 24, chunks)
      writer.repeated(WireMessage<FilesV1.DamageInfo>.self, 34, damages)
      writer.plain(WireBool.self, 40, isDone)
      writer.plain(WireUInt64.self, 48, repaired)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 8: try WireInt64.read(&bytes, &reader)
      case 16: try WireInt64.read(&total, &reader)
      case 24: try WireUInt64.read(&chunks, &reader)
      case 34: try reader.repeated(WireMessage<FilesV1.DamageInfo>.self, &damages)
      case 40: try WireBool.read(&isDone, &reader)
      case 48: try WireUInt64.read(&repaired, &reader)
      default: return false
      }
      return true
    }
  }

  package struct DamageInfo: Message {
    package var blob: [UInt8] = []
    package var chunk: UInt32 = 0
    /// The names of the files that have it.
    package var names: [String] = []
    package var isRepaired: Bool = false
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.files.v1.DamageInfo", "blob 1 chunk 2 names 3 is_repaired 4")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireBytes.self, 10, blob)
      writer.plain(WireUInt32.self, 16, chunk)
      writer.repeated(WireString.self, 26, names)
      writer.plain(WireBool.self, 32, isRepaired)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireBytes.read(&blob, &reader)
      case 16: try WireUInt32.read(&chunk, &reader)
      case 26: try reader.repeated(WireString.self, &names)
      case 32: try WireBool.read(&isRepaired, &reader)
      default: return false
      }
      return true
    }
  }

  package struct CollectRequest: Message {
    /// Removes what is not pinned, the least recently used first, until so many bytes are left.
    package var downTo: Int64?
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.files.v1.CollectRequest", "down_to 1")

    package func encode(into writer: inout WireWriter) {
      writer.optional(WireInt64.self, 8, downTo)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 8: downTo = try WireInt64.read(&reader)
      default: return false
      }
      return true
    }
  }

  package struct CollectReply: Message {
    package var chunks: UInt64 = 0
    package var bytes: Int64 = 0
    /// Blobs that were let go to get down to the size.
    package var blobs: UInt64 = 0
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.files.v1.CollectReply", "chunks 1 bytes 2 blobs 3")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireUInt64.self, 8, chunks)
      writer.plain(WireInt64.self, 16, bytes)
      writer.plain(WireUInt64.self, 24, blobs)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 8: try WireUInt64.read(&chunks, &reader)
      case 16: try WireInt64.read(&bytes, &reader)
      case 24: try WireUInt64.read(&blobs, &reader)
      default: return false
      }
      return true
    }
  }

  package struct UsageRequest: Message {
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.files.v1.UsageRequest", "")

    package func encode(into writer: inout WireWriter) {
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      false
    }
  }

  package struct UsageReply: Message {
    package var bytes: Int64 = 0
    package var quota: Int64 = 0
    package var blobs: UInt64 = 0
    package var partialBlobs: UInt64 = 0
    /// Of copies that are kept for other nodes.
    package var quotaPerOwner: Int64 = 0
    package var owners: [FilesV1.OwnerUsage] = []
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.files.v1.UsageReply",
      "bytes 1 quota 2 blobs 3 partial_blobs 4 quota_per_owner 5 owners 6")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireInt64.self, 8, bytes)
      writer.plain(WireInt64.self, 16, quota)
      writer.plain(WireUInt64.self, 24, blobs)
      writer.plain(WireUInt64.self, 32, partialBlobs)
      writer.plain(WireInt64.self, 40, quotaPerOwner)
      writer.repeated(WireMessage<FilesV1.OwnerUsage>.self, 50, owners)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 8: try WireInt64.read(&bytes, &reader)
      case 16: try WireInt64.read(&quota, &reader)
      case 24: try WireUInt64.read(&blobs, &reader)
      case 32: try WireUInt64.read(&partialBlobs, &reader)
      case 40: try WireInt64.read(&quotaPerOwner, &reader)
      case 50: try reader.repeated(WireMessage<FilesV1.OwnerUsage>.self, &owners)
      default: return false
      }
      return true
    }
  }

  package struct OwnerUsage: Message {
    package var node: [UInt8] = []
    package var name: String = ""
    package var bytes: Int64 = 0
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.files.v1.OwnerUsage", "node 1 name 2 bytes 3")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireBytes.self, 10, node)
      writer.plain(WireString.self, 18, name)
      writer.plain(WireInt64.self, 24, bytes)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireBytes.read(&node, &reader)
      case 18: try WireString.read(&name, &reader)
      case 24: try WireInt64.read(&bytes, &reader)
      default: return false
      }
      return true
    }
  }

  package struct Kind: OpenEnum {
    package var rawValue: Int32

    package init(rawValue: Int32) { self.rawValue = rawValue }

    package static var file: Self { Self(rawValue: 0) }
    package static var folder: Self { Self(rawValue: 1) }

    package static let schema = MessageSchema(
      "apus.files.v1.Kind", "KIND_FILE 0 KIND_FOLDER 1")
  }
}

extension FilesV1 {
  package enum FilesMethods {
    package static let service = "apus.files.v1.Files"
    package static let add = MethodDescription(
      service, "Add", .serverStream, permission: "files.local")
    package static let upload = MethodDescription(
      service, "Upload", .clientStream, permission: "files.write")
    package static let beginUpload = MethodDescription(
      service, "BeginUpload", .unary, permission: "files.write")
    package static let showUpload = MethodDescription(
      service, "ShowUpload", .unary, permission: "files.write")
    package static let cancelUpload = MethodDescription(
      service, "CancelUpload", .unary, permission: "files.write")
    package static let get = MethodDescription(
      service, "Get", .serverStream, permission: "files.local")
    package static let download = MethodDescription(
      service, "Download", .serverStream, permission: "files.read")
    package static let list = MethodDescription(
      service, "List", .serverStream, permission: "files.read")
    package static let find = MethodDescription(
      service, "Find", .unary, permission: "files.read")
    package static let show = MethodDescription(
      service, "Show", .unary, permission: "files.read")
    package static let remove = MethodDescription(
      service, "Remove", .unary, permission: "files.write")
    package static let pin = MethodDescription(
      service, "Pin", .serverStream, permission: "files.write")
    package static let unpin = MethodDescription(
      service, "Unpin", .unary, permission: "files.write")
    package static let createLink = MethodDescription(
      service, "CreateLink", .unary, permission: "files.share")
    package static let links = MethodDescription(
      service, "Links", .unary, permission: "files.share")
    package static let revokeLink = MethodDescription(
      service, "RevokeLink", .unary, permission: "files.share")
    package static let verify = MethodDescription(
      service, "Verify", .serverStream, permission: "files.local")
    package static let repair = MethodDescription(
      service, "Repair", .serverStream, permission: "files.local")
    package static let collect = MethodDescription(
      service, "Collect", .unary, permission: "files.local")
    package static let usage = MethodDescription(
      service, "Usage", .unary, permission: "files.local")
  }

  /// The files of the network, for whoever uses this node.
  package protocol FilesService: Sendable {
    /// Reads a path of this node's machine. The last progress has the share.
    func add(
      _ request: FilesV1.AddRequest, _ replies: MessageWriter<FilesV1.Progress>,
      _ context: CallContext
    ) async throws
    /// The first part says what it is, the others bring its bytes. With the id of an upload that was
    /// begun, what has come stays when the call breaks.
    func upload(
      _ requests: MessageReader<FilesV1.UploadPart>, _ context: CallContext
    ) async throws -> FilesV1.UploadReply
    /// Makes room for bytes that come in as many calls of Upload as it takes.
    func beginUpload(
      _ request: FilesV1.BeginUploadRequest, _ context: CallContext
    ) async throws -> FilesV1.UploadState
    /// Where an upload goes on.
    func showUpload(
      _ request: FilesV1.ShowUploadRequest, _ context: CallContext
    ) async throws -> FilesV1.UploadState
    /// Forgets what has come of an upload.
    func cancelUpload(
      _ request: FilesV1.CancelUploadRequest, _ context: CallContext
    ) async throws -> FilesV1.UploadState
    /// Writes to a path of this node's machine, from everybody who has it; goes on where it stopped.
    func get(
      _ request: FilesV1.GetRequest, _ replies: MessageWriter<FilesV1.Progress>,
      _ context: CallContext
    ) async throws
    /// The bytes of a file from an offset on, checked. What is not here is fetched.
    func download(
      _ request: FilesV1.DownloadRequest, _ replies: MessageWriter<FilesV1.Piece>,
      _ context: CallContext
    ) async throws
    /// What is in a folder.
    func list(
      _ request: FilesV1.ListRequest, _ replies: MessageWriter<FilesV1.FolderEntry>,
      _ context: CallContext
    ) async throws
    func find(
      _ request: FilesV1.FindRequest, _ context: CallContext
    ) async throws -> FilesV1.FindReply
    /// One file, with who has it.
    func show(
      _ request: FilesV1.ShowRequest, _ context: CallContext
    ) async throws -> FilesV1.ShowReply
    /// Takes the file out of the network; only its owner may.
    func remove(
      _ request: FilesV1.RemoveRequest, _ context: CallContext
    ) async throws -> FilesV1.RemoveReply
    /// Keeps the file on this node, whoever needs the room; it is fetched if it is not here.
    func pin(
      _ request: FilesV1.PinRequest, _ replies: MessageWriter<FilesV1.Progress>,
      _ context: CallContext
    ) async throws
    func unpin(
      _ request: FilesV1.UnpinRequest, _ context: CallContext
    ) async throws -> FilesV1.UnpinReply
    /// A secret address under which anybody reads the file through this node.
    func createLink(
      _ request: FilesV1.CreateLinkRequest, _ context: CallContext
    ) async throws -> FilesV1.CreateLinkReply
    func links(
      _ request: FilesV1.LinksRequest, _ context: CallContext
    ) async throws -> FilesV1.LinksReply
    func revokeLink(
      _ request: FilesV1.RevokeLinkRequest, _ context: CallContext
    ) async throws -> FilesV1.RevokeLinkReply
    /// Reads and checks all that this node keeps.
    func verify(
      _ request: FilesV1.VerifyRequest, _ replies: MessageWriter<FilesV1.VerifyProgress>,
      _ context: CallContext
    ) async throws
    /// The same, and fetches anew what is damaged.
    func repair(
      _ request: FilesV1.RepairRequest, _ replies: MessageWriter<FilesV1.VerifyProgress>,
      _ context: CallContext
    ) async throws
    /// Frees the room of what nobody uses, and of what nobody has pinned down to a size.
    func collect(
      _ request: FilesV1.CollectRequest, _ context: CallContext
    ) async throws -> FilesV1.CollectReply
    func usage(
      _ request: FilesV1.UsageRequest, _ context: CallContext
    ) async throws -> FilesV1.UsageReply
  }

  package struct FilesClient: Sendable {
    private let caller: any Caller

    package init(_ caller: any Caller) { self.caller = caller }

    /// Reads a path of this node's machine. The last progress has the share.
    package func add<Answer: Sendable>(
      _ request: FilesV1.AddRequest, options: CallOptions = CallOptions(),
      _ replies: (MessageReader<FilesV1.Progress>) async throws -> Answer
    ) async throws -> Answer {
      try await caller.serverStream(FilesV1.FilesMethods.add, request, options, replies)
    }

    /// The first part says what it is, the others bring its bytes. With the id of an upload that was
    /// begun, what has come stays when the call breaks.
    package func upload(
      options: CallOptions = CallOptions(),
      _ requests: (MessageWriter<FilesV1.UploadPart>) async throws -> Void
    ) async throws -> FilesV1.UploadReply {
      try await caller.clientStream(FilesV1.FilesMethods.upload, options, requests)
    }

    /// Makes room for bytes that come in as many calls of Upload as it takes.
    package func beginUpload(
      _ request: FilesV1.BeginUploadRequest, options: CallOptions = CallOptions()
    ) async throws -> FilesV1.UploadState {
      try await caller.unary(FilesV1.FilesMethods.beginUpload, request, options)
    }

    /// Where an upload goes on.
    package func showUpload(
      _ request: FilesV1.ShowUploadRequest, options: CallOptions = CallOptions()
    ) async throws -> FilesV1.UploadState {
      try await caller.unary(FilesV1.FilesMethods.showUpload, request, options)
    }

    /// Forgets what has come of an upload.
    package func cancelUpload(
      _ request: FilesV1.CancelUploadRequest, options: CallOptions = CallOptions()
    ) async throws -> FilesV1.UploadState {
      try await caller.unary(FilesV1.FilesMethods.cancelUpload, request, options)
    }

    /// Writes to a path of this node's machine, from everybody who has it; goes on where it stopped.
    package func get<Answer: Sendable>(
      _ request: FilesV1.GetRequest, options: CallOptions = CallOptions(),
      _ replies: (MessageReader<FilesV1.Progress>) async throws -> Answer
    ) async throws -> Answer {
      try await caller.serverStream(FilesV1.FilesMethods.get, request, options, replies)
    }

    /// The bytes of a file from an offset on, checked. What is not here is fetched.
    package func download<Answer: Sendable>(
      _ request: FilesV1.DownloadRequest, options: CallOptions = CallOptions(),
      _ replies: (MessageReader<FilesV1.Piece>) async throws -> Answer
    ) async throws -> Answer {
      try await caller.serverStream(FilesV1.FilesMethods.download, request, options, replies)
    }

    /// What is in a folder.
    package func list<Answer: Sendable>(
      _ request: FilesV1.ListRequest, options: CallOptions = CallOptions(),
      _ replies: (MessageReader<FilesV1.FolderEntry>) async throws -> Answer
    ) async throws -> Answer {
      try await caller.serverStream(FilesV1.FilesMethods.list, request, options, replies)
    }

    package func find(
      _ request: FilesV1.FindRequest, options: CallOptions = CallOptions()
    ) async throws -> FilesV1.FindReply {
      try await caller.unary(FilesV1.FilesMethods.find, request, options)
    }

    /// One file, with who has it.
    package func show(
      _ request: FilesV1.ShowRequest, options: CallOptions = CallOptions()
    ) async throws -> FilesV1.ShowReply {
      try await caller.unary(FilesV1.FilesMethods.show, request, options)
    }

    /// Takes the file out of the network; only its owner may.
    package func remove(
      _ request: FilesV1.RemoveRequest, options: CallOptions = CallOptions()
    ) async throws -> FilesV1.RemoveReply {
      try await caller.unary(FilesV1.FilesMethods.remove, request, options)
    }

    /// Keeps the file on this node, whoever needs the room; it is fetched if it is not here.
    package func pin<Answer: Sendable>(
      _ request: FilesV1.PinRequest, options: CallOptions = CallOptions(),
      _ replies: (MessageReader<FilesV1.Progress>) async throws -> Answer
    ) async throws -> Answer {
      try await caller.serverStream(FilesV1.FilesMethods.pin, request, options, replies)
    }

    package func unpin(
      _ request: FilesV1.UnpinRequest, options: CallOptions = CallOptions()
    ) async throws -> FilesV1.UnpinReply {
      try await caller.unary(FilesV1.FilesMethods.unpin, request, options)
    }

    /// A secret address under which anybody reads the file through this node.
    package func createLink(
      _ request: FilesV1.CreateLinkRequest, options: CallOptions = CallOptions()
    ) async throws -> FilesV1.CreateLinkReply {
      try await caller.unary(FilesV1.FilesMethods.createLink, request, options)
    }

    package func links(
      _ request: FilesV1.LinksRequest, options: CallOptions = CallOptions()
    ) async throws -> FilesV1.LinksReply {
      try await caller.unary(FilesV1.FilesMethods.links, request, options)
    }

    package func revokeLink(
      _ request: FilesV1.RevokeLinkRequest, options: CallOptions = CallOptions()
    ) async throws -> FilesV1.RevokeLinkReply {
      try await caller.unary(FilesV1.FilesMethods.revokeLink, request, options)
    }

    /// Reads and checks all that this node keeps.
    package func verify<Answer: Sendable>(
      _ request: FilesV1.VerifyRequest, options: CallOptions = CallOptions(),
      _ replies: (MessageReader<FilesV1.VerifyProgress>) async throws -> Answer
    ) async throws -> Answer {
      try await caller.serverStream(FilesV1.FilesMethods.verify, request, options, replies)
    }

    /// The same, and fetches anew what is damaged.
    package func repair<Answer: Sendable>(
      _ request: FilesV1.RepairRequest, options: CallOptions = CallOptions(),
      _ replies: (MessageReader<FilesV1.VerifyProgress>) async throws -> Answer
    ) async throws -> Answer {
      try await caller.serverStream(FilesV1.FilesMethods.repair, request, options, replies)
    }

    /// Frees the room of what nobody uses, and of what nobody has pinned down to a size.
    package func collect(
      _ request: FilesV1.CollectRequest, options: CallOptions = CallOptions()
    ) async throws -> FilesV1.CollectReply {
      try await caller.unary(FilesV1.FilesMethods.collect, request, options)
    }

    package func usage(
      _ request: FilesV1.UsageRequest, options: CallOptions = CallOptions()
    ) async throws -> FilesV1.UsageReply {
      try await caller.unary(FilesV1.FilesMethods.usage, request, options)
    }
  }
}

extension FilesV1.FilesService {
  /// For the server, which checks permissions by the descriptions.
  package var handlers: [MethodHandler] {
    [
      .serverStream(FilesV1.FilesMethods.add, self.add),
      .clientStream(FilesV1.FilesMethods.upload, self.upload),
      .unary(FilesV1.FilesMethods.beginUpload, self.beginUpload),
      .unary(FilesV1.FilesMethods.showUpload, self.showUpload),
      .unary(FilesV1.FilesMethods.cancelUpload, self.cancelUpload),
      .serverStream(FilesV1.FilesMethods.get, self.get),
      .serverStream(FilesV1.FilesMethods.download, self.download),
      .serverStream(FilesV1.FilesMethods.list, self.list),
      .unary(FilesV1.FilesMethods.find, self.find),
      .unary(FilesV1.FilesMethods.show, self.show),
      .unary(FilesV1.FilesMethods.remove, self.remove),
      .serverStream(FilesV1.FilesMethods.pin, self.pin),
      .unary(FilesV1.FilesMethods.unpin, self.unpin),
      .unary(FilesV1.FilesMethods.createLink, self.createLink),
      .unary(FilesV1.FilesMethods.links, self.links),
      .unary(FilesV1.FilesMethods.revokeLink, self.revokeLink),
      .serverStream(FilesV1.FilesMethods.verify, self.verify),
      .serverStream(FilesV1.FilesMethods.repair, self.repair),
      .unary(FilesV1.FilesMethods.collect, self.collect),
      .unary(FilesV1.FilesMethods.usage, self.usage),
    ]
  }
}
