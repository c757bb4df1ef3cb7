import Apus
import Glibc
import IO

Signals.block()
exit(
  try RootTask.run {
    do {
      let folder = try StateFolder.resolve(
        environment: Command.inheritedEnvironment, workingDirectory: "/")
      var input = SettingsInput()
      input.environment = Command.inheritedEnvironment
      let settings = try Settings.load(input)
      try await Node.run(NodePlan(folder: folder, settings: settings)) {
        print($0.id, $0.addresses)
      }
      return 0
    } catch {
      print(error)
      return 1
    }
  })
