import Apus
import IO
import Primitives

/// Which node a command is about.
package struct NodeOptions: ParsableArguments {
  @Option(
    help: "The state folder, instead of $APUS_HOME.", completion: .directory)
  package var home: String?

  package init() {}

  func folder() throws(CommandError) -> StateFolder {
    do throws(StateFolderError) {
      return try StateFolder.resolve(
        home: home, environment: Surroundings.environment,
        workingDirectory: Surroundings.workingDirectory)
    } catch {
      throw CommandError(error.message, code: .validationFailure)
    }
  }

  /// The settings a node of this folder would start with.
  func settings(
    flags: [SettingsInput.Flag] = []
  ) async throws(CommandError) -> Settings {
    var input = SettingsInput()
    input.environment = Surroundings.environment
    input.hostName = Surroundings.hostName
    input.flags = flags
    input.file = try await settingsFile(try folder().settings)
    do throws(SettingsError) {
      return try Settings.load(input)
    } catch {
      throw CommandError(
        "the settings cannot be used:\n"
          + error.problems.map { "  \($0)" }.joined(separator: "\n"), code: .validationFailure)
    }
  }

  private func settingsFile(_ path: String) async throws(CommandError) -> [UInt8]? {
    do throws(SystemError) {
      return try await RealDisk().read(path, limit: 1 << 20, followsLinks: true)
    } catch {
      if error.code == .notFound { return nil }
      throw CommandError(error.message)
    }
  }
}

extension SettingsInput.Flag {
  /// From `--set section.key=value`.
  init(assignment: String) throws(ValidationError) {
    guard let equals = assignment.firstIndex(of: "=") else {
      throw ValidationError("--set takes section.key=value, not \(assignment)")
    }
    let path = String(assignment[..<equals])
    guard SettingTable.find(path) != nil else {
      let hint = Spelling.hint(for: path, among: SettingTable.all.map(\.path))
      throw ValidationError("there is no setting \(path)\(hint)")
    }
    self.init("--set", for: path, [String(assignment[assignment.index(after: equals)...])])
  }
}
