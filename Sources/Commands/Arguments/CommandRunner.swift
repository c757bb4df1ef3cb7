/// Runs a command line from words to an exit code. What is printed goes through the closures,
/// so that tests see it.
package struct CommandRunner {
  private let root: any Command.Type
  private let width: Int
  private let output: (String) -> Void
  private let complaints: (String) -> Void

  package init(
    _ root: any Command.Type, width: Int = 80, output: @escaping (String) -> Void,
    complaints: @escaping (String) -> Void
  ) {
    self.root = root
    self.width = width
    self.output = output
    self.complaints = complaints
  }

  package func run(_ arguments: [String]) async -> ExitCode {
    let request: CommandRequest
    do {
      request = try CommandParser(root, width: width).parse(arguments)
    } catch {
      complaints(error.description)
      return .validationFailure
    }
    switch request {
    case .show(let text):
      output(text)
      return .success
    case .run(var command):
      return await run(&command)
    }
  }

  private func run(_ command: inout any Command) async -> ExitCode {
    do {
      try await command.run()
      return .success
    } catch let code as ExitCode {
      return code
    } catch let error as CommandError {
      complaints("Error: \(error.message)\n")
      return error.code
    } catch let error as ValidationError {
      complaints("Error: \(error.message)\n")
      return .validationFailure
    } catch let error as ArgumentError {
      complaints(error.description)
      return .validationFailure
    } catch {
      complaints("Error: \(error)\n")
      return .failure
    }
  }
}
