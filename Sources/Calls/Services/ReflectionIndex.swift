/// What server reflection can tell: files by name, files by symbol, and the services that this
/// server really answers.
package struct ReflectionIndex: Sendable {
  enum Answer: Equatable {
    /// Serialized files: the one asked for first, then what it imports.
    case files([[UInt8]])
    case services([String])
    case failure(Status.Code, String)
  }

  private let services: [String]
  private var files: [String: FileDescription] = [:]
  private var fileOfSymbol: [Substring: String] = [:]

  package init(services: [String], files: [FileDescription] = FileDescription.generated) {
    self.services = services.sorted()
    for file in files {
      self.files[file.name] = file
      for symbol in file.symbols { fileOfSymbol[symbol] = file.name }
    }
  }

  func file(named name: String) -> Answer {
    guard let file = files[name] else {
      return .failure(.notFound, "There is no file \(name.prefix(200).debugDescription).")
    }
    return .files(closure(of: file))
  }

  func file(containing symbol: String) -> Answer {
    // A method or field is named within the symbol that declares it.
    var name = Substring(symbol)
    while true {
      if let file = fileOfSymbol[name] { return self.file(named: file) }
      guard let dot = name.lastIndex(of: ".") else { break }
      name = name[..<dot]
    }
    return .failure(.notFound, "There is no symbol \(symbol.prefix(200).debugDescription).")
  }

  func listServices() -> Answer { .services(services) }

  private func closure(of file: FileDescription) -> [[UInt8]] {
    var seen: Set<String> = [file.name]
    var queue = [file]
    var bytes: [[UInt8]] = []
    while let next = queue.popLast() {
      bytes.append(next.bytes)
      for name in next.dependencies where seen.insert(name).inserted {
        if let dependency = files[name] { queue.append(dependency) }
      }
    }
    return bytes
  }
}
