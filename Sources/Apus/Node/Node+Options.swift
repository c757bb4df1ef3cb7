import Glibc
import IO
import Primitives

extension Node {
  /// What a program that runs a node may choose. Whatever is left out is as for `apus up`.
  public struct Options: Sendable {
    /// Where the node keeps its key, settings and state; made when it is not there. Nil for that of
    /// the command line: `$APUS_HOME`, else `$XDG_STATE_HOME/apus`, else `~/.local/state/apus`.
    public var stateFolder: String?
    /// By path and as a flag has them (`["node.listen": "127.0.0.1:0"]`). They go before the
    /// environment, which goes before the folder's file; docs/library.md lists them all.
    public var settings: [String: String]

    public init(stateFolder: String? = nil, settings: [String: String] = [:]) {
      self.stateFolder = stateFolder
      self.settings = settings
    }

    func plan() async throws -> NodePlan {
      let environment = IO.Command.inheritedEnvironment
      let folder = try StateFolder.resolve(
        home: stateFolder, environment: environment, workingDirectory: Machine.workingDirectory)
      var input = SettingsInput()
      input.environment = environment
      input.hostName = Machine.hostName
      input.flags = try flags()
      do throws(SystemError) {
        input.file = try await RealDisk().read(folder.settings, limit: 1 << 20, followsLinks: true)
      } catch {
        guard error.code == .notFound else { throw error }
      }
      var plan = NodePlan(folder: folder, settings: try Settings.load(input))
      plan.takesSignals = false
      return plan
    }

    private func flags() throws(NodeError) -> [SettingsInput.Flag] {
      for path in settings.keys.sorted() where SettingTable.find(path) == nil {
        let hint = Spelling.hint(for: path, among: SettingTable.all.map(\.path))
        throw NodeError(.unusable, "there is no setting \(path)\(hint)")
      }
      return settings.sorted { $0.key < $1.key }.map { .init($0.key, for: $0.key, [$0.value]) }
    }
  }
}

/// What the process finds around it.
private enum Machine {
  static var workingDirectory: String {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    return unsafe getcwd(&buffer, buffer.count) == nil ? "/" : text(buffer)
  }

  static var hostName: String {
    var buffer = [CChar](repeating: 0, count: 256)
    return unsafe gethostname(&buffer, 255) == 0 ? text(buffer) : ""
  }

  private static func text(_ buffer: [CChar]) -> String {
    String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}
