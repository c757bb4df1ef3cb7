/// Writes what a service needs: its methods' descriptions, the protocol to answer it, and a
/// client.
struct ServiceGenerator {
  let file: FileDescriptor
  let types: TypeTable

  func service(_ service: ServiceDescriptor, in namespace: String, _ source: inout Source) {
    let methods = "\(namespace).\(service.name)Methods"
    source.block("extension \(namespace)") { source in
      descriptions(service, &source)
      source.line()
      answering(service, &source)
      source.line()
      client(service, methods, &source)
    }
    source.line()
    source.block("extension \(namespace).\(service.name)Service") { source in
      source.line("/// For the server, which checks permissions by the descriptions.")
      source.block("package var handlers: [MethodHandler]") { source in
        source.line("[")
        for method in service.methods {
          let name = name(method)
          source.line(
            "  .\(handler(method))(\(methods).\(Names.quoted(name)), self.\(Names.quoted(name))),")
        }
        source.line("]")
      }
    }
  }

  private func descriptions(_ service: ServiceDescriptor, _ source: inout Source) {
    let scope = file.package.isEmpty ? "" : "\(file.package)."
    source.block("package enum \(service.name)Methods") { source in
      source.line("package static let service = \"\(scope)\(service.name)\"")
      for method in service.methods {
        let permission = method.permission.map { ", permission: \"\($0)\"" } ?? ""
        source.line("package static let \(Names.quoted(name(method))) = MethodDescription(")
        source.line("  service, \"\(method.name)\", .\(kind(method))\(permission))")
      }
    }
  }

  private func answering(_ service: ServiceDescriptor, _ source: inout Source) {
    source.comment(file.comments[service.path])
    source.block("package protocol \(service.name)Service: Sendable") { source in
      for (index, method) in service.methods.enumerated() {
        source.comment(file.comments[service.path + [2, Int32(index)]])
        let requests =
          method.isClientStreaming
          ? "_ requests: MessageReader<\(input(method))>" : "_ request: \(input(method))"
        let replies =
          method.isServerStreaming ? " _ replies: MessageWriter<\(output(method))>," : ""
        let result = method.isServerStreaming ? "" : " -> \(output(method))"
        source.line("func \(Names.quoted(name(method)))(")
        source.line("  \(requests),\(replies) _ context: CallContext")
        source.line(") \(method.isImmediate ? "" : "async ")throws\(result)")
      }
    }
  }

  private func client(
    _ service: ServiceDescriptor, _ methods: String, _ source: inout Source
  ) {
    source.block("package struct \(service.name)Client: Sendable") { source in
      source.line("private let caller: any Caller")
      source.line()
      source.line("package init(_ caller: any Caller) { self.caller = caller }")
      for (index, method) in service.methods.enumerated() {
        source.line()
        source.comment(file.comments[service.path + [2, Int32(index)]])
        clientMethod(method, methods, &source)
      }
    }
  }

  private func clientMethod(
    _ method: MethodDescriptor, _ methods: String, _ source: inout Source
  ) {
    let name = Names.quoted(name(method))
    let (input, output) = (input(method), output(method))
    let options = "options: CallOptions = CallOptions()"
    let head: [String]
    let call: String
    switch (method.isClientStreaming, method.isServerStreaming) {
    case (false, false):
      head = [
        "package func \(name)(", "  _ request: \(input), \(options)", ") async throws -> \(output)",
      ]
      call = "try await caller.unary(\(methods).\(name), request, options)"
    case (true, false):
      head = [
        "package func \(name)(", "  \(options),",
        "  _ requests: (MessageWriter<\(input)>) async throws -> Void",
        ") async throws -> \(output)",
      ]
      call = "try await caller.clientStream(\(methods).\(name), options, requests)"
    case (false, true):
      head = [
        "package func \(name)<Answer: Sendable>(", "  _ request: \(input), \(options),",
        "  _ replies: (MessageReader<\(output)>) async throws -> Answer",
        ") async throws -> Answer",
      ]
      call = "try await caller.serverStream(\(methods).\(name), request, options, replies)"
    case (true, true):
      head = [
        "package func \(name)<Answer: Sendable>(", "  \(options),",
        "  _ body: (Conversation<\(input), \(output)>) async throws -> Answer",
        ") async throws -> Answer",
      ]
      call = "try await caller.bidirectional(\(methods).\(name), options, body)"
    }
    for line in head.dropLast() { source.line(line) }
    source.block(head[head.count - 1]) { $0.line(call) }
  }

  private func name(_ method: MethodDescriptor) -> String { Names.lowerFirst(method.name) }
  private func input(_ method: MethodDescriptor) -> String { types.swiftName(method.input) }
  private func output(_ method: MethodDescriptor) -> String { types.swiftName(method.output) }

  private func handler(_ method: MethodDescriptor) -> String {
    method.isImmediate ? "immediate" : kind(method)
  }

  private func kind(_ method: MethodDescriptor) -> String {
    switch (method.isClientStreaming, method.isServerStreaming) {
    case (false, false): "unary"
    case (true, false): "clientStream"
    case (false, true): "serverStream"
    case (true, true): "bidirectional"
    }
  }
}
