package import Primitives

/// What a node is started with: where its state is and what its settings say.
package struct NodePlan: Sendable {
  package var folder: StateFolder
  package var settings: Settings
  /// Where else log records go (the console of `apus up`).
  package var sinks: [any LogSink] = []
  /// SIGTERM and SIGINT stop the node, SIGHUP makes it read its certificate again. Not in a program
  /// that has signals of its own.
  package var takesSignals = true

  /// What boxes are made of: the program `apus`; nil in a program that is another.
  package var boxProgram: String?

  package init(folder: StateFolder, settings: Settings) {
    self.folder = folder
    self.settings = settings
  }
}
