import Glibc
import IO
import Primitives

extension Containers {
  /// A container that goes on until somebody ends it, whatever becomes of the node.
  package struct Service: Sendable, Equatable {
    package var id: String
    package var name: String
    package var creator: String
    package var image: String
    package var isRunning: Bool
  }

  /// One answer of a command that many were given.
  package struct Answer: Sendable {
    package var container: String
    package var problem: RuntimeError?
  }

  // MARK: - Life

  /// Makes and starts one; its id. Its mounts must lie in `inputs`, and it may not write there.
  package func launch(
    _ plan: ContainerPlan, name: String, creator: String, inputs: [String] = []
  ) async throws(RuntimeError) -> String {
    var plan = plan
    let mounts = plan.mounts
    plan.mounts = try await Box.blocking { () throws(RuntimeError) in
      try mounts.map { (mount) throws(RuntimeError) in try Self.checked(mount, within: inputs) }
    }
    plan.labels[ContainerSettings.Label.node] = settings.node
    plan.labels[ContainerSettings.Label.creator] = creator
    plan.labels[ContainerSettings.Label.kind] = "service"
    let engine = try await engine()
    _ = try await image(plan.image, pulls: creator == SharingState.owner, engine)
    let id = try await engine.create(plan, name: name)
    do throws(RuntimeError) {
      try await engine.start(id)
    } catch {
      do throws(RuntimeError) {
        try await engine.remove(id)
      } catch {
        Logger("Runtimes").warning(
          "a container cannot be removed", LogField("name", name), LogField("why", error.message))
      }
      throw error
    }
    return id
  }

  /// What a mount names with no link on the way, if that is one of the folders that it may name.
  static func checked(
    _ mount: ContainerPlan.Mount, within inputs: [String]
  ) throws(RuntimeError) -> ContainerPlan.Mount {
    guard let source = real(mount.source) else {
      throw RuntimeError(.absent, "\(mount.source) is not there, and so cannot be mounted")
    }
    let isAllowed = inputs.compactMap(real).contains { source == $0 || source.hasPrefix($0 + "/") }
    guard isAllowed, !mount.isWritable else {
      throw RuntimeError(
        .refused, "\(mount.source) may not be mounted: a container sees a job's inputs alone")
    }
    let names = mount.target.split(separator: "/")
    guard mount.target.hasPrefix("/in"), names.first == "in", !names.contains("..") else {
      throw RuntimeError(.refused, "\(mount.target) is no place for inputs: mount below /in")
    }
    var checked = mount
    checked.source = source
    return checked
  }

  private static func real(_ path: String) -> String? {
    guard !path.utf8.contains(0), let text = realpath(path, nil) else { return nil }
    defer { free(text) }
    return String(cString: text)
  }

  /// Those of this node that the engine has, from before a restart too.
  package func services(of creator: String? = nil) async throws(RuntimeError) -> [Service] {
    var labels = [
      ContainerSettings.Label.node: settings.node, ContainerSettings.Label.kind: "service",
    ]
    if let creator { labels[ContainerSettings.Label.creator] = creator }
    return try await engine().list(labels: labels).map {
      Service(
        id: $0.id, name: $0.name, creator: $0.labels[ContainerSettings.Label.creator] ?? "",
        image: $0.image, isRunning: $0.isRunning)
    }
  }

  /// The engine, for what is done with one container; throws unless it is a service of this node,
  /// and of that creator where one is named.
  package func engine(
    for container: String, of creator: String? = nil
  ) async throws(RuntimeError) -> ContainerEngine {
    let engine = try await engine()
    let labels = try await engine.inspect(container).labels
    guard labels[ContainerSettings.Label.node] == settings.node,
      labels[ContainerSettings.Label.kind] == "service",
      creator == nil || labels[ContainerSettings.Label.creator] == creator
    else { throw RuntimeError(.absent, "there is no container \(container) of yours") }
    return engine
  }

  /// Does the same with many at a time and tells of each how it went, in their order.
  package func each(
    _ containers: [String], of creator: String? = nil,
    _ command: @Sendable @escaping (ContainerEngine, String) async throws(RuntimeError) -> Void
  ) async -> [Answer] {
    await withTaskGroup(of: (Int, Answer).self) { group in
      for (place, container) in containers.enumerated() {
        group.addTask {
          do throws(RuntimeError) {
            try await command(try await self.engine(for: container, of: creator), container)
            return (place, Answer(container: container))
          } catch {
            return (place, Answer(container: container, problem: error))
          }
        }
      }
      var answers: [(Int, Answer)] = []
      for await answer in group { answers.append(answer) }
      return answers.sorted { $0.0 < $1.0 }.map(\.1)
    }
  }
}
