package import Primitives

/// Names for sets of containers, so that one command reaches all of a set. A value: whoever owns
/// it keeps its JSON.
package struct ContainerGroups: Sendable, Equatable {
  package enum Limits {
    package static let groups = 1000
    package static let members = 1000
  }

  private var groups: [String: [String]] = [:]

  package init() {}

  package init(_ json: JSON) throws(RuntimeError) {
    do throws(JSONError) {
      let all = try JSONField(json).members()
      guard all.count <= Limits.groups else {
        throw JSONError(path: "groups", message: "are more than \(Limits.groups)")
      }
      for (name, members) in all {
        guard Self.isName(name) else { throw JSONError(path: name, message: "is no name") }
        var ids: [String] = []
        for member in try JSONField(members, path: name).elements() {
          let id = try member.string()
          guard Self.isName(id), ids.count < Limits.members else {
            throw JSONError(path: member.path, message: "is no container, or one too many")
          }
          ids.append(id)
        }
        groups[name] = ids
      }
    } catch {
      throw RuntimeError(.damaged, "the groups of containers cannot be read: \(error)")
    }
  }

  private static func isName(_ text: String) -> Bool {
    (try? EngineName.checked(text)) != nil  // Told by who asks.
  }

  package var json: JSON {
    .object(
      JSONObject(
        uniqueNames: groups.sorted { $0.key < $1.key }
          .map { ($0.key, .array($0.value.map { .string($0) })) }))
  }

  package var names: [String] { groups.keys.sorted() }

  /// In the order in which they were added.
  package func members(of name: String) throws(RuntimeError) -> [String] {
    guard let members = groups[name] else { throw Self.absent(name) }
    return members
  }

  package mutating func make(_ name: String) throws(RuntimeError) {
    _ = try EngineName.checked(name)
    guard groups[name] == nil else {
      throw RuntimeError(.refused, "there is a group \(name) already")
    }
    guard groups.count < Limits.groups else {
      throw RuntimeError(.refused, "there are \(Limits.groups) groups already: delete one")
    }
    groups[name] = []
  }

  /// Nothing happens to the containers in it.
  package mutating func delete(_ name: String) throws(RuntimeError) {
    if groups.removeValue(forKey: name) == nil { throw Self.absent(name) }
  }

  package mutating func add(_ container: String, to name: String) throws(RuntimeError) {
    let container = try EngineName.checked(container)
    let members = try members(of: name)
    guard members.count < Limits.members else {
      throw RuntimeError(.refused, "the group \(name) has \(Limits.members) members already")
    }
    if !members.contains(container) { groups[name] = members + [container] }
  }

  package mutating func takeOut(_ container: String, of name: String) throws(RuntimeError) {
    let members = try members(of: name)
    guard members.contains(container) else {
      throw RuntimeError(.absent, "\(container) is not in the group \(name)")
    }
    groups[name] = members.filter { $0 != container }
  }

  /// A container that is gone is in no group.
  package mutating func forget(_ container: String) {
    groups = groups.mapValues { $0.filter { $0 != container } }
  }

  private static func absent(_ name: String) -> RuntimeError {
    RuntimeError(.absent, "there is no group \(name)")
  }
}
