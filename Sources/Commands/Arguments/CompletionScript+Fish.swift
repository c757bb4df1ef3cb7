extension CompletionScript {
  var fish: String {
    let name = "__" + Self.identifier(program)
    return """
      # fish completion for \(program)
      # Load it with: \(program) completion fish | source

      function \(name)_path
        set -l words (commandline -opc)
        set -e words[1]
        set -l path \(Self.fishQuoted(program))
        for word in $words
          switch "$path $word"
      \(fishSteps)
            case '*'
              break
          end
        end
        echo $path
      end

      function \(name)_at
        test (\(name)_path) = "$argv[1]"
      end

      complete -c \(program) -f
      \(commands.flatMap(fishLines).joined(separator: "\n"))

      """
  }

  private var fishSteps: String {
    commands.flatMap { command in
      command.children.map { child in
        let patterns = ([child.name] + child.aliases).map {
          Self.fishQuoted("\(command.spelled) \($0)")
        }
        let target = Self.fishQuoted("\(command.spelled) \(child.name)")
        return "      case \(patterns.joined(separator: " "))\n        set path \(target)"
      }
        + (command.children.isEmpty
          ? [] : ["      case \(Self.fishQuoted(command.spelled + " help"))\n        continue"])
    }.joined(separator: "\n")
  }

  private func fishLines(_ command: CompletedCommand) -> [String] {
    let condition = Self.fishQuoted(
      "__\(Self.identifier(program))_at \(Self.fishQuoted(command.spelled))")
    let start = "complete -c \(program) -n \(condition)"
    var lines = command.children.map { child in
      "\(start) -a \(Self.fishQuoted(child.name)) -d \(Self.fishQuoted(child.abstract))"
    }
    if !lines.isEmpty { lines.append("\(start) -a help -d 'Show help.'") }
    for option in command.options {
      let names = option.shortNames.map { " -s " + $0 } + option.longNames.map { " -l " + $0 }
      let value = option.takesValue ? fishSource(option.source) : ""
      lines.append("\(start)\(names.joined())\(value) -d \(Self.fishQuoted(option.help))")
    }
    for positional in command.positionals where positional.source != .nothing {
      switch positional.source {
      case .nothing: break
      case .words(let words):
        lines.append("\(start) -a \(Self.fishQuoted(words.joined(separator: " ")))")
      case .files: lines.append("\(start) -F")
      case .directories: lines.append("\(start) -a '(__fish_complete_directories)'")
      }
    }
    return lines
  }

  private func fishSource(_ source: CompletedCommand.Source) -> String {
    switch source {
    case .nothing: " -x"
    case .words(let words): " -x -a \(Self.fishQuoted(words.joined(separator: " ")))"
    case .files: " -r -F"
    case .directories: " -x -a '(__fish_complete_directories)'"
    }
  }

  /// Within single quotes fish knows `\\` and `\'`.
  private static func fishQuoted(_ text: String) -> String {
    var quoted = "'"
    for character in text {
      if character == "'" || character == "\\" { quoted += "\\" }
      quoted.append(character)
    }
    return quoted + "'"
  }
}
