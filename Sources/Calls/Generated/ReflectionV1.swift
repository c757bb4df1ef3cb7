// Written by Scripts/generate-protobuf from grpc/reflection/v1/reflection.proto. Do not edit.

/// The package `grpc.reflection.v1`.
package enum ReflectionV1 {
  package struct ServerReflectionRequest: Message {
    package var host: String = ""
    package var messageRequest: MessageRequestChoice?

    package enum MessageRequestChoice: Equatable, Sendable {
      case fileByFilename(String)
      /// A full name of a service, method, message, enum or extension.
      case fileContainingSymbol(String)
      case fileContainingExtension(ReflectionV1.ExtensionRequest)
      /// A message's full name.
      case allExtensionNumbersOfType(String)
      /// Its value does not matter.
      case listServices(String)
    }

    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "grpc.reflection.v1.ServerReflectionRequest",
      "host 1 file_by_filename 3 file_containing_symbol 4 file_containing_extension 5 all_extension_numbers_of_type 6 list_services 7"
    )

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireString.self, 10, host)
      switch messageRequest {
      case .fileByFilename(let value)?: writer.always(WireString.self, 26, value)
      case .fileContainingSymbol(let value)?: writer.always(WireString.self, 34, value)
      case .fileContainingExtension(let value)?:
        writer.always(WireMessage<ReflectionV1.ExtensionRequest>.self, 42, value)
      case .allExtensionNumbersOfType(let value)?: writer.always(WireString.self, 50, value)
      case .listServices(let value)?: writer.always(WireString.self, 58, value)
      case nil: break
      }
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireString.read(&host, &reader)
      case 26: messageRequest = .fileByFilename(try WireString.read(&reader))
      case 34: messageRequest = .fileContainingSymbol(try WireString.read(&reader))
      case 42:
        var held = ReflectionV1.ExtensionRequest()
        if case .fileContainingExtension(let value)? = messageRequest { held = value }
        try reader.message(&held)
        messageRequest = .fileContainingExtension(held)
      case 50: messageRequest = .allExtensionNumbersOfType(try WireString.read(&reader))
      case 58: messageRequest = .listServices(try WireString.read(&reader))
      default: return false
      }
      return true
    }
  }

  package struct ExtensionRequest: Message {
    package var containingType: String = ""
    package var extensionNumber: Int32 = 0
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "grpc.reflection.v1.ExtensionRequest", "containing_type 1 extension_number 2")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireString.self, 10, containingType)
      writer.plain(WireInt32.self, 16, extensionNumber)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireString.read(&containingType, &reader)
      case 16: try WireInt32.read(&extensionNumber, &reader)
      default: return false
      }
      return true
    }
  }

  package struct ServerReflectionResponse: Message {
    package var validHost: String = ""
    package var originalRequest: ReflectionV1.ServerReflectionRequest?
    package var messageResponse: MessageResponseChoice?

    package enum MessageResponseChoice: Equatable, Sendable {
      case fileDescriptorResponse(ReflectionV1.FileDescriptorResponse)
      case allExtensionNumbersResponse(ReflectionV1.ExtensionNumberResponse)
      case listServicesResponse(ReflectionV1.ListServiceResponse)
      case errorResponse(ReflectionV1.ErrorResponse)
    }

    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "grpc.reflection.v1.ServerReflectionResponse",
      "valid_host 1 original_request 2 file_descriptor_response 4 all_extension_numbers_response 5 list_services_response 6 error_response 7"
    )

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireString.self, 10, validHost)
      writer.optional(WireMessage<ReflectionV1.ServerReflectionRequest>.self, 18, originalRequest)
      switch messageResponse {
      case .fileDescriptorResponse(let value)?:
        writer.always(WireMessage<ReflectionV1.FileDescriptorResponse>.self, 34, value)
      case .allExtensionNumbersResponse(let value)?:
        writer.always(WireMessage<ReflectionV1.ExtensionNumberResponse>.self, 42, value)
      case .listServicesResponse(let value)?:
        writer.always(WireMessage<ReflectionV1.ListServiceResponse>.self, 50, value)
      case .errorResponse(let value)?:
        writer.always(WireMessage<ReflectionV1.ErrorResponse>.self, 58, value)
      case nil: break
      }
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireString.read(&validHost, &reader)
      case 18: try reader.message(&originalRequest)
      case 34:
        var held = ReflectionV1.FileDescriptorResponse()
        if case .fileDescriptorResponse(let value)? = messageResponse { held = value }
        try reader.message(&held)
        messageResponse = .fileDescriptorResponse(held)
      case 42:
        var held = ReflectionV1.ExtensionNumberResponse()
        if case .allExtensionNumbersResponse(let value)? = messageResponse { held = value }
        try reader.message(&held)
        messageResponse = .allExtensionNumbersResponse(held)
      case 50:
        var held = ReflectionV1.ListServiceResponse()
        if case .listServicesResponse(let value)? = messageResponse { held = value }
        try reader.message(&held)
        messageResponse = .listServicesResponse(held)
      case 58:
        var held = ReflectionV1.ErrorResponse()
        if case .errorResponse(let value)? = messageResponse { held = value }
        try reader.message(&held)
        messageResponse = .errorResponse(held)
      default: return false
      }
      return true
    }
  }

  package struct FileDescriptorResponse: Message {
    /// Serialized google.protobuf.FileDescriptorProto: the file and what it imports.
    package var fileDescriptorProto: [[UInt8]] = []
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "grpc.reflection.v1.FileDescriptorResponse", "file_descriptor_proto 1")

    package func encode(into writer: inout WireWriter) {
      writer.repeated(WireBytes.self, 10, fileDescriptorProto)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try reader.repeated(WireBytes.self, &fileDescriptorProto)
      default: return false
      }
      return true
    }
  }

  package struct ExtensionNumberResponse: Message {
    package var baseTypeName: String = ""
    package var extensionNumber: [Int32] = []
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "grpc.reflection.v1.ExtensionNumberResponse", "base_type_name 1 extension_number 2")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireString.self, 10, baseTypeName)
      writer.packed(WireInt32.self, 18, extensionNumber)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireString.read(&baseTypeName, &reader)
      case 16, 18: try reader.packed(WireInt32.self, &extensionNumber)
      default: return false
      }
      return true
    }
  }

  package struct ListServiceResponse: Message {
    package var service: [ReflectionV1.ServiceResponse] = []
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "grpc.reflection.v1.ListServiceResponse", "service 1")

    package func encode(into writer: inout WireWriter) {
      writer.repeated(WireMessage<ReflectionV1.ServiceResponse>.self, 10, service)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try reader.repeated(WireMessage<ReflectionV1.ServiceResponse>.self, &service)
      default: return false
      }
      return true
    }
  }

  package struct ServiceResponse: Message {
    package var name: String = ""
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "grpc.reflection.v1.ServiceResponse", "name 1")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireString.self, 10, name)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireString.read(&name, &reader)
      default: return false
      }
      return true
    }
  }

  package struct ErrorResponse: Message {
    /// A code of gRPC.
    package var errorCode: Int32 = 0
    package var errorMessage: String = ""
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "grpc.reflection.v1.ErrorResponse", "error_code 1 error_message 2")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireInt32.self, 8, errorCode)
      writer.plain(WireString.self, 18, errorMessage)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 8: try WireInt32.read(&errorCode, &reader)
      case 18: try WireString.read(&errorMessage, &reader)
      default: return false
      }
      return true
    }
  }
}

