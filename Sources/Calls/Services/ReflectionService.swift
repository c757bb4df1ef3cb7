/// Server reflection, version 1.
package struct ReflectionService: ReflectionV1.ServerReflectionService {
  private let index: ReflectionIndex

  package init(_ index: ReflectionIndex) { self.index = index }

  package func serverReflectionInfo(
    _ requests: MessageReader<ReflectionV1.ServerReflectionRequest>,
    _ replies: MessageWriter<ReflectionV1.ServerReflectionResponse>, _ context: CallContext
  ) async throws {
    while let request = try await requests.next() {
      try await replies.write(reply(to: request))
    }
  }

  func reply(
    to request: ReflectionV1.ServerReflectionRequest
  ) -> ReflectionV1.ServerReflectionResponse {
    let answer: ReflectionIndex.Answer =
      switch request.messageRequest {
      case .fileByFilename(let name): index.file(named: name)
      case .fileContainingSymbol(let symbol): index.file(containing: symbol)
      case .listServices: index.listServices()
      case .fileContainingExtension(let wanted):
        index.file(extending: wanted.containingType, number: wanted.extensionNumber)
      case .allExtensionNumbersOfType(let type): index.extensionNumbers(of: type)
      case nil: .failure(.invalidArgument, "Expected one of the requests, found none.")
      }
    return ReflectionV1.ServerReflectionResponse {
      $0.validHost = request.host
      $0.originalRequest = request
      switch answer {
      case .files(let files):
        $0.messageResponse = .fileDescriptorResponse(.init { $0.fileDescriptorProto = files })
      case .services(let names):
        $0.messageResponse = .listServicesResponse(
          .init { $0.service = names.map { name in .init { $0.name = name } } })
      case .extensionNumbers(let type, let numbers):
        $0.messageResponse = .allExtensionNumbersResponse(
          .init {
            $0.baseTypeName = type
            $0.extensionNumber = numbers
          })
      case .failure(let code, let message):
        $0.messageResponse = .errorResponse(
          .init {
            $0.errorCode = Int32(code.rawValue)
            $0.errorMessage = message
          })
      }
    }
  }
}

/// The same under its older name, which many clients still ask first. The messages are the same
/// on the wire, so they are passed over as bytes.
package struct ReflectionAlphaService: ReflectionV1alpha.ServerReflectionService {
  private let service: ReflectionService

  package init(_ index: ReflectionIndex) { service = ReflectionService(index) }

  package func serverReflectionInfo(
    _ requests: MessageReader<ReflectionV1alpha.ServerReflectionRequest>,
    _ replies: MessageWriter<ReflectionV1alpha.ServerReflectionResponse>, _ context: CallContext
  ) async throws {
    while let request = try await requests.next() {
      let reply = service.reply(
        to: try ReflectionV1.ServerReflectionRequest(decoding: request.encoded()))
      try await replies.write(
        ReflectionV1alpha.ServerReflectionResponse(decoding: reply.encoded()))
    }
  }
}
