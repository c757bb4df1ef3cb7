package import Primitives

/// What was measured between this node and another.
package struct Bandwidth: Equatable, Sendable {
  package enum Source: String, Sendable {
    /// A test that somebody asked for.
    case test
    /// Seen while real data went over the link.
    case transfer
  }

  /// Towards the other node, and from it.
  package var uploadMbps: Double
  package var downloadMbps: Double
  package var measuredAt: WallTime
  package var source: Source

  package init(
    uploadMbps: Double, downloadMbps: Double, measuredAt: WallTime, source: Source
  ) {
    self.uploadMbps = uploadMbps
    self.downloadMbps = downloadMbps
    self.measuredAt = measuredAt
    self.source = source
  }
}
