extension CompletionScript {
  var zsh: String {
    let name = "_" + Self.identifier(program)
    return """
      #compdef \(program)
      # zsh completion for \(program)
      # Put it into a folder of $fpath as \(name), or load it with:
      # source <(\(program) completion zsh)

      \(commands.map(zshFunction).joined(separator: "\n\n"))

      if [[ "${funcstack[1]}" == \(name) ]]; then
        \(name) "$@"
      else
        compdef \(name) \(program)
      fi

      """
  }

  private func zshFunction(_ command: CompletedCommand) -> String {
    var specifications = command.options.map(zshOption)
    var lines = ["\(function(command))() {"]
    if command.children.isEmpty {
      for (place, positional) in command.positionals.enumerated() {
        let place = positional.repeats ? "*" : String(place + 1)
        specifications.append(
          Self.quoted(
            "\(place):\(Self.zshEscaped(positional.valueName)):\(zshSource(positional.source))"))
      }
      lines.append("  _arguments -s -S \\")
      lines.append(specifications.map { "    " + $0 }.joined(separator: " \\\n"))
    } else {
      specifications += ["'1: :->command'", "'*:: :->arguments'"]
      lines.append("  local context state state_descr line")
      lines.append("  typeset -A opt_args")
      lines.append("  _arguments -C \\")
      lines.append(specifications.map { "    " + $0 }.joined(separator: " \\\n"))
      lines.append(zshDispatch(command))
    }
    lines.append("}")
    return lines.joined(separator: "\n")
  }

  private func zshDispatch(_ command: CompletedCommand) -> String {
    let described = command.children.map {
      "        " + Self.quoted("\(Self.zshEscaped($0.name)):\($0.abstract)")
    }
    let cases = command.children.map { child in
      let patterns = ([child.name] + child.aliases).joined(separator: "|")
      let target = "_" + (command.path + [child.name]).map(Self.identifier).joined(separator: "_")
      return "        \(patterns)) \(target) ;;"
    }
    return """
        case "$state" in
          command)
            local -a commands
            commands=(
      \(described.joined(separator: "\n"))
              'help:Show help.'
            )
            _describe -t commands command commands
            ;;
          arguments)
            case "${words[1]}" in
      \(cases.joined(separator: "\n"))
              help) \(function(command)) ;;
            esac
            ;;
        esac
      """
  }

  /// `'(-d --detach)'{-d,--detach}'[help]'`, with `*` for what may be repeated.
  private func zshOption(_ option: CompletedCommand.Option) -> String {
    let names = option.names
    var tail = "[\(Self.zshEscaped(option.help))]"
    if option.takesValue {
      tail += ":\(Self.zshEscaped(option.valueName)):\(zshSource(option.source))"
    }
    let spelled = names.map { name in
      option.takesValue ? name + (name.hasPrefix("--") ? "=" : "+") : name
    }
    let head =
      option.repeats ? "'*'" : names.count > 1 ? "'(\(names.joined(separator: " ")))'" : ""
    let body = spelled.count > 1 ? "{\(spelled.joined(separator: ","))}" : spelled[0]
    return head + body + Self.quoted(tail)
  }

  private func zshSource(_ source: CompletedCommand.Source) -> String {
    switch source {
    case .nothing: " "
    case .words(let words): "(\(words.map(Self.zshEscaped).joined(separator: " ")))"
    case .files: "_files"
    case .directories: "_files -/"
    }
  }

  /// Brackets, colons and backslashes have a meaning in a specification.
  private static func zshEscaped(_ text: String) -> String {
    text.reduce(into: "") { result, character in
      if "[]:\\() ".contains(character), character != " " { result += "\\" }
      result.append(character)
    }
  }
}
