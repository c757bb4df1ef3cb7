extension CompletionScript {
  /// For bash from 3.2, which macOS has.
  var bash: String {
    let name = "_" + Self.identifier(program)
    return """
      # bash completion for \(program)
      # Load it with: source <(\(program) completion bash)

      \(name)_words() {
        local IFS=$'\\n' word
        for word in "$@"; do
          [[ "$word" == "$cur"* ]] && COMPREPLY+=("$word")
        done
      }

      \(name)_files() {
        local IFS=$'\\n'
        COMPREPLY=($(compgen "$1" -- "$cur"))
        type compopt >/dev/null 2>&1 && compopt -o filenames 2>/dev/null
      }

      \(name)() {
        local cur="${COMP_WORDS[COMP_CWORD]}" prev="${COMP_WORDS[COMP_CWORD-1]}"
        local path=\(Self.quoted(program)) i=1 plain=0
        COMPREPLY=()
        # --option=value arrives as three words.
        if [[ "$cur" == "=" ]]; then
          cur=""
        elif [[ "$prev" == "=" && $COMP_CWORD -gt 2 ]]; then
          prev="${COMP_WORDS[COMP_CWORD-2]}"
        fi
        while [[ $i -lt $COMP_CWORD ]]; do
          case "$path ${COMP_WORDS[i]}" in
      \(bashSteps)
            *) break ;;
          esac
          i=$((i + 1))
        done
        while [[ $i -lt $COMP_CWORD ]]; do
          [[ "${COMP_WORDS[i]}" == "--" ]] && plain=1
          i=$((i + 1))
        done
        case "$path" in
      \(commands.map(bashCase).joined(separator: "\n"))
        esac
      }

      complete -F \(name) \(program)

      """
  }

  /// From one command to the next, by name or alias; `help` stays where it is.
  private var bashSteps: String {
    commands.flatMap { command in
      command.children.map { child in
        let patterns = ([child.name] + child.aliases).map {
          Self.quoted("\(command.spelled) \($0)")
        }
        let target = Self.quoted("\(command.spelled) \(child.name)")
        return "      \(patterns.joined(separator: " | "))) path=\(target) ;;"
      } + (command.children.isEmpty ? [] : ["      \(Self.quoted(command.spelled + " help"))) ;;"])
    }.joined(separator: "\n")
  }

  private func bashCase(_ command: CompletedCommand) -> String {
    var lines = ["    \(Self.quoted(command.spelled)))"]
    let valued = command.options.filter(\.takesValue)
    if !valued.isEmpty {
      lines.append("      if [[ $plain == 0 ]]; then")
      lines.append("        case \"$prev\" in")
      for option in valued {
        let patterns = option.names.map(Self.quoted).joined(separator: " | ")
        lines.append("          \(patterns)) \(bashSource(option.source)); return ;;")
      }
      lines.append("        esac")
      lines.append("      fi")
    }
    let names = command.options.flatMap(\.names)
    lines.append("      if [[ $plain == 0 && \"$cur\" == -* ]]; then")
    lines.append("        \(bashSource(.words(names)))")
    lines.append("        return")
    lines.append("      fi")
    var words = command.children.map(\.name)
    if !words.isEmpty { words.append("help") }
    for case .words(let choices) in command.positionals.map(\.source) { words += choices }
    let sources = command.positionals.map(\.source)
    let files = sources.contains(.files) ? CompletedCommand.Source.files : .directories
    if sources.contains(.files) || sources.contains(.directories) {
      lines.append("      \(bashSource(files))")
    }
    lines.append("      \(bashSource(.words(words)))")
    lines.append("      ;;")
    return lines.joined(separator: "\n")
  }

  private func bashSource(_ source: CompletedCommand.Source) -> String {
    let name = "_" + Self.identifier(program)
    switch source {
    case .nothing: return ":"
    case .words(let words):
      return words.isEmpty ? ":" : name + "_words " + words.map(Self.quoted).joined(separator: " ")
    case .files: return name + "_files -f"
    case .directories: return name + "_files -d"
    }
  }
}
