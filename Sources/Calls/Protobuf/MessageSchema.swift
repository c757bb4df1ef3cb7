/// The names in a message or an enum, as written in the .proto file.
///
/// The fields are one text of alternating names and numbers, which costs nothing to compile
/// and is only read to word an error or to print.
package struct MessageSchema: Sendable {
  package let name: String
  private let members: String

  package init(_ name: String, _ members: String) {
    self.name = name
    self.members = members
  }

  /// Names and numbers in the order of declaration.
  package var fields: [(name: String, number: Int32)] {
    let words = members.split(separator: " ")
    return stride(from: 0, to: words.count - 1, by: 2).compactMap { index in
      Int32(words[index + 1]).map { (String(words[index]), $0) }
    }
  }

  package func fieldName(_ number: UInt32) -> String? {
    fields.first { $0.number == Int64(number) }?.name
  }
}
