/// Patterns and what they lead to, as a tree of path segments. At each step a literal segment
/// is tried before a parameter, and a parameter before the rest of the path; so the order in
/// which routes were added does not matter.
struct RouteTree<Endpoint: Sendable>: Sendable {
  struct Match {
    var endpoints: [Method: Route]
    var values: [String]
  }

  struct Route: Sendable {
    var endpoint: Endpoint
    var names: [String]
  }

  private struct Node: Sendable {
    var literals: [String: Int] = [:]
    var parameter: Int?
    var rest: [Method: Route] = [:]
    var routes: [Method: Route] = [:]
  }

  /// Deeper paths match nothing but the rest of a pattern.
  static var depthLimit: Int { 64 }

  private var nodes = [Node()]
  /// Paths without parameters, found by one look-up.
  private var exact: [String: Int] = [:]

  /// Adds `/jobs/:id/results/*rest`. A second route of the same shape and method traps: one of
  /// the two could never be reached.
  mutating func add(_ method: Method, _ pattern: String, _ endpoint: Endpoint) {
    precondition(pattern.hasPrefix("/"), "a pattern begins with a slash: \(pattern)")
    var index = 0
    var names: [String] = []
    let segments = pattern.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
    for (position, segment) in segments.enumerated() {
      if segment.hasPrefix("*") {
        precondition(position == segments.count - 1, "*rest must end its pattern: \(pattern)")
        names.append(String(segment.dropFirst()))
        insert(&nodes[index].rest, method, Route(endpoint: endpoint, names: names), pattern)
        return
      }
      if segment.hasPrefix(":") { names.append(String(segment.dropFirst())) }
      index = child(of: index, segment)
    }
    insert(&nodes[index].routes, method, Route(endpoint: endpoint, names: names), pattern)
    if names.isEmpty { exact[pattern] = index }
  }

  private mutating func child(of index: Int, _ segment: Substring) -> Int {
    let found =
      segment.hasPrefix(":") ? nodes[index].parameter : nodes[index].literals[String(segment)]
    if let found { return found }
    nodes.append(Node())
    if segment.hasPrefix(":") {
      nodes[index].parameter = nodes.count - 1
    } else {
      nodes[index].literals[String(segment)] = nodes.count - 1
    }
    return nodes.count - 1
  }

  private func insert(
    _ routes: inout [Method: Route], _ method: Method, _ route: Route, _ pattern: String
  ) {
    precondition(routes[method] == nil, "two routes for \(method) \(pattern)")
    routes[method] = route
  }

  /// The fast way for a path that is a pattern letter by letter.
  func matchExactly(_ head: RequestHead) -> Endpoint? {
    guard let index = exact[head.target] else { return nil }
    return nodes[index].routes[head.method]?.endpoint
  }

  /// What the decoded segments lead to, whatever the method; nil when nothing.
  func match(_ segments: [String]) -> Match? {
    var values: [String] = []
    return match(segments, at: 0, node: 0, &values)
  }

  private func match(
    _ segments: [String], at position: Int, node index: Int, _ values: inout [String]
  ) -> Match? {
    let node = nodes[index]
    if position == segments.count {
      return node.routes.isEmpty ? nil : Match(endpoints: node.routes, values: values)
    }
    if position < Self.depthLimit {
      if let next = node.literals[segments[position]],
        let found = match(segments, at: position + 1, node: next, &values)
      {
        return found
      }
      if let next = node.parameter, !segments[position].isEmpty {
        values.append(segments[position])
        if let found = match(segments, at: position + 1, node: next, &values) { return found }
        values.removeLast()
      }
    }
    guard !node.rest.isEmpty else { return nil }
    return Match(
      endpoints: node.rest, values: values + [segments[position...].joined(separator: "/")])
  }
}
