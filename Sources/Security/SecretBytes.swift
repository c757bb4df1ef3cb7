import COpenSSL

/// Bytes that are wiped when the last owner lets go and never show in text or a debugger's dump.
package final class SecretBytes: Sendable, Equatable, CustomStringConvertible, CustomReflectable {
  /// Written during init only.
  nonisolated(unsafe) private let storage: UnsafeMutableRawBufferPointer

  package init(count: Int, fill: (UnsafeMutableRawBufferPointer) -> Void) {
    storage = .allocate(byteCount: count, alignment: 16)
    fill(storage)
  }

  package convenience init(_ bytes: some Collection<UInt8>) {
    self.init(count: bytes.count) { $0.copyBytes(from: bytes) }
  }

  package static func random(count: Int) -> SecretBytes {
    SecretBytes(count: count) { SecureRandom.fill($0) }
  }

  deinit {
    OPENSSL_cleanse(storage.baseAddress, storage.count)
    storage.deallocate()
  }

  package var count: Int { storage.count }

  package func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    withExtendedLifetime(self) { body(UnsafeRawBufferPointer(storage)) }
  }

  package static func == (left: SecretBytes, right: SecretBytes) -> Bool {
    left.withBytes { left in right.withBytes { ConstantTime.areEqual(left, $0) } }
  }

  package var description: String { "(secret of \(count) bytes)" }
  package var customMirror: Mirror { Mirror(self, children: []) }
}
