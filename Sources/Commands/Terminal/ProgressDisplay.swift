package import Primitives

/// Shows a `ProgressLine` while work goes on: one line that is drawn over itself on a terminal,
/// a plain line now and then elsewhere and under `--json`. Give it standard error, so that what a
/// program reads from standard output stays as it is.
package struct ProgressDisplay {
  package struct Limits: Sendable {
    /// Between two drawings on a terminal, and between two plain lines.
    package var drawing = Duration.milliseconds(100)
    package var lines = Duration.seconds(10)
    package init() {}
  }

  package private(set) var line: ProgressLine
  private let terminal: Terminal
  private let limits: Limits
  private let write: (String) -> Void
  private var lastShown: Instant?
  private var isOver = false

  /// Pass `Terminal.none` under `--json`.
  package init(
    _ line: ProgressLine, on terminal: Terminal, limits: Limits = Limits(),
    write: @escaping (String) -> Void = { Output.print($0, to: 2) }
  ) {
    self.line = line
    self.terminal = terminal
    self.limits = limits
    self.write = write
  }

  /// So much is done in all; shows it when it is time to.
  package mutating func update(done: Int64, total: Int64? = nil, now: Instant) {
    guard !isOver else { return }
    line.update(done: done, total: total, now: now)
    let pause = terminal.isTerminal ? limits.drawing : limits.lines
    if let lastShown, lastShown.duration(to: now) < pause { return }
    // The beginning is worth a drawing, and no line that is there to stay.
    if lastShown != nil || terminal.isTerminal { show(now) }
    lastShown = now
  }

  /// The work is over, well or not: shows the last state and leaves the line.
  package mutating func finish(now: Instant) {
    guard !isOver else { return }
    isOver = true
    show(now)
    if terminal.isTerminal { write("\n") }
  }

  private func show(_ now: Instant) {
    if terminal.isTerminal {
      // A column less than there are: some terminals wrap when the last one is written.
      write("\r" + line.text(width: terminal.width - 1, now: now) + "\u{1B}[K")
    } else {
      write("\(TextWidth.printable(line.title)): \(line.figures(now: now))\n")
    }
  }
}
