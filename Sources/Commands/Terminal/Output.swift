import Glibc
package import Primitives

/// What a command shows: the same value for people and, with `--json`, for programs.
package protocol Presentable: JSONRepresentable {
  /// Ends with a newline, or is empty.
  func text(for terminal: Terminal) -> String
}

/// The option every command has that prints.
package struct OutputOptions: ParsableArguments {
  @Flag(help: "Print JSON.") package var json = false

  package init() {}
}

/// Where a command prints to. Pretty JSON for a person who asks for it, one line elsewhere.
package struct Output {
  package let isJSON: Bool
  package let terminal: Terminal
  private let write: (String) -> Void

  package init(isJSON: Bool, terminal: Terminal, write: @escaping (String) -> Void) {
    self.isJSON = isJSON
    self.terminal = terminal
    self.write = write
  }

  /// To standard output.
  package init(_ options: OutputOptions, environment: [String: String]) {
    self.init(
      isJSON: options.json, terminal: Terminal.detect(1, environment: environment),
      write: { Self.print($0, to: 1) })
  }

  package func show(_ value: some Presentable) {
    isJSON ? show(json: value.json) : write(value.text(for: terminal))
  }

  /// Two forms of one value, where a type for it is not worth it.
  package func show(json: @autoclosure () -> JSON, text: (Terminal) -> String) {
    isJSON ? show(json: json()) : write(text(terminal))
  }

  /// For people only: what a program does not need to read.
  package func note(_ text: String) {
    if !isJSON { write(text + "\n") }
  }

  private func show(json: JSON) {
    write((terminal.isTerminal ? json.pretty : json.text) + "\n")
  }

  /// Everything, to a descriptor. A reader that went away (`| head`) is no error of ours.
  package static func print(_ text: String, to descriptor: Int32) {
    _ = print(Array(text.utf8), to: descriptor)
  }

  /// False when the reader went away.
  package static func print(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = unsafe rest.withUnsafeBytes {
        unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
      }
      if count >= 0 {
        rest = rest.dropFirst(count)
      } else if errno == EAGAIN {
        var poll = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        _ = unsafe Glibc.poll(&poll, 1, 1_000)
      } else if errno != EINTR {
        return false
      }
    }
    return true
  }
}
