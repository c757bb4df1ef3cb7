import Primitives
import Synchronization

/// A method that the server answers.
final class ServedMethod: Sendable {
  let description: MethodDescription
  let body: MethodHandler.Body
  let metrics: CallMetrics
  private let remembered = Atomic<UInt8>(0)

  init(_ handler: MethodHandler, in registry: MetricRegistry) {
    description = handler.description
    body = handler.body
    metrics = CallMetrics(handler.description, in: registry)
  }

  /// Who may call whoever they are: kept here, so that most calls ask for no lock.
  var everybody: Permissions.Everybody {
    Permissions.Everybody(rawValue: remembered.load(ordering: .relaxed))
  }

  func remember(_ permissions: Permissions) {
    remembered.store(
      permissions.everybody(with: description.permission).rawValue, ordering: .relaxed)
  }
}

/// Methods by their paths. Every call asks it, so its hash is a few instructions over the length
/// and the end of a path, where methods differ.
struct MethodTable: Sendable {
  private let all: [ServedMethod]
  /// Chains of indices into `all`, a power of two of them.
  private let chains: [[Int]]

  init(_ handlers: [MethodHandler], in registry: MetricRegistry) {
    let all = handlers.map { ServedMethod($0, in: registry) }
    var size = 16
    while size < 4 * all.count { size *= 2 }
    var chains = [[Int]](repeating: [], count: size)
    for (index, method) in all.enumerated() {
      let path = method.description.path
      let chain = Self.hash(path) & (size - 1)
      precondition(
        !chains[chain].contains { all[$0].description.path == path },
        "two handlers for one method")
      chains[chain].append(index)
    }
    self.all = all
    self.chains = chains
  }

  subscript(path: String) -> ServedMethod? {
    for index in chains[Self.hash(path) & (chains.count - 1)]
    where all[index].description.path == path {
      return all[index]
    }
    return nil
  }

  func remember(_ permissions: Permissions) {
    for method in all { method.remember(permissions) }
  }

  private static func hash(_ path: String) -> Int {
    let bytes = path.utf8.span
    var hash = bytes.count
    for index in max(0, bytes.count - 6)..<bytes.count {
      hash = (hash << 5) ^ (hash >> 27) ^ Int(bytes[index])
    }
    return hash ^ hash >> 13
  }
}
