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
  }

  public var code: Code
  /// A sentence that says what to do.
  public var message: String

  package init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  public var description: String { message }
}
