package import Primitives

/// What is known of the representation that would be sent.
package struct Validators: Sendable {
  package var tag: EntityTag?
  package var modified: WallTime?

  package init(tag: EntityTag?, modified: WallTime? = nil) {
    self.tag = tag
    self.modified = modified
  }
}

/// Conditional requests (RFC 9110, 13).
package enum Conditions {
  package enum Verdict: Sendable, Equatable {
    case proceed
    /// 304 for GET and HEAD.
    case notModified
    /// 412.
    case failed
  }

  /// In the order of RFC 9110, 13.2.2. Without a representation (`nil`) only `*` says something.
  package static func evaluate(_ request: RequestHead, _ current: Validators?) -> Verdict {
    let headers = request.headers
    if headers.contains("if-match") {
      if !strongMatch(EntityTagList(headers.values(of: "if-match")), current) { return .failed }
    } else if let since = headers["if-unmodified-since"].flatMap(HTTPDate.parse),
      let modified = current?.modified, isLater(modified, than: since)
    {
      return .failed
    }
    let isRead = request.method == .get || request.method == .head
    if headers.contains("if-none-match") {
      if weakMatch(EntityTagList(headers.values(of: "if-none-match")), current) {
        return isRead ? .notModified : .failed
      }
    } else if isRead, let since = headers["if-modified-since"].flatMap(HTTPDate.parse),
      let modified = current?.modified, !isLater(modified, than: since)
    {
      return .notModified
    }
    return .proceed
  }

  /// If-Range (RFC 9110, 13.1.5): true when a range may be answered. A date must be that of the
  /// representation exactly.
  package static func allowsRange(_ request: RequestHead, _ current: Validators) -> Bool {
    guard let condition = request.headers["if-range"] else { return true }
    if let tag = EntityTag(parsing: Substring(condition)) {
      return current.tag?.matchesStrongly(tag) ?? false
    }
    guard let date = HTTPDate.parse(condition), let modified = current.modified else {
      return false
    }
    return modified.secondsSince1970 == date.secondsSince1970
  }

  private static func strongMatch(_ list: EntityTagList, _ current: Validators?) -> Bool {
    switch list {
    case .any: current != nil
    case .tags(let tags):
      current?.tag.map { tag in tags.contains { $0.matchesStrongly(tag) } } ?? false
    }
  }

  private static func weakMatch(_ list: EntityTagList, _ current: Validators?) -> Bool {
    switch list {
    case .any: current != nil
    case .tags(let tags):
      current?.tag.map { tag in tags.contains { $0.matchesWeakly(tag) } } ?? false
    }
  }

  /// Dates count whole seconds.
  private static func isLater(_ left: WallTime, than right: WallTime) -> Bool {
    left.secondsSince1970 > right.secondsSince1970
  }
}
