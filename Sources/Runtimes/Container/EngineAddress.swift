import Glibc
package import HTTP
import IO

/// Where a container engine listens.
package struct EngineAddress: Sendable, Equatable, CustomStringConvertible {
  package let origin: Origin
  package var description: String { origin.description }

  private init(_ origin: Origin) { self.origin = origin }

  /// A path.
  package init(socket: String) { self.init(Origin(.unix, host: socket)) }

  /// As `DOCKER_HOST` names it: `unix:///run/docker.sock`, `tcp://127.0.0.1:2375`. A mistake is
  /// told as one in `setting`.
  package init(_ text: String, in setting: String = "DOCKER_HOST") throws(RuntimeError) {
    if text.hasPrefix("unix://") {
      let path = String(text.dropFirst(7))
      guard path.hasPrefix("/"), !path.utf8.contains(0) else { throw Self.wrong(text, setting) }
      self.init(socket: path)
      return
    }
    guard text.hasPrefix("tcp://") || text.hasPrefix("http://") else {
      throw Self.wrong(text, setting)
    }
    let scheme = text.hasPrefix("tcp://") ? 6 : 7
    guard let (origin, target) = Origin.split("http://" + text.dropFirst(scheme)), target == "/",
      // Whoever reads along would be root on that machine.
      SocketAddress(host: origin.host, port: 1)?.isLoopback == true || origin.host == "localhost"
    else { throw Self.wrong(text, setting) }
    self.init(Origin(.http, host: origin.host, port: origin.port, versions: .http1))
  }

  private static func wrong(_ text: String, _ setting: String) -> RuntimeError {
    RuntimeError(
      .refused,
      "\(setting) is '\(text)', which is not used here: name a socket (unix:///run/docker.sock) "
        + "or a port of this machine (tcp://127.0.0.1:2375). For an engine elsewhere, bring its "
        + "socket here: ssh -N -L /tmp/engine.sock:/run/docker.sock THERE")
  }

  /// Where to look, in order: what the setting or the environment names and nothing else, or where
  /// engines listen unless told otherwise.
  package static func candidates(
    _ environment: [String: String], setting: String = ""
  ) throws(RuntimeError) -> [EngineAddress] {
    if !setting.isEmpty {
      let text = setting.hasPrefix("/") ? "unix://\(setting)" : setting
      return [try EngineAddress(text, in: "runtimes.container.engine")]
    }
    for name in ["DOCKER_HOST", "CONTAINER_HOST"] {
      if let text = environment[name], !text.isEmpty { return [try EngineAddress(text)] }
    }
    var paths = ["/run/docker.sock", "/run/podman/podman.sock"]
    if let own = environment["XDG_RUNTIME_DIR"], own.hasPrefix("/") {
      paths = ["\(own)/docker.sock", "\(own)/podman/podman.sock"] + paths
    }
    return paths.map { EngineAddress(socket: $0) }
  }

  /// Why it cannot be reached, from what the system says of its socket; nil where it says nothing.
  func absence() -> RuntimeError? {
    guard origin.scheme == .unix else { return nil }
    if access(origin.host, R_OK | W_OK) == 0 { return nil }
    switch errno {
    case EACCES, EPERM:
      let group = origin.host.contains("podman") ? nil : "docker"
      return RuntimeError(
        .refused,
        "the node's user may not use the container engine at \(origin.host)"
          + (group.map {
            ": add it to the group \($0) (sudo usermod -aG \($0) USER) and log in anew"
          }
            ?? ": run an engine of its own (systemctl --user enable --now podman.socket)"))
    default:
      return RuntimeError(
        .absent,
        "no container engine listens at \(origin.host): install docker.io or podman and start it "
          + "(systemctl enable --now docker), or say in runtimes.container.engine where one listens"
      )
    }
  }
}
