import Foundation
import Glibc
import Primitives
import Testing

@testable import IO
@testable import Runtimes

struct ContainerPlanTests {
  @Test func `a plan may nothing unless it says so`() throws {
    let plan = ContainerPlan(image: "x")
    try plan.check()
    let host = try #require(plan.json(for: .docker)["HostConfig"])
    #expect(host["NetworkMode"]?.string == "none")
    #expect(host["ReadonlyRootfs"] == true && host["CapDrop"] == ["ALL"])
    #expect(host["SecurityOpt"] == ["no-new-privileges"] && host["Privileged"] == false)
    #expect(host["Memory"] == host["MemorySwap"] && host["PidsLimit"] == 65)
    #expect(plan.json(for: .docker)["User"] == "65534:65534")
    #expect(host["Mounts"] == [] && host["DeviceRequests"] == nil)
    // Nor does the image's own look at its health.
    #expect(plan.json(for: .docker)["Healthcheck"] == ["Test": ["NONE"]])
  }

  @Test func `ports, GPUs, health and mounts are asked for as engines read them`() throws {
    var plan = ContainerPlan(image: "x")
    plan.network = .bridge
    plan.ports = [ContainerPlan.Port(22), ContainerPlan.Port(53, .udp), ContainerPlan.Port(22)]
    plan.gpus = .named(["GPU-1"])
    plan.health = ContainerPlan.Health(["true"])
    plan.mounts = [ContainerPlan.Mount("/a:b", at: "/in")]
    try plan.check()
    let json = plan.json(for: .docker)
    #expect(json["ExposedPorts"]?.object?.names == ["22/tcp", "53/udp"])
    let binding = json["HostConfig"]?["PortBindings"]?["53/udp"]?.array?.first
    #expect(binding?["HostIp"] == "127.0.0.1")
    let gpu = json["HostConfig"]?["DeviceRequests"]?.array?.first
    #expect(gpu?["DeviceIDs"] == ["GPU-1"] && gpu?["Capabilities"] == [["gpu"]])
    #expect(json["Healthcheck"]?["Interval"] == 30_000_000_000)
    let mount = json["HostConfig"]?["Mounts"]?.array?.first
    #expect(mount?["Source"] == "/a:b" && mount?["ReadOnly"] == true)
  }

  @Test func `plans that make no sense are refused`() {
    let wrong: [(inout ContainerPlan) -> Void] = [
      { $0.ports = [ContainerPlan.Port(22)] }, { $0.image = "a b" }, { $0.image = "../x" },
      { $0.memory = 1 }, { $0.processes = 0 }, { $0.environment = ["A=B": "x"] },
      { $0.environment = ["A": "x\0"] }, { $0.gpus = .count(0) }, { $0.processors = .nan },
      { $0.processors = 1e300 }, { $0.processors = 0 },
    ]
    for (place, change) in wrong.enumerated() {
      var plan = ContainerPlan(image: "x")
      change(&plan)
      let changed = plan
      #expect(throws: RuntimeError.self, "\(place)") { try changed.check() }
      _ = changed.json(for: .docker)
    }
  }

  @Test(arguments: [
    ("busybox", "busybox", "latest"), ("a/b:1.2", "a/b", "1.2"),
    ("example.org:5000/a", "example.org:5000/a", "latest"),
    ("example.org:5000/a/b:x", "example.org:5000/a/b", "x"),
    ("a@sha256:00ff", "a", "sha256:00ff"),
  ]) func `a reference has a name and a tag`(text: String, name: String, tag: String) {
    let got = ContainerEngine.split(text)
    #expect(got.name == name && got.tag == tag)
  }

