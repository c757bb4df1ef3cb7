/// Why a script could not go on.
package struct ScriptTrap: Error {
  /// Words that programs may look at.
  enum Code: String, CaseIterable {
    /// It is no JavaScript.
    case syntax
    /// An exception that nobody caught.
    case exception
    /// A promise was rejected and nobody looked.
    case rejection
    /// What it gives is neither bytes nor JSON.
    case result
    /// Its promise waits for what will not happen.
    case unsettled
  }

  /// Bytes of a text: it holds the stack.
  static let maximumText = 8192

  var code: Code
  var text: String

  init(_ code: Code, _ text: String) {
    self.code = code
    self.text = text
    if text.utf8.count > Self.maximumText {
      let cut = text.utf8.prefix(Self.maximumText)
      self.text = String(decoding: cut, as: UTF8.self) + "..."
    }
  }

  var ending: Ending { .trapped(code: code.rawValue, text: text) }
}
