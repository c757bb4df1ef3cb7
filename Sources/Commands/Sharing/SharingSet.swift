import Apus
import Calls
import Primitives
import Runtimes

/// `apus sharing set`
struct SharingSet: Command {
  static let configuration = CommandConfiguration(
    commandName: "set",
    abstract: "Change what is shared; what is not named stays.",
    discussion: """
      The bounds are for all attempts of others together. When one is lowered the latest \
      attempts that no longer fit are ended, with the reason. 'all' takes a bound away, a list is \
      separated by commas or repeated, and 'none' is the empty one.
      """,
    examples: [
      .init("apus sharing set --cores 2 --memory 4GiB --disk 20GiB", "how much"),
      .init("apus sharing set --creators alice,bob --network alice", "with whom"),
      .init("apus sharing set --idle 10m --mains-only true", "when nobody needs it"),
      .init("apus sharing set --cores all --creators all --idle off", "no bounds"),
    ])

  @Option(help: .init("Processors.", valueName: "number|all")) var cores: String?
  @Option(help: .init("Memory.", valueName: "size|all")) var memory: String?
  @Option(help: .init("Room for files.", valueName: "size|all")) var disk: String?
  @Option(help: .init("GPUs.", valueName: "number|all")) var gpus: String?
  @Option(
    help: .init("wasm, js, process, container.", valueName: "list|all|none"),
    completion: .list(["wasm", "js", "process", "container", "all", "none"]))
  var runtimes: [String] = []
  @Option(help: .init("Whose attempts run here.", valueName: "list|all|none"))
  var creators: [String] = []
  @Option(help: .init("Whose attempts may be given the network.", valueName: "list|none"))
  var network: [String] = []
  @Option(help: .init("As in 'mon-fri 22:00-06:00; sat,sun'.", valueName: "hours|always"))
  var hours: String?
  @Option(help: .init("Only when nobody has used the machine so long.", valueName: "time|off"))
  var idle: String?
  @Option(help: "Only while the machine has mains power.") var mainsOnly: Bool?
  @OptionGroup var node: NodeOptions
  @OptionGroup var output: OutputOptions

  mutating func run() async throws {
    var edits: [@Sendable (inout BoxesV1.SharingRules) -> Void] = []
    if let cores {
      let count = try Self.count(cores, "--cores", 1)
      edits.append { $0.cores = count }
    }
    if let gpus {
      let count = try Self.count(gpus, "--gpus", 0)
      edits.append { $0.gpus = count }
    }
    if let memory {
      let bytes = try Self.size(memory, "--memory")
      edits.append { $0.memoryBytes = bytes }
    }
    if let disk {
      let bytes = try Self.size(disk, "--disk")
      edits.append { $0.diskBytes = bytes }
    }
    edits += try whenAndWho()
    if edits.isEmpty { throw ValidationError("say what is to change: apus sharing set --help") }
    let all = edits
    let report = try await NodeAccess.setSharing(node) { rules in
      for edit in all { edit(&rules) }
    }
    Output(output, environment: Surroundings.environment).show(SharingView(report, now: .now()))
  }

  private func whenAndWho() throws -> [@Sendable (inout BoxesV1.SharingRules) -> Void] {
    var edits: [@Sendable (inout BoxesV1.SharingRules) -> Void] = []
    if !runtimes.isEmpty {
      let words = try Self.words(runtimes, "--runtimes")
      for word in words ?? [] where Runtime(name: word) == nil {
        throw ValidationError("--runtimes are wasm, js, process and container, not \(word)")
      }
      edits.append { $0.runtimes = words.map { words in .init { $0.words = words } } }
    }
    if !creators.isEmpty {
      let words = try Self.words(creators, "--creators")
      edits.append { $0.creators = words.map { words in .init { $0.words = words } } }
    }
    if !network.isEmpty {
      guard let words = try Self.words(network, "--network") else {
        throw ValidationError("--network names creators: whoever is given it can reach anything")
      }
      edits.append { $0.network = words }
    }
    if let hours {
      let text = try Self.hours(hours)
      edits.append { $0.hours = text }
    }
    if let idle {
      let least = idle == "off" ? nil : Duration(text: idle)
      guard idle == "off" || least != nil else {
        throw ValidationError("--idle is off or \(Duration.expectation), not \(idle)")
      }
      edits.append { $0.idleNanoseconds = least?.nanoseconds }
    }
    if let mainsOnly { edits.append { $0.mainsOnly = mainsOnly } }
    return edits
  }

  // MARK: - Words

  private static func count(
    _ text: String, _ name: String, _ least: UInt32
  ) throws(ValidationError) -> UInt32? {
    if text == "all" { return nil }
    guard let count = UInt32(text), count >= least else {
      throw ValidationError("\(name) is all or a number from \(least), not \(text)")
    }
    return count
  }

  private static func size(_ text: String, _ name: String) throws(ValidationError) -> Int64? {
    if text == "all" { return nil }
    guard let size = ByteSize(text) else {
      throw ValidationError("\(name) is all or a size such as 4GiB, not \(text)")
    }
    return size.bytes
  }

  /// Nil is all.
  private static func words(
    _ values: [String], _ name: String
  ) throws(ValidationError) -> [String]? {
    let words = InviteCreate.words(values)
    if words == ["all"] { return nil }
    if words == ["none"] { return [] }
    guard !words.isEmpty else {
      throw ValidationError("\(name) names nobody: say none, or all")
    }
    if let word = ["all", "none"].first(where: words.contains) {
      throw ValidationError("\(name) \(word) stands alone: leave the others out, or it")
    }
    return words
  }

  /// As they are kept: empty is always.
  static func hours(_ text: String) throws(ValidationError) -> String {
    do throws(RuntimeError) {
      let schedule = try SharingSchedule(text)
      return schedule.spans.isEmpty ? "" : schedule.description
    } catch {
      throw ValidationError(error.message)
    }
  }
}
