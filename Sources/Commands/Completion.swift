/// `apus completion`
struct Completion: Command {
  static let configuration = CommandConfiguration(
    abstract: "Print a script by which a shell completes commands and options.",
    examples: [
      .init("source <(apus completion bash)", "in ~/.bashrc"),
      .init("apus completion zsh > ~/.zfunc/_apus", "for zsh"),
      .init("apus completion fish > ~/.config/fish/completions/apus.fish", "for fish"),
    ])

  @Argument(help: "The shell.") var shell: CompletionShell

  mutating func run() async throws {
    Output.print(CompletionScript(Root.self).text(for: shell), to: 1)
  }
}
