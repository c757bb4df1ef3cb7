package import IO
import Primitives
package import Security

/// Shows the certificate of the settings' files as they are now. Somebody renews those files while
/// the node runs: once a minute it looks at their times, and on SIGHUP it reads them whatever the
/// times say. Files that cannot be used leave the certificate as it is.
///
/// It exists only where the settings name files, so that no other node wakes for it.
package final class WebCertificateKeeper: Component {
  package struct Limits: Sendable {
    package var interval = Duration.seconds(60)
    package init() {}
  }

  package let name = "web certificate"
  private let certificateFile: String
  private let keyFile: String
  private let disk: any Disk
  private let limits: Limits
  /// Announces each SIGHUP.
  private let hangUps: Broadcast
  private let renew: @Sendable (Credentials) throws -> Void
  private let seen = Locked<Stamp?>(nil)
  private let log = Logger("Apus")

  /// What tells one version of the files from the next without reading them.
  private struct Stamp: Equatable {
    var certificate: FileInfo?
    var key: FileInfo?
  }

  /// `renew` gets what new handshakes are to show.
  package init(
    certificateFile: String, keyFile: String, disk: any Disk, limits: Limits = Limits(),
    hangUps: Broadcast = Broadcast(), renew: @escaping @Sendable (Credentials) throws -> Void
  ) {
    self.certificateFile = certificateFile
    self.keyFile = keyFile
    self.disk = disk
    self.limits = limits
    self.hangUps = hangUps
    self.renew = renew
  }

  package func run(_ scope: ComponentScope) async throws {
    guard let loop = EventLoop.current else { preconditionFailure("components run on loops") }
    var hangUp = hangUps.next()
    // The node has read the files already; a change since then is not missed.
    _ = await check(isForced: false)
    scope.started()
    while !scope.isStopping {
      await wait(for: [scope.stopGate, hangUp], on: loop)
      if scope.isStopping { return }
      let isForced = hangUp.isOpen
      if isForced { hangUp = hangUps.next() }
      _ = await check(isForced: isForced)
    }
  }

  /// Looks at the files and takes over what is new; true when it did.
  package func check(isForced: Bool) async -> Bool {
    let stamp = Stamp(certificate: await info(certificateFile), key: await info(keyFile))
    let before = seen.withLock { seen in
      defer { seen = stamp }
      return seen
    }
    guard stamp != before || isForced else { return false }
    do {
      let (certificateFile, keyFile) = (certificateFile, keyFile)
      let credentials = try await BlockingPool.shared.run {
        try Credentials.load(chainFile: certificateFile, keyFile: keyFile)
      }
      try renew(credentials)
    } catch {
      log.error(
        "the web certificate cannot be used; the old one stays",
        LogField("file", certificateFile), LogField("why", String(describing: error)))
      return false
    }
    if before != nil {
      log.notice("the web certificate was read again", LogField("file", certificateFile))
    }
    return true
  }

  /// Of the file that links lead to, as renewing moves the links. One that is away is nil.
  private func info(_ path: String) async -> FileInfo? {
    do {
      return try await disk.open(path, FileOpening(writes: false, followsLinks: true)).info()
    } catch {
      // Reading the files will say what is wrong with them.
      return nil
    }
  }

  private func wait(for gates: [Gate], on loop: EventLoop) async {
    let interval = limits.interval
    await withTaskGroup(of: Void.self) { group in
      for gate in gates { group.addTask(executorPreference: loop) { await gate.wait() } }
      group.addTask(executorPreference: loop) {
        // Cancelled when a gate opened first; the loop that stops ends the node anyway.
        try? await loop.sleep(for: interval)
      }
      await group.next()
      group.cancelAll()
    }
  }
}