  @Test func `mounts lead to inputs alone`() throws {
    let folder = "/tmp/apus-mounts-\(UUID().uuidString.prefix(8))"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    for name in ["in/a", "inside", "out"] {
      try FileManager.default.createDirectory(
        atPath: "\(folder)/\(name)", withIntermediateDirectories: true)
    }
    symlink("../out", "\(folder)/in/link")
    let inputs = ["\(folder)/in"]
    let good = ContainerPlan.Mount("\(folder)/in/a", at: "/in/x")
    #expect(try Containers.checked(good, within: inputs).source.hasSuffix("/in/a"))
    for mount in [
      ContainerPlan.Mount("\(folder)/in/link", at: "/in"),
      ContainerPlan.Mount("\(folder)/in/../out", at: "/in"),
      ContainerPlan.Mount("\(folder)/inside", at: "/in"), ContainerPlan.Mount("/", at: "/in"),
      ContainerPlan.Mount("\(folder)/in/none", at: "/in"),
      ContainerPlan.Mount("\(folder)/in/a", at: "/in", isWritable: true),
      ContainerPlan.Mount("\(folder)/in/a", at: "/etc"),
      ContainerPlan.Mount("\(folder)/in/a", at: "/in/../etc"),
      ContainerPlan.Mount("\(folder)/in/a", at: "/inside"),
    ] {
      #expect(throws: RuntimeError.self, "\(mount)") {
        try Containers.checked(mount, within: inputs)
      }
    }
  }

  @Test func `kept containers are their creator's, few and for a time`() {
    var kept = KeptContainers<Int>(perCreator: 2, keeps: .seconds(10))
    let now = Instant(nanoseconds: 0)
    let key = { KeptContainers<Int>.Key(creator: $0, image: "i", limits: AttemptLimits()) }
    #expect(kept.put(1, key("a"), now: now).isEmpty && kept.put(2, key("b"), now: now).isEmpty)
    #expect(kept.take(key("c")) == nil && kept.take(key("a")) == 1 && kept.take(key("a")) == nil)
    for item in 3...4 { #expect(kept.put(item, key("a"), now: now).isEmpty) }
    #expect(kept.put(5, key("a"), now: now.advanced(by: .seconds(5))) == [3])
    #expect(kept.expire(now: now.advanced(by: .seconds(10))) == [2, 4])
    #expect(kept.count == 1 && kept.giveUpOldest() == 5)
    var limits = AttemptLimits()
    limits.time = .seconds(1)
    #expect(KeptContainers<Int>.Key(creator: "a", image: "i", limits: limits) == key("a"))
    limits.memory += 1
    #expect(KeptContainers<Int>.Key(creator: "a", image: "i", limits: limits) != key("a"))
    var none = KeptContainers<Int>(perCreator: 2, keeps: .zero)
    #expect(none.put(1, key("a"), now: now) == [1])
  }

  @Test func `groups are kept as JSON, and mistakes are told`() throws {
    var groups = ContainerGroups()
    try groups.make("farm")
    try groups.add("one", to: "farm")
    try groups.add("two", to: "farm")
    try groups.add("one", to: "farm")
    #expect(try ContainerGroups(groups.json) == groups)
    #expect(try groups.members(of: "farm") == ["one", "two"])
    #expect(throws: RuntimeError.self) { try groups.make("farm") }
    #expect(throws: RuntimeError.self) { try groups.add("../x", to: "farm") }
    #expect(throws: RuntimeError.self) { try groups.takeOut("three", of: "farm") }
    try groups.takeOut("one", of: "farm")
    groups.forget("two")
    #expect(try groups.members(of: "farm").isEmpty && groups.names == ["farm"])
    try groups.delete("farm")
    #expect(throws: RuntimeError.self) { try groups.delete("farm") }
  }

  @Test func `groups on the disk have the bounds of others`() {
    let names = { (count: Int) in (0..<count).map { JSON.string("c\($0)") } }
    let many = JSONObject(
      uniqueNames: (0...ContainerGroups.Limits.groups).map { ("g\($0)", JSON.array([])) })
    let wrong: [JSON] = [
      .object(many), ["g": .array(names(ContainerGroups.Limits.members + 1))],
      ["../g": .array([])], ["g": ["../c"]],
    ]
    for (place, json) in wrong.enumerated() {
      #expect(throws: RuntimeError.self, "\(place)") { try ContainerGroups(json) }
    }
  }

  @Test func `volumes are covered with memory, once each`() throws {
    var plan = ContainerPlan(image: "x")
    plan.mounts = [ContainerPlan.Mount("/a", at: "/work")]
    try plan.cover(["/data/", "/work", "/data", "/a//b"], bytes: 5, files: 6)
    #expect(plan.memories.map(\.target) == ["/a/b", "/data"])
    #expect(plan.memories.allSatisfy { $0.bytes == 5 && $0.files == 6 })
    for wrong in ["/", "data", "/a/../b", "/./x", ""] {
      #expect(throws: RuntimeError.self, "\(wrong)") {
        try plan.cover([wrong], bytes: 5, files: 6)
      }
    }
    #expect(throws: RuntimeError.self) {
      try plan.cover((0..<33).map { "/v\($0)" }, bytes: 5, files: 6)
    }
  }

  @Test func `images go that were used longest ago and by nobody now`() {
    var kept = KeptImages(most: 2, bytes: 100)
    for name in ["a", "b", "c"] { kept.use(name, bytes: 10) }
    #expect(kept.next() == nil)
    for name in ["b", "c", "a"] { kept.leave(name) }
    #expect(kept.next() == "a" && kept.next(besides: ["a"]) == "b")
    kept.use("a", bytes: 10)
    #expect(kept.next() == "b")
    kept.forget("b")
    #expect(kept.names == ["c", "a"] && kept.next() == nil)
    kept.find("old", bytes: 90)
    #expect(kept.next() == "old")
  }

  @Test func `what cannot be counted is too much`() async {
    #expect(await Containers.isTooMuch { throw SystemError(.overloaded, "many wait") })
    #expect(await !Containers.isTooMuch { false })
    #expect(await Containers.isTooMuch { true })
  }

  @Test func `a template is named by what is in it`() throws {
    let folder = "/tmp/apus-template-\(UUID().uuidString.prefix(8))"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    #expect(throws: RuntimeError.self) { try ContainerTemplate(folder) }
    let write = { (name: String, text: String) in
      try text.write(toFile: "\(folder)/\(name)", atomically: false, encoding: .utf8)
    }
    try write("Dockerfile", "FROM {{ . }}\nCOPY x /x\n")
    try write("description.txt", "A desktop")
    try write("x", "1")
    try write(
      "ports.json",
      #"{"Port":[{"PortName":"SSH","InternalPort":22,"Type":"tcp","ExternalPort":0,"IsUsed":false}]}"#
    )
    let template = try ContainerTemplate(folder)
    #expect(template.description == "A desktop" && template.hasBase)
    #expect(template.ports.map(\.port) == [ContainerPlan.Port(22, name: "SSH")])
    #expect(try template.tag() == ContainerTemplate(folder).tag())
    #expect(template.tag() != template.tag(base: "other"))
    let tar = try template.archive(base: "other:1")
    #expect(String(decoding: tar, as: UTF8.self).contains("FROM other:1\n"))
    #expect(throws: RuntimeError.self) { try template.archive(base: "x\nRUN evil") }
    try write("x", "2")
    #expect(try ContainerTemplate(folder).tag() != template.tag())
    try write("ports.json", #"{"Port":[{"InternalPort":0}]}"#)
    #expect(throws: RuntimeError.self) { try ContainerTemplate(folder) }
  }
}
