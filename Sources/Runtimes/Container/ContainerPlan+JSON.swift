package import Primitives

extension ContainerPlan {
  /// The question `POST /containers/create`, for an engine.
  package func json(for kind: ContainerEngine.Kind) -> JSON {
    var root = JSONObject()
    root["Image"] = .string(image)
    if let entrypoint { root["Entrypoint"] = .array(entrypoint.map { .string($0) }) }
    if let command { root["Cmd"] = .array(command.map { .string($0) }) }
    root["Env"] = .array(
      environment.sorted { $0.key < $1.key }.map { .string("\($0.key)=\($0.value)") })
    if let folder { root["WorkingDir"] = .string(folder) }
    root["User"] = .string("\(user.user):\(user.group)")
    root["Labels"] = .object(
      JSONObject(uniqueNames: labels.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) })
    )
    root["OpenStdin"] = .bool(takesInput)
    root["StdinOnce"] = .bool(takesInput)
    root["AttachStdin"] = .bool(takesInput)
    root["AttachStdout"] = true
    root["AttachStderr"] = true
    if network == .none { root["NetworkDisabled"] = true }
    if !ports.isEmpty {
      root["ExposedPorts"] = .object(
        JSONObject(uniqueNames: unique(ports).map { ($0.key, .object(JSONObject())) }))
    }
    // An image's own would run in it for nobody.
    root["Healthcheck"] = health.map(Self.json) ?? ["Test": ["NONE"]]
    root["HostConfig"] = host(for: kind)
    return .object(root)
  }

  private func unique(_ ports: [Port]) -> [Port] {
    var seen: Set<String> = []
    return ports.filter { seen.insert($0.key).inserted }
  }

  private static func json(_ health: Health) -> JSON {
    [
      "Test": .array(["CMD"] + health.command.map { .string($0) }),
      "Interval": .integer(health.every.nanoseconds),
      "Timeout": .integer(health.timeout.nanoseconds), "Retries": .integer(Int64(health.retries)),
    ]
  }

  private func host(for kind: ContainerEngine.Kind) -> JSON {
    var host = JSONObject()
    host["NetworkMode"] = network == .none ? "none" : "bridge"
    host["ReadonlyRootfs"] = true
    host["CapDrop"] = ["ALL"]
    host["SecurityOpt"] = ["no-new-privileges"]
    host["Privileged"] = false
    host["IpcMode"] = "private"
    host["ShmSize"] = .integer(sharedMemory)
    // One more, for the process that keeps order.
    host["PidsLimit"] = .integer(Int64(processes + 1))
    host["Memory"] = .integer(memory)
    // Memory and swap together: no swap.
    host["MemorySwap"] = .integer(memory)
    if let processors, Bounds.processors.contains(processors) {
      host["NanoCpus"] = .integer(Int64(processors * 1e9))
    }
    if let processorSet { host["CpusetCpus"] = .string(processorSet) }
    if !kernelSettings.isEmpty {
      host["Sysctls"] = .object(
        JSONObject(
          uniqueNames: kernelSettings.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) }
        ))
    }
    host["Ulimits"] = .array(ceilings(for: kind))
    host["Mounts"] = .array(mounts.map(Self.json))
    host["Tmpfs"] = .object(
      JSONObject(uniqueNames: memories.map { ($0.target, .string(options($0, kind))) }))
    host["LogConfig"] = log(for: kind)
    if !ports.isEmpty {
      host["PortBindings"] = .object(
        JSONObject(
          uniqueNames: unique(ports).map {
            // The node alone reaches it, at a number that the engine chooses.
            ($0.key, [["HostIp": "127.0.0.1", "HostPort": ""]])
          }))
    }
    if !devices.isEmpty {
      host["Devices"] = .array(
        devices.map {
          [
            "PathOnHost": .string($0), "PathInContainer": .string($0),
            "CgroupPermissions": "rw",
          ]
        })
    }
    if let gpus { host["DeviceRequests"] = [Self.json(gpus)] }
    if keepsUser { host["UsernsMode"] = "keep-id" }
    return .object(host)
  }

  private func ceilings(for kind: ContainerEngine.Kind) -> [JSON] {
    var most: [(String, Int)] = [("nofile", descriptors), ("core", 0)]
    if let fileBytes { most.append(("fsize", Int(clamping: fileBytes))) }
    // Podman raises this one to more than a container may be allowed, unless it is told.
    if kind == .podman { most.append(("nproc", max(4096, processes + 1))) }
    return most.map { name, number in
      ["Name": .string(name), "Soft": .integer(Int64(number)), "Hard": .integer(Int64(number))]
    }
  }

  private static func json(_ mount: Mount) -> JSON {
    [
      "Type": "bind", "Source": .string(mount.source), "Target": .string(mount.target),
      "ReadOnly": .bool(!mount.isWritable), "BindOptions": ["Propagation": "rprivate"],
    ]
  }

  private func options(_ memory: Memory, _ kind: ContainerEngine.Kind) -> String {
    var options = "rw,nosuid,nodev,exec,size=\(memory.bytes),mode=1777"
    // Podman knows no number of files.
    if let files = memory.files, kind == .docker { options += ",nr_inodes=\(files)" }
    return options
  }

  private func log(for kind: ContainerEngine.Kind) -> JSON {
    switch log {
    case .none: ["Type": "none"]
    case .kept(let bytes):
      kind == .docker
        ? [
          "Type": "json-file", "Config": ["max-size": .string("\(bytes)b"), "max-file": "2"],
        ]
        : ["Type": "k8s-file", "Config": ["max-size": .string("\(bytes)b")]]
    }
  }

  private static func json(_ gpus: GPUs) -> JSON {
    switch gpus {
    case .count(let count):
      ["Driver": "", "Count": .integer(Int64(count)), "Capabilities": [["gpu"]]]
    case .named(let names):
      ["Driver": "", "DeviceIDs": .array(names.map { .string($0) }), "Capabilities": [["gpu"]]]
    }
  }
}
