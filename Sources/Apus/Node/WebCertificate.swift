import IO
import Primitives
import Security

/// What browsers and other strangers see of the node: they know no Ed25519. Made at the first
/// start and kept, so that whoever accepted it once is not asked again.
enum WebCertificate {
  private static let limit = 64 * 1024

  /// The files of the settings, else `web.pem` in the state folder: certificate and key in one.
  static func loadOrCreate(
    settings: Settings, folder: StateFolder, disk: any Disk
  ) async throws -> Credentials {
    if !settings.tlsCertificate.isEmpty {
      return try Credentials.load(chainFile: settings.tlsCertificate, keyFile: settings.tlsKey)
    }
    do throws(SystemError) {
      let text = try await disk.read(folder.webCertificate, limit: limit)
      return try kept(text, in: folder)
    } catch {
      guard error.code == .notFound else { throw error }
    }
    let credentials = try Credentials(selfSignedFor: ["localhost", "127.0.0.1", "::1"])
    try await disk.replace(
      folder.webCertificate, with: credentials.chainText + credentials.revealedKeyText,
      mode: 0o600)
    return credentials
  }

  private static func kept(
    _ text: [UInt8], in folder: StateFolder
  ) throws(SystemError) -> Credentials {
    do throws(TrustError) { return try Credentials(chain: text, key: text) } catch {
      throw SystemError(
        .invalidInput,
        "\(folder.webCertificate) cannot be used (\(error.message)); remove it, and a new one is "
          + "made at the next start")
    }
  }
}
