import Glibc
package import IO
import Primitives
import Security

/// Looks for what is wrong with a node's surroundings and says how to mend it.
package struct Doctor: Sendable {
  package struct Finding: Sendable, Equatable {
    package enum Level: String, Sendable, Comparable {
      case fine, warning, broken

      private var rank: Int { self == .fine ? 0 : self == .warning ? 1 : 2 }
      package static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }
    }

    package var check: String
    package var level: Level
    package var summary: String
    /// What to do; empty when all is fine.
    package var remedy = ""

    package init(_ check: String, _ level: Level, _ summary: String, remedy: String = "") {
      self.check = check
      self.level = level
      self.summary = summary
      self.remedy = remedy
    }
  }

  package struct Limits: Sendable {
    package var freeBytes: Int64 = 1 << 30
    package var descriptors: UInt64 = 4096
    package init() {}
  }

  private let folder: StateFolder
  private let settings: Settings?
  private let boxProgram: String?
  private let disk: any Disk
  private let limits: Limits

  package init(
    folder: StateFolder, settings: Settings?, boxProgram: String? = nil,
    disk: any Disk = RealDisk(), limits: Limits = Limits()
  ) {
    self.boxProgram = boxProgram
    self.folder = folder
    self.settings = settings
    self.disk = disk
    self.limits = limits
  }

  package func examine() async -> [Finding] {
    [
      await stateFolder(), await key(), freeSpace(), descriptors(), certificate(), cleartext(),
    ] + (await runtimes())
  }

  private func runtimes() async -> [Finding] {
    guard let settings, let boxProgram else { return [] }
    return await BoxDoctor(
      BoxGround(folder, settings, program: boxProgram), hasFolder: await hasFolder
    ).examine()
  }

  private var hasFolder: Bool {
    get async {
      // Whatever is wrong with it is said above.
      (try? await disk.info(folder.path))?.kind == .folder
    }
  }

  private func stateFolder() async -> Finding {
    let info: FileInfo?
    do { info = try await disk.info(folder.path) } catch {
      return Finding(
        "state-folder", .broken, error.message, remedy: "Choose another one with APUS_HOME.")
    }
    guard let info else {
      return Finding(
        "state-folder", .warning, "\(folder.path) does not exist yet",
        remedy: "`apus up` makes it.")
    }
    guard info.kind == .folder else {
      return Finding(
        "state-folder", .broken, "\(folder.path) is no folder",
        remedy: "Move it away or choose another place with APUS_HOME.")
    }
    guard !info.isOpenToOthers else {
      return Finding(
        "state-folder", .warning, "others may look into \(folder.path)",
        remedy: "chmod 700 \(folder.path)")
    }
    return Finding("state-folder", .fine, "\(folder.path) is there and private")
  }

  private func key() async -> Finding {
    do {
      guard let key = try NodeKeyFile(folder: folder.path).load() else {
        return Finding(
          "key", .warning, "there is no node key yet", remedy: "The first `apus up` makes it.")
      }
      return Finding("key", .fine, "the node is \(key.id)")
    } catch {
      return Finding("key", .broken, "the node key cannot be used", remedy: error.message)
    }
  }

  private func freeSpace() -> Finding {
    var space = statvfs()
    guard unsafe statvfs(folder.path, &space) == 0 else {
      return Finding("disk", .warning, "the free space cannot be told")
    }
    let free = Int64(clamping: UInt64(space.f_bavail) * UInt64(space.f_frsize))
    let text = ByteSize(free).rounded
    return free >= limits.freeBytes
      ? Finding("disk", .fine, "\(text) are free")
      : Finding(
        "disk", .warning, "only \(text) are free",
        remedy: "Make room, or move the state folder with APUS_HOME.")
  }

  private func descriptors() -> Finding {
    let limit = ProcessUsage.descriptorLimit
    return limit >= limits.descriptors
      ? Finding("descriptors", .fine, "\(limit) descriptors may be open")
      : Finding(
        "descriptors", .warning, "only \(limit) descriptors may be open",
        remedy: "Raise the limit: ulimit -n 65536, or LimitNOFILE= in the service's unit.")
  }

  private func certificate() -> Finding {
    guard let settings, !settings.tlsCertificate.isEmpty else {
      return Finding("certificate", .fine, "the node shows a certificate of its own making")
    }
    do {
      let credentials = try Credentials.load(
        chainFile: settings.tlsCertificate, keyFile: settings.tlsKey)
      return credentials.isOutOfDate
        ? Finding(
          "certificate", .broken, "the certificate \(settings.tlsCertificate) is out of date",
          remedy: "Renew it; a running node takes the new one within a minute.")
        : Finding("certificate", .fine, "\(settings.tlsCertificate) is in date")
    } catch {
      return Finding("certificate", .broken, "the certificate cannot be used", remedy: "\(error)")
    }
  }

  private func cleartext() -> Finding {
    guard let settings, settings.httpCleartext == .anywhere else {
      return Finding("cleartext", .fine, "nobody but this machine may speak without TLS")
    }
    return Finding(
      "cleartext", .warning, "anybody may speak to this node without TLS",
      remedy: "Set http.cleartext to loopback unless a proxy in front encrypts.")
  }
}
