import Primitives

extension NodeRecord {
  /// Every bound that both a signer and a reader hold a record to.
  package func check(_ limits: Limits = Limits()) throws(NetworkError) {
    try Self.require(
      Self.isName(name) && name.utf8.count <= limits.nameBytes,
      "the name \"\(name.prefix(80))\" is not 1 to \(limits.nameBytes) letters, digits, "
        + "'.', '-', '_'"
    )
    try Self.require(sequence > 0, "the sequence number is 0")
    try Self.require(lease > .zero && lease <= limits.lease, "the lease is not within 7 days")
    try Self.require(addresses.count <= limits.addresses, "there are too many addresses")
    for address in addresses {
      try Self.require(
        !address.isEmpty && address.utf8.count <= limits.addressBytes && Self.isPrintable(address),
        "an address is empty, too long or not printable")
    }
    try Self.require(relays.count <= limits.relays, "there are too many relays")
    try Self.require(
      certificate.count <= limits.certificateBytes, "the certificate is too long")
    for text in [zone, version] { try Self.checkText(text, limits) }
    try checkLabels(limits)
    try checkSpecs(limits)
  }

  private func checkLabels(_ limits: Limits) throws(NetworkError) {
    try Self.require(labels.count <= limits.labels, "there are too many labels")
    for (name, value) in labels {
      try Self.require(
        Self.isName(name) && name.utf8.count <= limits.labelNameBytes,
        "the label name \"\(name.prefix(80))\" is not a name")
      try Self.require(
        value.utf8.count <= limits.labelValueBytes && Self.isPrintable(value),
        "the value of label \(name) is too long or not printable")
    }
  }

  private func checkSpecs(_ limits: Limits) throws(NetworkError) {
    try Self.require((0...limits.cores).contains(specs.cores), "the count of cores is absurd")
    try Self.require(specs.graphics.count <= limits.graphics, "there are too many GPUs")
    for text in [specs.processor, specs.system, specs.architecture] {
      try Self.checkText(text, limits)
    }
    for card in specs.graphics {
      try Self.checkText(card.name, limits)
      try Self.checkText(card.vendor, limits)
    }
  }

  private static func checkText(_ text: String, _ limits: Limits) throws(NetworkError) {
    try require(
      text.utf8.count <= limits.textBytes && isPrintable(text),
      "a text is longer than \(limits.textBytes) bytes or not printable")
  }

  static func require(_ holds: Bool, _ what: @autoclosure () -> String) throws(NetworkError) {
    if !holds { throw NetworkError(.violation, "A node record is refused: \(what()).") }
  }

  /// No control characters: records end up in people's terminals.
  private static func isPrintable(_ text: String) -> Bool {
    text.unicodeScalars.allSatisfy {
      $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value)
        && !(0x202A...0x202E).contains($0.value) && !(0x2066...0x2069).contains($0.value)
    }
  }
}
