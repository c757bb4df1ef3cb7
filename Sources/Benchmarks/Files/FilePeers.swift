import IO
import Primitives

/// Somebody who gives the file of a measurement, and the command that fetches it.
struct FileGiver: Sendable {
  let name: String
  let process: Int32
  var endsItsChildren = false
  /// Fetches into that path, which is not there before.
  let take: @Sendable (_ path: String) -> [String]
  /// The same for the small files; nil for who is not asked for them.
  var takeSmall: (@Sendable (_ path: String) -> [String])?

  /// Of the giver and everybody it has started.
  var processorTime: Duration {
    Machine.processorTime(ofTree: process)
      + Machine.processorTime(ofEndedChildrenOf: process)
  }

  /// Nobody works for it any more.
  var isIdle: Bool { !endsItsChildren || Machine.children(of: process).isEmpty }
}

/// All that can give it here.
struct FileField: Sendable {
  var givers: [FileGiver] = []
  var leftOut: [LeftOut] = []

  mutating func leaveOut(_ name: String, _ why: String) {
    leftOut.append(LeftOut(name: name, why: why))
  }
}

extension Bench {
  typealias WithField<Result> = (FileField) async throws -> Result

  /// Runs `body` with all who can give the file `content` and the folder `small` of that folder
  /// here; the first is ours. Each is a process of this suite's own, and ends with it.
  func withFileGivers<Result: Sendable>(
    _ folder: String, _ body: WithField<Result>
  ) async throws -> Result {
    try await withApusGiver(folder) { field in
      try await withWebGivers(folder, field) { field in
        try await withShellGivers(folder, field) { field in
          try await withIrohGiver(folder, field, body)
        }
      }
    }
  }

  private func withApusGiver<Result: Sendable>(
    _ folder: String, _ body: WithField<Result>
  ) async throws -> Result {
    let words = [
      program, "part", "blob-give", "\(scratch)/given", "\(folder)/content", "\(folder)/small",
    ]
    return try await serving(words) { child in
      let said = try await announcement(of: child)
      guard let port = said["port"]?.integer, let id = said["id"]?.string,
        let blob = said["blob"]?.string, let tree = said["folder"]?.string
      else { throw BenchError("the node did not say where it listens") }
      var giver = FileGiver(name: "apus", process: child.process) { [program] path in
        [program, "part", "blob-get", path, String(port), id, blob]
      }
      giver.takeSmall = { [program] path in
        [program, "part", "blob-get", path, String(port), id, tree, "members"]
      }
      return try await body(FileField(givers: [giver]))
    }
  }

  /// curl over TLS, aria2 in clear.
  private func withWebGivers<Result: Sendable>(
    _ folder: String, _ known: FileField, _ body: WithField<Result>
  ) async throws -> Result {
    var field = known
    if let missing = missing("nginx", "curl") {
      field.leaveOut("curl and nginx", missing)
      field.leaveOut("aria2 in clear", missing)
      return try await body(field)
    }
    return try await withNGINX(serving: folder) { server in
      field.givers.append(
        FileGiver(name: "curl and nginx", process: server.process) { path in
          shell(
            "curl -skf --tls13-ciphers TLS_AES_128_GCM_SHA256 -o \(path) "
              + "https://127.0.0.1:\(server.port)/content && sync \(path)")
        })
      if let missing = missing("aria2c") {
        field.leaveOut("aria2 in clear", missing)
        return try await body(field)
      }
      return try await withPlainNGINX(serving: folder) { server in
        field.givers.append(
          FileGiver(name: "aria2 in clear", process: server.process) { [scratch] path in
            shell(
              "aria2c -q --no-conf --file-allocation=none -x4 -s4 -d \(scratch) "
                + "-o $(basename \(path)) http://127.0.0.1:\(server.port)/content && sync \(path)")
          })
        return try await body(field)
      }
    }
  }

