package import Primitives

/// How busy a node says it is. Told to those who ask, never flooded, and shown with its age.
package struct LoadReport: Equatable, Sendable {
  /// Share of the processors in use, 0 to 1; above 1 when work waits.
  package var processor: Double
  package var freeMemoryBytes: UInt64
  package var freeDiskBytes: UInt64
  package var runningTasks: Int
  package var at: WallTime

  package init(
    processor: Double, freeMemoryBytes: UInt64, freeDiskBytes: UInt64, runningTasks: Int,
    at: WallTime
  ) {
    self.processor = processor
    self.freeMemoryBytes = freeMemoryBytes
    self.freeDiskBytes = freeDiskBytes
    self.runningTasks = runningTasks
    self.at = at
  }
}
