import HTTP
import IO
import Testing

@testable import Calls

@Suite struct ReflectionTests {
  private typealias Request = ReflectionV1.ServerReflectionRequest
  private typealias Response = ReflectionV1.ServerReflectionResponse

  private let index = ReflectionIndex(services: ["b.B", "a.A"])

  private func ask(_ requests: [Request]) async throws -> [Response] {
    try await overCalls(ReflectionService(index).handlers) { wired in
      try await ReflectionV1.ServerReflectionClient(wired.client).serverReflectionInfo { talk in
        var responses: [Response] = []
        for request in requests {
          try await talk.requests.write(request)
          if let response = try await talk.replies.next() { responses.append(response) }
        }
        try await talk.finish()
        return responses
      }
    }
  }

  private func files(_ response: Response?) -> [[UInt8]]? {
    guard case .fileDescriptorResponse(let files) = response?.messageResponse else { return nil }
    return files.fileDescriptorProto
  }

  private func failureCode(_ response: Response?) -> Status.Code? {
    guard case .errorResponse(let error) = response?.messageResponse else { return nil }
    return Status.Code(rawValue: Int(error.errorCode))
  }

  @Test func `one stream answers every kind of question`() async throws {
    let requests: [Request] = [
      Request { $0.messageRequest = .listServices("*") },
      Request { $0.messageRequest = .fileByFilename("apus/probe/v1/probe.proto") },
      Request { $0.messageRequest = .fileContainingSymbol("apus.probe.v1.Probe.Echo") },
      Request {
        $0.messageRequest = .fileContainingExtension(
          .init {
            $0.containingType = "google.protobuf.MethodOptions"
            $0.extensionNumber = 50_001
          })
      },
      Request {
        $0.host = "here"
        $0.messageRequest = .allExtensionNumbersOfType("google.protobuf.MethodOptions")
      },
      Request(),
    ]
    let responses = try await ask(requests)
    #expect(responses.map(\.originalRequest) == requests.map(Optional.some))
    #expect(responses.map(\.validHost) == ["", "", "", "", "here", ""])
    guard case .listServicesResponse(let list) = responses.first?.messageResponse else {
      Issue.record("no list")
      return
    }
    #expect(list.service.map(\.name) == ["a.A", "b.B"])
    #expect(files(responses[1])?.count == 3)
    #expect(files(responses[1]) == files(responses[2]))
    #expect(files(responses[3])?.first == file("apus/options.proto"))
    guard case .allExtensionNumbersResponse(let numbers) = responses[4].messageResponse else {
      Issue.record("no numbers")
      return
    }
    #expect(numbers.extensionNumber == [50_001, 50_002])
    #expect(numbers.baseTypeName == "google.protobuf.MethodOptions")
    #expect(failureCode(responses[5]) == .invalidArgument)
  }

  private func file(_ name: String) -> [UInt8]? {
    FileDescription.generated.first { $0.name == name }?.bytes
  }

  @Test(arguments: [
    ("apus.probe.v1.Probe", "apus/probe/v1/probe.proto"),
    ("apus.probe.v1.Probe.Mirror", "apus/probe/v1/probe.proto"),
    ("apus.probe.v1.EchoRequest", "apus/probe/v1/probe.proto"),
    ("apus.probe.v1.EchoRequest.payload", "apus/probe/v1/probe.proto"),
    ("apus.probe.v1.EchoRequest.LabelsEntry", "apus/probe/v1/probe.proto"),
    ("apus.probe.v1.EchoRequest.LabelsEntry.key", "apus/probe/v1/probe.proto"),
    ("apus.node.v1.Finding.Level", "apus/node/v1/node.proto"),
    ("apus.node.v1.Finding.LEVEL_BROKEN", "apus/node/v1/node.proto"),
    ("apus.node.v1.LOG_LEVEL_INFO", "apus/node/v1/node.proto"),
    (
      "grpc.reflection.v1.ServerReflectionRequest.message_request",
      "grpc/reflection/v1/reflection.proto"
    ),
    ("apus.permission", "apus/options.proto"),
    ("google.protobuf.MethodOptions", "google/protobuf/descriptor.proto"),
  ])
  func `a symbol leads to its file`(_ symbol: String, _ name: String) {
    guard case .files(let files) = index.file(containing: symbol) else {
      Issue.record("no file for \(symbol)")
      return
    }
    #expect(files.first == file(name))
    #expect(files.count == Set(files).count)
  }

  @Test(arguments: [
    "", ".", "apus", "apus.probe.v1", "apus.probe.v1.Probe.Nothing", "apus.probe.v1.EchoRequest.x",
    ".apus.probe.v1.Probe", "apus.probe.v1.Probe.Echo.Echo",
    "apus.node.v1.Finding.Level.LEVEL_FINE",
  ])
  func `what is no symbol is not found`(_ symbol: String) {
    guard case .failure(let code, _) = index.file(containing: symbol) else {
      Issue.record("found \(symbol)")
      return
    }
    #expect(code == .notFound)
  }

  @Test func `what does not exist is not found, and a type may have no extensions`() {
    let long = String(repeating: "x", count: 100_000)
    for answer in [
      index.file(named: "no.proto"), index.file(named: long), index.extensionNumbers(of: "no.Type"),
      index.file(extending: "google.protobuf.MethodOptions", number: 1),
      index.file(extending: "apus.probe.v1.EchoRequest", number: 50_001),
    ] {
      guard case .failure(.notFound, let message) = answer else {
        Issue.record("found \(answer)")
        continue
      }
      #expect(message.utf8.count < 300)
    }
    #expect(
      index.extensionNumbers(of: "apus.probe.v1.EchoRequest")
        == .extensionNumbers(type: "apus.probe.v1.EchoRequest", []))
  }

  @Test func `the older version says the same`() async throws {
    let names = try await overCalls(ReflectionAlphaService(index).handlers) { wired in
      try await ReflectionV1alpha.ServerReflectionClient(wired.client).serverReflectionInfo {
        talk in
        try await talk.requests.write(.init { $0.messageRequest = .listServices("") })
        let list = try await talk.replies.next()
        try await talk.requests.write(
          .init { $0.messageRequest = .allExtensionNumbersOfType("google.protobuf.MethodOptions") })
        let numbers = try await talk.replies.next()
        var names: [String] = []
        if case .listServicesResponse(let list) = list?.messageResponse {
          names = list.service.map(\.name)
        }
        if case .allExtensionNumbersResponse(let all) = numbers?.messageResponse {
          names += all.extensionNumber.map(String.init)
        }
        return names
      }
    }
    #expect(names == ["a.A", "b.B", "50001", "50002"])
  }

  @Test func `every description is read whole`() throws {
    for file in FileDescription.generated {
      let symbols = Set(try FileDeclarations(file.bytes).symbols)
      #expect(symbols.isSuperset(of: file.symbols.map(String.init)))
    }
  }
}
