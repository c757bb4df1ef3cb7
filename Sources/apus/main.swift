import Apus
import IO
Signals.block()
let folder = try StateFolder.resolve(environment: Command.inheritedEnvironment, workingDirectory: "/")
var input = SettingsInput()
input.environment = Command.inheritedEnvironment
let settings = try Settings.load(input)
try await Node.run(NodePlan(folder: folder, settings: settings)) { print($0.id, $0.addresses) }
