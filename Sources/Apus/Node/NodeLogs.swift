import Primitives

/// Where this node's log goes: memory (for `apus logs`), a rotated file, and what `up` adds.
package struct NodeLogs: Sendable {
  package let ring = LogRing()
  private let file: LineSink<RotatingFile>?
  private let settings: Settings
  private let sinks: [any LogSink]

  package init(_ plan: NodePlan) {
    settings = plan.settings
    sinks = plan.sinks
    let path: String? =
      switch plan.settings.logFile {
      case .none: nil
      case .standard: plan.folder.log
      case .path(let path): path
      }
    file = path.map { path in
      var limits = RotatingFile.Limits()
      limits.bytes = Int64(plan.settings.logRotateBytes.bytes)
      limits.kept = plan.settings.logRotateKeep
      return LineSink(file: path, limits: limits)
    }
  }

  package func install() {
    LogSystem.shared.setLevel(settings.logLevel, levels: settings.logLevels.levels)
    LogSystem.shared.install(FanOutSink([ring] + (file.map { [$0] } ?? []) + sinks))
  }

  /// Waits until everything logged so far has been written.
  package func flush() async { await file?.flush() }
}