  /// scp, and rsync over ssh, with the cipher that all others have. The daemon is a process of the
  /// suite's own: its port, its keys, none of the machine's settings.
  private func withShellGivers<Result: Sendable>(
    _ folder: String, _ known: FileField, _ body: WithField<Result>
  ) async throws -> Result {
    var field = known
    let port = try freePort()
    let daemon: [String]
    do {
      if let missing = missing("sshd", "ssh-keygen", "scp", "rsync") { throw BenchError(missing) }
      daemon = try await shellDaemon(at: port)
    } catch let error as BenchError {
      for name in ["scp", "rsync over ssh"] { field.leaveOut(name, error.message) }
      return try await body(field)
    }
    return try await serving(daemon + ["-D"]) { child in
      try await waitForServer(at: port)
      let options =
        "-i \(scratch)/ssh-user -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null "
        + "-o LogLevel=ERROR -o IdentitiesOnly=yes -c aes128-gcm@openssh.com"
      let rsync = "rsync -W -e 'ssh -F /dev/null -p \(port) \(options)'"
      field.givers.append(
        FileGiver(name: "scp", process: child.process, endsItsChildren: true) { path in
          shell(
            "scp -q -F /dev/null -P \(port) \(options) 127.0.0.1:\(folder)/content \(path) "
              + "&& sync \(path)")
        })
      var giver = FileGiver(
        name: "rsync over ssh", process: child.process, endsItsChildren: true
      ) { path in
        shell("\(rsync) 127.0.0.1:\(folder)/content \(path) && sync \(path)")
      }
      giver.takeSmall = { path in
        shell("\(rsync) -r 127.0.0.1:\(folder)/small/ \(path) && sync -f \(path)")
      }
      field.givers.append(giver)
      return try await body(field)
    }
  }

  /// The command, once it has said that it would start.
  private func shellDaemon(at port: UInt16) async throws -> [String] {
    for name in ["host", "user"] {
      _ = try await run([
        "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "\(scratch)/ssh-\(name)",
      ])
    }
    // Root's daemon wants an empty folder there; others cannot make it and need none.
    let path = try await run(["sh", "-c", "mkdir -p /run/sshd 2>&-; command -v sshd"]).output
    let options = [
      "Port=\(port)", "ListenAddress=127.0.0.1", "HostKey=\(scratch)/ssh-host",
      "AuthorizedKeysFile=\(scratch)/ssh-user.pub", "StrictModes=no", "UsePAM=no",
      "PasswordAuthentication=no", "PermitRootLogin=yes", "PidFile=none",
      "Subsystem=sftp internal-sftp",
    ]
    let words =
      [String(path.split(separator: "\n").last ?? "sshd"), "-e", "-f", "/dev/null"]
      + options.flatMap { ["-o", $0] }
    _ = try await run(words + ["-t"])
    return words
  }

  /// A Python package with an environment of its own.
  private func withIrohGiver<Result: Sendable>(
    _ folder: String, _ known: FileField, _ body: WithField<Result>
  ) async throws -> Result {
    var field = known
    let python = "\(options.root)/.venv-bench/bin/python"
    do { _ = try await run([python, "-c", "import iroh"]) } catch {
      field.leaveOut("iroh", "it is not in .venv-bench; run Scripts/setup --bench")
      return try await body(field)
    }
    let script = source("iroh_blobs.py")
    let words = [python, script, "give", "\(scratch)/iroh-given", "\(folder)/content"]
    return try await serving(words) { child in
      let said = try await announcement(of: child)
      let rest = (said["words"]?.array ?? []).compactMap(\.string)
      field.givers.append(
        FileGiver(name: "iroh", process: child.process) { [scratch] path in
          shell(
            "rm -rf \(scratch)/iroh-taken && \(python) \(script) get \(scratch)/iroh-taken \(path) "
              + rest.joined(separator: " "))
        })
      return try await body(field)
    }
  }

  /// Which of the programs are not here, and how to get them; nil when all are.
  private func missing(_ programs: String...) -> String? {
    let folders = ["/usr/bin", "/usr/sbin", "/usr/local/bin", "/bin", "/sbin"]
    let missing = programs.filter { program in
      !folders.contains { Machine.isProgram("\($0)/\(program)") }
    }
    if missing.isEmpty { return nil }
    return "\(missing.joined(separator: ", ")) missing; run Scripts/setup --bench"
  }
}

private func shell(_ text: String) -> [String] { ["sh", "-c", text] }
