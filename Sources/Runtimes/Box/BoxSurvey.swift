package import IO

/// What this machine can build of a box's walls, found out by building one.
package enum BoxSurvey {
  /// Every wall, with why it is absent. Makes a box and ends it.
  package static func layers(_ settings: BoxSettings, on loop: EventLoop) async -> [BoxLayer] {
    var plan = BoxPlan(.process)
    plan.binds = MountPlan.systemBinds
    plan.required = []
    do throws(RuntimeError) {
      let box = try await Box.make(plan, settings, on: loop)
      let layers = box.layers
      await box.close()
      return layers.sorted { $0.layer.rawValue < $1.layer.rawValue }
    } catch {
      return [BoxLayer(.namespaces, absence: error.message)]
    }
  }

  /// Which walls a box of a runtime must have.
  package static func required(
    _ runtime: Runtime, _ settings: BoxSettings
  ) -> Set<BoxPlan.Layer> {
    settings.plan(for: Attempt(runtime, creator: "", "")).required
  }
}

extension BoxPlan.Layer {
  /// What the owner of a machine without it can do.
  package var mend: String {
    switch self {
    case .namespaces, .root:
      "Allow user namespaces: sysctl user.max_user_namespaces=10000, and where they are there "
        + "kernel.unprivileged_userns_clone=1 and kernel.apparmor_restrict_unprivileged_userns=0. "
        + "In a container start it so that it may (Docker: --security-opt seccomp=unconfined)."
    case .landlock:
      "Use Linux 5.13 or later with landlock among the security modules (lsm= at boot)."
    case .filter: "Use a kernel with CONFIG_SECCOMP_FILTER."
    case .privileges: "Use a kernel of which capabilities can be given up (Linux 4.3 or later)."
    case .group:
      "Run the node as root, or as a service of systemd with Delegate=yes. Until then a watchdog "
        + "reads memory; programs also need runtimes.process.ungrouped = true."
    case .user:
      "Run the node as root: then each box gets a user who owns nothing. In a container of few "
        + "users map 65536 of them, or run the node there as another user than root."
    case .processes:
      "In a container start it so that /proc is not masked (Docker: --security-opt "
        + "systempaths=unconfined)."
    }
  }
}
