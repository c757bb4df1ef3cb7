// Written by Scripts/generate-protobuf from grpc/health/v1/health.proto. Do not edit.

/// The package `grpc.health.v1`.
package enum HealthV1 {
  package struct HealthCheckRequest: Message {
    /// A service's full name; empty asks for the whole server.
    package var service: String = ""
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "grpc.health.v1.HealthCheckRequest", "service 1")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireString.self, 10, service)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireString.read(&service, &reader)
      default: return false
      }
      return true
    }
  }

  package struct HealthCheckResponse: Message {
    package var status: HealthV1.HealthCheckResponse.ServingStatus = HealthV1.HealthCheckResponse
      .ServingStatus(rawValue: 0)
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "grpc.health.v1.HealthCheckResponse", "status 1")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireEnum<HealthV1.HealthCheckResponse.ServingStatus>.self, 8, status)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 8: try WireEnum<HealthV1.HealthCheckResponse.ServingStatus>.read(&status, &reader)
      default: return false
      }
      return true
    }

    package struct ServingStatus: OpenEnum {
      package var rawValue: Int32

      package init(rawValue: Int32) { self.rawValue = rawValue }

      package static var unknown: Self { Self(rawValue: 0) }
      package static var serving: Self { Self(rawValue: 1) }
      package static var notServing: Self { Self(rawValue: 2) }
      /// Only from Watch: the service is not known here.
      package static var serviceUnknown: Self { Self(rawValue: 3) }

      package static let schema = MessageSchema(
        "grpc.health.v1.HealthCheckResponse.ServingStatus",
        "UNKNOWN 0 SERVING 1 NOT_SERVING 2 SERVICE_UNKNOWN 3")
    }
  }
}

extension HealthV1 {
  package enum HealthMethods {
    package static let service = "grpc.health.v1.Health"
    package static let check = MethodDescription(
      service, "Check", .unary, permission: "readiness")
    package static let watch = MethodDescription(
      service, "Watch", .serverStream, permission: "readiness")
  }

  package protocol HealthService: Sendable {
    /// The state now; NOT_FOUND for a service that is not known.
    func check(
      _ request: HealthV1.HealthCheckRequest, _ context: CallContext
    ) async throws -> HealthV1.HealthCheckResponse
    /// The state now and at every change.
    func watch(
      _ request: HealthV1.HealthCheckRequest,
      _ replies: MessageWriter<HealthV1.HealthCheckResponse>, _ context: CallContext
    ) async throws
  }

  package struct HealthClient: Sendable {
    private let caller: any Caller

    package init(_ caller: any Caller) { self.caller = caller }

    /// The state now; NOT_FOUND for a service that is not known.
    package func check(
      _ request: HealthV1.HealthCheckRequest, options: CallOptions = CallOptions()
    ) async throws -> HealthV1.HealthCheckResponse {
      try await caller.unary(HealthV1.HealthMethods.check, request, options)
    }

    /// The state now and at every change.
    package func watch<Answer: Sendable>(
      _ request: HealthV1.HealthCheckRequest, options: CallOptions = CallOptions(),
      _ replies: (MessageReader<HealthV1.HealthCheckResponse>) async throws -> Answer
    ) async throws -> Answer {
      try await caller.serverStream(HealthV1.HealthMethods.watch, request, options, replies)
    }
  }
}

extension HealthV1.HealthService {
  /// For the server, which checks permissions by the descriptions.
  package var handlers: [MethodHandler] {
    [
      .unary(HealthV1.HealthMethods.check, self.check),
      .serverStream(HealthV1.HealthMethods.watch, self.watch),
    ]
  }
}
