import Glibc

/// What to start and with what around it. The child gets nothing that is not named here: no
/// descriptor, no variable, no blocked signal.
package struct Command: Sendable {
  package enum Stream: Sendable, Equatable {
    /// /dev/null.
    case null
    /// The same as ours.
    case inherited
    /// A pipe; the other end is in `ChildProcess`.
    case pipe
    /// One of our descriptors, which stays ours.
    case descriptor(Int32)
  }

  package enum Group: Sendable, Equatable {
    case inherited
    /// A process group of its own. Signals reach all of it, and what is left of it when the
    /// child ends is killed.
    case own
    /// A session of its own, for a program that outlives us.
    case session
  }

  /// What of the machine the child has a copy of its own of, in which it is at home alone.
  package enum Namespace: Sendable, Equatable, CaseIterable {
    case mounts
    /// The child is process 1; when it ends, all in there are killed.
    case processes
    case network
    /// System V messages, semaphores and shared memory.
    case messages
    case hostName
    /// The child has every capability in there and none outside. Which users there are is for
    /// the starter to say, in `/proc/<process>/uid_map` and `gid_map`.
    case users
    case controlGroups
  }

  /// A path; a name without a slash is looked for in the `PATH` of `environment`.
  package var executable: String
  package var arguments: [String]
  package var environment: [String: String]
  /// Nil is ours. A relative `executable` is found from here.
  package var folder: String?
  package var input = Stream.null
  package var output = Stream.null
  package var errors = Stream.null
  /// Descriptors of ours that the child gets as 3, 4, ...
  package var passed: [Int32] = []
  package var group = Group.own
  /// Without `.users` they need privileges.
  package var namespaces: Set<Namespace> = []
  /// Open `tasks` files of control groups (version 1) that the child is in from its first
  /// instruction. A process that enters by itself does so at once; one that is moved by another
  /// keeps every fork on the machine waiting for milliseconds.
  package var controlGroups: [Int32] = []
  /// Sent to the child when our process ends, however that comes about.
  package var parentDeathSignal: Signal? = .kill

  package init(
    _ executable: String, _ arguments: [String] = [], environment: [String: String] = [:],
    folder: String? = nil
  ) {
    self.executable = executable
    self.arguments = arguments
    self.environment = environment
    self.folder = folder
  }

  /// The variables of this process, for children that are to have them.
  package static var inheritedEnvironment: [String: String] {
    var variables: [String: String] = [:]
    var next = environ
    while let entry = next.pointee {
      let text = String(cString: entry)
      if let equals = text.firstIndex(of: "=") {
        variables[String(text[..<equals])] = String(text[text.index(after: equals)...])
      }
      next = next.advanced(by: 1)
    }
    return variables
  }

  func resolvedExecutable() throws(SystemError) -> String {
    if executable.contains("/") { return executable }
    for folder in (environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":") {
      let path = "\(folder)/\(executable)"
      if access(path, X_OK) == 0 { return path }
    }
    throw SystemError(.notFound, "\(executable) is not installed, or not in PATH")
  }
}
