import IO

/// What the owner of links hears, on the link's loop. It must not block, and may call the link.
package protocol LinkDelegate: AnyObject, Sendable {
  /// A carrier works; `path` is what to show.
  func linkAttached(_ link: Link, path: PathKind)
  /// The carrier may be dead, and stays until it is or another one works: look for one.
  func linkSuspected(_ link: Link)
  /// No carrier is left: dial. The streams wait for `LinkLimits.life`.
  func linkDetached(_ link: Link)
  /// All streams failed. Unless it was closed here, the link takes a next carrier all the same.
  func linkEnded(_ link: Link, why: LinkCore.Ending)
}
