import IO
import Primitives
import Security

/// How far a file or a folder has come on its way into the store or out of it.
package struct TreeProgress: Sendable, Equatable {
  package var files = 0
  package var bytes: Int64 = 0
  /// Of a stream nobody knows how much there is.
  package var totalFiles: Int?
  package var totalBytes: Int64?
  package init() {}
}

enum Tree {
  /// The name of a whole chunk of zeros: it is neither read nor written where a hole will do.
  static let zeroChunk = Digest.sha256(of: [UInt8](repeating: 0, count: Manifest.chunkSize))

  /// Turns what the system says about somebody's files into this module's words.
  static func working<Result>(
    _ body: () async throws -> Result
  ) async throws(BlobError) -> Result {
    do {
      return try await body()
    } catch let error as BlobError {
      throw error
    } catch let error as SystemError {
      throw words(error)
    } catch is CancellationError {
      throw stopped
    } catch {
      throw BlobError(.failed, "\(error)", cause: error)
    }
  }

  static let stopped = BlobError(
    .timedOut, "stopped; what was read so far is kept for a while, so that it goes on from there")

  static func checkCancellation() throws(BlobError) {
    if Task.isCancelled { throw stopped }
  }

  private static func words(_ error: SystemError) -> BlobError {
    let code: BlobError.Code =
      switch error.code {
      case .notFound: .notFound
      case .notPermitted: .denied
      case .alreadyExists: .exists
      case .diskFull: .full
      case .invalidInput: .refused
      case .overloaded, .descriptorsExhausted: .busy
      default: .failed
      }
    return BlobError(code, error.message, cause: error)
  }

  /// The folder that a path is in, and its name there.
  static func split(_ path: String) throws(BlobError) -> (folder: String, name: String) {
    var text = path[...]
    // By bytes, as the system does it.
    let mark = UInt8(ascii: "/")
    while text.utf8.count > 1, text.utf8.last == mark { text = Substring(text.utf8.dropLast()) }
    let slash = text.utf8.lastIndex(of: mark)
    let name = String(slash.map { text[text.utf8.index(after: $0)...] } ?? text)
    guard !name.isEmpty, name != ".", name != "..", !name.utf8.contains(0) else {
      throw BlobError(
        .refused, "\(SafePath.shown(path)) is not a name that something can be written to")
    }
    guard let slash else { return (".", name) }
    return (slash == text.startIndex ? "/" : String(text[..<slash]), name)
  }
}
