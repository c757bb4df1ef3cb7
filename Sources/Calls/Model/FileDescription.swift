import Primitives

/// A .proto file for server reflection: what it is called, what it declares, and its
/// serialized `FileDescriptorProto`.
package struct FileDescription: Sendable {
  package let name: String
  package let dependencies: [String]
  /// Full names of services, methods, messages and enums, parted by spaces.
  private let names: String
  private let base64: String

  package init(_ name: String, dependencies: [String], names: String, base64: String) {
    self.name = name
    self.dependencies = dependencies
    self.names = names
    self.base64 = base64
  }

  package var symbols: [Substring] { names.split(separator: " ") }

  /// Empty when the text is broken, which a test rules out.
  package var bytes: [UInt8] { Base64.decode(base64) ?? [] }
}