extension ReflectionV1 {
  package enum ServerReflectionMethods {
    package static let service = "grpc.reflection.v1.ServerReflection"
    package static let serverReflectionInfo = MethodDescription(
      service, "ServerReflectionInfo", .bidirectional, permission: "reflection")
  }

  package protocol ServerReflectionService: Sendable {
    /// Answers each request in turn with what the server's .proto files say.
    func serverReflectionInfo(
      _ requests: MessageReader<ReflectionV1.ServerReflectionRequest>,
      _ replies: MessageWriter<ReflectionV1.ServerReflectionResponse>, _ context: CallContext
    ) async throws
  }

  package struct ServerReflectionClient: Sendable {
    private let caller: any Caller

    package init(_ caller: any Caller) { self.caller = caller }

    /// Answers each request in turn with what the server's .proto files say.
    package func serverReflectionInfo<Answer: Sendable>(
      options: CallOptions = CallOptions(),
      _ body: (
        Conversation<ReflectionV1.ServerReflectionRequest, ReflectionV1.ServerReflectionResponse>
      ) async throws -> Answer
    ) async throws -> Answer {
      try await caller.bidirectional(
        ReflectionV1.ServerReflectionMethods.serverReflectionInfo, options, body)
    }
  }
}

extension ReflectionV1.ServerReflectionService {
  /// For the server, which checks permissions by the descriptions.
  package var handlers: [MethodHandler] {
    [
      .bidirectional(
        ReflectionV1.ServerReflectionMethods.serverReflectionInfo, self.serverReflectionInfo)
    ]
  }
}
