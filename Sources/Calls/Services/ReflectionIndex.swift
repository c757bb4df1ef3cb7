import Primitives

/// What server reflection can tell: files by name, by what they declare and by what they extend,
/// and the services that this server really answers.
package final class ReflectionIndex: Sendable {
  enum Answer: Equatable {
    /// Serialized files: the one asked for first, then what it imports.
    case files([[UInt8]])
    case services([String])
    case extensionNumbers(type: String, [Int32])
    case failure(Status.Code, String)
  }

  /// Where everything is; read from the descriptors when somebody first asks, which at most nodes
  /// nobody does.
  private struct Contents {
    var bytes: [String: [UInt8]] = [:]
    var fileOfSymbol: [String: String] = [:]
    /// By the type that is extended.
    var fileOfExtension: [String: [Int32: String]] = [:]
  }

  private let services: [String]
  private let files: [String: FileDescription]
  private let contents = Locked<Contents?>(nil)

  package init(services: [String], files: [FileDescription] = FileDescription.generated) {
    self.services = services.sorted()
    self.files = Dictionary(files.map { ($0.name, $0) }, uniquingKeysWith: { $1 })
  }

  func file(named name: String) -> Answer {
    guard files[name] != nil else {
      return .failure(.notFound, "There is no file \(Self.quoted(name)).")
    }
    return .files(closure(of: name))
  }

  func file(containing symbol: String) -> Answer {
    guard let name = withContents({ $0.fileOfSymbol[symbol] }) else {
      return .failure(.notFound, "There is no symbol \(Self.quoted(symbol)).")
    }
    return .files(closure(of: name))
  }

  func file(extending type: String, number: Int32) -> Answer {
    guard let name = withContents({ $0.fileOfExtension[type]?[number] }) else {
      return .failure(.notFound, "There is no extension \(number) of \(Self.quoted(type)).")
    }
    return .files(closure(of: name))
  }

  func extensionNumbers(of type: String) -> Answer {
    withContents { contents in
      if let numbers = contents.fileOfExtension[type]?.keys {
        return .extensionNumbers(type: type, numbers.sorted())
      }
      guard contents.fileOfSymbol[type] != nil else {
        return .failure(.notFound, "There is no type \(Self.quoted(type)).")
      }
      return .extensionNumbers(type: type, [])
    }
  }

  func listServices() -> Answer { .services(services) }

  // MARK: - Helpers

  private static func quoted(_ name: String) -> String { name.prefix(200).debugDescription }

  private func closure(of first: String) -> [[UInt8]] {
    withContents { contents in
      var seen: Set<String> = [first]
      var queue = [first]
      var bytes: [[UInt8]] = []
      while let next = queue.popLast() {
        bytes.append(contents.bytes[next] ?? [])
        for name in files[next]?.dependencies ?? []
        where files[name] != nil && seen.insert(name).inserted {
          queue.append(name)
        }
      }
      return bytes
    }
  }

  private func withContents<Result>(_ body: (Contents) -> Result) -> Result {
    let known = contents.withLock { contents in
      let known = contents ?? read()
      contents = known
      return known
    }
    return body(known)
  }

  private func read() -> Contents {
    var contents = Contents()
    for (name, file) in files {
      let bytes = file.bytes
      contents.bytes[name] = bytes
      // Our own generator wrote them, and a test reads each: what is broken is left out.
      guard let declared = try? FileDeclarations(bytes) else { continue }
      for symbol in declared.symbols { contents.fileOfSymbol[symbol] = name }
      for (type, number) in declared.extensions {
        contents.fileOfExtension[type, default: [:]][number] = name
      }
    }
    return contents
  }
}
