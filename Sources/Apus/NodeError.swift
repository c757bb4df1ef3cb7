import Blobs
import Mesh
import Security

/// Why a node did not start or could not be reached.
public struct NodeError: Error, Sendable, CustomStringConvertible {
  public enum Code: Sendable, Equatable {
    /// Another process holds the state folder.
    case alreadyRunning(process: Int32)
    /// No node answers on the state folder's socket.
    case notRunning
    /// Settings, keys or files that must be mended first.
    case unusable
    case timedOut
    /// What the network or one of its nodes refused; the message says why.
    case refused
    /// What the machine refused, or a part of the node that failed.
    case failed
  }

  public var code: Code
  /// A sentence that says what to do.
  public var message: String

  package init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  /// Everything that can go wrong with a node, in the terms of whoever runs it.
  init(explaining error: any Error) {
    switch error {
    case let error as NodeError: self = error
    case let error as SettingsError:
      let problems = error.problems.map { "\n  \($0)" }.joined()
      self.init(.unusable, "the settings cannot be used:\(problems)")
    case let error as StateFolderError: self.init(.unusable, error.message)
    case let error as TrustError: self.init(.unusable, error.message)
    case let error as NetworkError:
      let code: Code = error.code == .timedOut || error.code == .unreachable ? .timedOut : .refused
      self.init(code, error.message)
    case let error as BlobError: self.init(Self.code(of: error.code), error.message)
    default: self.init(.failed, String(describing: error))
    }
  }

  private static func code(of code: BlobError.Code) -> Code {
    switch code {
    case .notFound, .ambiguous, .exists, .denied, .expired, .refused: .refused
    case .timedOut, .cancelled, .busy: .timedOut
    case .damaged, .full, .failed: .failed
    }
  }

  public var description: String { message }
}
