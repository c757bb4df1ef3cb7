import Glibc
import IO
import Primitives
import Runtimes

/// Looks at each wall that a box can have here, and at each runtime.
struct BoxDoctor: Sendable {
  private typealias Finding = Doctor.Finding

  private let ground: BoxGround
  private let hasFolder: Bool

  init(_ ground: BoxGround, hasFolder: Bool) {
    self.ground = ground
    self.hasFolder = hasFolder
  }

  func examine() async -> [Doctor.Finding] {
    guard hasFolder, let loop = EventLoop.current else {
      return [
        Finding(
          "boxes", .warning, "boxes are looked at once there is a state folder",
          remedy: "`apus up` makes it.")
      ]
    }
    let settings = ground.boxSettings
    let layers: [BoxLayer]
    do {
      try await RealDisk().makeFolders(settings.folder, mode: 0o700)
      layers = await BoxSurvey.layers(settings, on: loop)
    } catch {
      return [Finding("boxes", .broken, "boxes cannot be made: \(error)")]
    }
    let absent = Set(layers.filter { $0.absence != nil }.map(\.layer))
    return layers.map(wall) + [
      await wasm(absent, settings), await script(absent, settings),
      runtime(.process, absent, settings), await container(settings, on: loop),
    ]
  }

  private func wall(_ layer: BoxLayer) -> Doctor.Finding {
    let check = "box \(layer.layer.name)"
    guard let absence = layer.absence else { return Finding(check, .fine, "it is there") }
    return Finding(check, .warning, absence, remedy: layer.layer.mend)
  }

  private func wasm(
    _ absent: Set<BoxPlan.Layer>, _ settings: BoxSettings
  ) async -> Doctor.Finding {
    let finding = runtime(.wasm, absent, settings)
    guard finding.level == .fine, settings.rules.allows(.wasm) else { return finding }
    do {
      let path = try await BlockingPool.shared.run { [ground] in try ground.findLibrary() }
      return Finding(
        finding.check, .fine, "it can be run, by Wasmtime \(WasmLibrary.version) in \(path)")
    } catch {
      return Finding(
        finding.check, .warning, "it cannot be run: \(error)",
        remedy: "Get the library with Scripts/setup, or set runtimes.wasm.library.")
    }
  }

  private func script(
    _ absent: Set<BoxPlan.Layer>, _ settings: BoxSettings
  ) async -> Doctor.Finding {
    let finding = runtime(.script, absent, settings)
    guard finding.level == .fine, settings.rules.allows(.script) else { return finding }
    do {
      let path = try await BlockingPool.shared.run { try ScriptLibrary.find() }
      return Finding(finding.check, .fine, "it can be run, by JavaScriptCore in \(path)")
    } catch {
      return Finding(
        finding.check, .warning, "it cannot be run: \(error)",
        remedy: "Get the library: \(ScriptLibrary.mend).")
    }
  }

  /// Containers have the engine's walls, not ours.
  private func container(_ settings: BoxSettings, on loop: EventLoop) async -> Doctor.Finding {
    let check = "runtime \(Runtime.container.name)"
    let isOn = settings.rules.allows(.container)
    let off = "it is off; runtimes.container.allowed turns it on"
    do {
      let engine = try await ground.findEngine(on: loop)
      let found = "\(engine.version.kind.name) \(engine.version.number) at \(engine.address)"
      await engine.close()
      return Finding(
        check, .fine, isOn ? "it can be run, by \(found)" : "\(off); there is \(found)")
    } catch {
      guard isOn else { return Finding(check, .fine, off) }
      return Finding(
        check, .warning, "it is on and cannot be run",
        remedy: "\(error.message.prefix(1).uppercased())\(error.message.dropFirst()).")
    }
  }

  private func runtime(
    _ runtime: Runtime, _ absent: Set<BoxPlan.Layer>, _ settings: BoxSettings
  ) -> Doctor.Finding {
    let check = "runtime \(runtime.name)"
    guard settings.rules.allows(runtime) else {
      return Finding(check, .fine, "it is off; runtimes.\(runtime.name).allowed turns it on")
    }
    let missing = BoxSurvey.required(runtime, settings).intersection(absent)
    if missing.isEmpty { return Finding(check, .fine, "it can be run") }
    let names = missing.map(\.name).sorted().joined(separator: ", ")
    return Finding(
      check, .broken, "it is on, and no box can be made for it: \(names) missing",
      remedy: "See above, or turn it off with runtimes.\(runtime.name).allowed.")
  }
}
