package import Primitives

/// A setting of several words: parted by commas in text, a string or a list of them in TOML.
package protocol SettingList: SettingValue {
  init?(texts: [String])
}

extension SettingList {
  package init?(text: String) {
    self.init(texts: text.split(separator: ",", omittingEmptySubsequences: false).map(String.init))
  }

  package init?(toml: TOML.Content) {
    switch toml {
    case .string(let text): self.init(texts: [text])
    case .array(let values):
      var texts: [String] = []
      for value in values {
        guard case .string(let text) = value.content else { return nil }
        texts.append(text)
      }
      self.init(texts: texts)
    case .integer, .float, .boolean, .dateTime, .table: return nil
    }
  }
}
