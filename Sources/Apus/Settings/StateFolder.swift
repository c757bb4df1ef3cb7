/// Where a node keeps what it must not forget, and the names of the files in there.
package struct StateFolder: Sendable, Equatable {
  /// `sun_path` has 108 bytes, the last of which is zero.
  private static let socketPathLimit = 107

  package let path: String

  package init(path: String) { self.path = path }

  package var socket: String { file("apus.sock") }
  package var settings: String { file("apus.toml") }
  package var key: String { file("node.key") }
  package var webCertificate: String { file("web.pem") }
  package var database: String { file("apus.db") }
  package var log: String { file("apus.log") }
  package var status: String { file("status") }
  package var lock: String { file("apus.lock") }

  package func file(_ name: String) -> String { path == "/" ? "/" + name : path + "/" + name }

  /// `home` (the flag) goes before APUS_HOME, $XDG_STATE_HOME/apus and ~/.local/state/apus. A
  /// relative one is taken from `workingDirectory`, so that it still holds after a change of it.
  package static func resolve(
    home: String? = nil, environment: [String: String], workingDirectory: String
  ) throws(StateFolderError) -> StateFolder {
    let folder = StateFolder(
      path: try path(home: home, environment: environment, workingDirectory: workingDirectory))
    guard folder.socket.utf8.count <= socketPathLimit else {
      throw StateFolderError(
        message: "the state folder \(folder.path) is too deep: a socket's path has at most "
          + "\(socketPathLimit) bytes; set APUS_HOME to a shorter one")
    }
    return folder
  }

  private static func path(
    home: String?, environment: [String: String], workingDirectory: String
  ) throws(StateFolderError) -> String {
    if let named = present(home) ?? present(environment["APUS_HOME"]) {
      let path = named.hasPrefix("/") ? named : workingDirectory + "/" + named
      guard !path.utf8.contains(0) else {
        throw StateFolderError(message: "the state folder's path holds a zero byte")
      }
      return trimmed(path)
    }
    // Relative values are invalid and to be ignored (XDG base directories).
    if let state = present(environment["XDG_STATE_HOME"]), state.hasPrefix("/") {
      return trimmed(state + "/apus")
    }
    guard let user = present(environment["HOME"]), user.hasPrefix("/") else {
      throw StateFolderError(
        message: "there is no place for the node's state: neither APUS_HOME nor HOME is set")
    }
    return trimmed(user + "/.local/state/apus")
  }

  private static func present(_ text: String?) -> String? {
    text.flatMap { $0.isEmpty ? nil : $0 }
  }

  /// Without `.`, doubled slashes and one at the end. `..` stays: it may lead through a link.
  private static func trimmed(_ path: String) -> String {
    "/" + path.split(separator: "/").filter { $0 != "." }.joined(separator: "/")
  }
}

package struct StateFolderError: Error, Sendable, Equatable, CustomStringConvertible {
  package var message: String
  package var description: String { message }
}
