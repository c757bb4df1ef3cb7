import Apus
import IO
import Primitives
import Testing

struct SettingsTests {
  private func load(
    _ file: String? = nil, _ environment: [String: String] = [:], flags: [SettingsInput.Flag] = []
  ) throws(SettingsError) -> Settings {
    var input = SettingsInput()
    input.file = file.map { Array($0.utf8) }
    input.environment = environment
    input.flags = flags
    input.hostName = "host"
    return try Settings.load(input)
  }

  private func problems(
    _ file: String? = nil, _ environment: [String: String] = [:], flags: [SettingsInput.Flag] = []
  ) -> [String] {
    do {
      _ = try load(file, environment, flags: flags)
      return []
    } catch {
      return error.problems.map(\.description)
    }
  }

  private func origin(_ path: String, _ settings: Settings) -> String? {
    settings.rows.first { $0.path == path }?.origin.description
  }

  @Test func `without any layer everything has its default`() throws {
    let settings = try load()
    #expect(settings.nodeName == "host" && settings.nodeStopDeadline == .seconds(30))
    #expect(settings.nodeListen.endpoints.map(\.description) == ["[::]:4747"])
    #expect(settings.callsMaxMessageBytes == .mebibytes(16) && settings.httpCleartext == .loopback)
    #expect(settings.loopbackMetrics && !settings.loopbackStatus && settings.logFile == .standard)
    #expect(settings.rows.allSatisfy { $0.origin == .builtIn })
  }

  @Test func `a later layer wins, value by value, and is named as the origin`() throws {
    let file = """
      [node]
      name = "from file"
      stop-deadline = "5m"
      [log]
      level = "debug"
      levels = { HTTP = "trace" }
      """
    let settings = try load(
      file, ["APUS_LOG_LEVEL": "error", "APUS_NODE_STOP_DEADLINE": "1m", "OTHER": "x"],
      flags: [.init("--stop-deadline", for: "node.stop-deadline", ["2s"])])
    #expect(settings.nodeName == "from file" && settings.logLevel == .error)
    #expect(settings.nodeStopDeadline == .seconds(2))
    #expect(settings.logLevels.levels == ["HTTP": .trace])
    #expect(origin("node.name", settings) == "apus.toml:2")
    #expect(origin("log.level", settings) == "APUS_LOG_LEVEL")
    #expect(origin("node.stop-deadline", settings) == "--stop-deadline")
    #expect(origin("node.loops", settings) == "default")
  }

  @Test(arguments: [
    (
      "[log]\nlevl = \"info\"", "apus.toml:2: there is no setting log.levl; did you mean log.level?"
    ),
    ("[nod]\nname = \"x\"", "apus.toml:1: there is no section [nod]; did you mean [node]?"),
    ("name = \"x\"", "apus.toml:1: name stands outside a section; write it below [node]"),
    (
      "[http]\nstop-deadline = \"1s\"",
      "apus.toml:2: there is no setting http.stop-deadline; did you mean node.stop-deadline?"
    ),
    (
      "[node]\n\nstop-deadline = \"soon\"",
      "apus.toml:3: node.stop-deadline must be a duration such as 250ms, 30s, 5m or "
        + "1h30m, not \"soon\""
    ),
    (
      "[node]\nstop-deadline = 30",
      "apus.toml:2: node.stop-deadline must be a duration such as 250ms, 30s, 5m or 1h30m, not 30"
    ),
    ("[node]\nloops = 2000", "apus.toml:2: node.loops must be from 0 to 1024, not 2000"),
    (
      "[node]\nlisten = [\"[::]:99999\"]",
      "apus.toml:2: node.listen must be addresses such as [::]:4747, 192.0.2.1:443, "
        + "localhost:0, :4747 or 4747, not an array"
    ),
    (
      "[http]\ncleartext = \"yes\"",
      "apus.toml:2: http.cleartext must be \"loopback\", \"never\" or \"anywhere\", not \"yes\""
    ),
    (
      "[log]\nlevels = { HTTP = \"loud\" }",
      "apus.toml:2: log.levels must be levels by module, such as HTTP=debug,IO=trace, "
        + "in the file { HTTP = \"debug\" }, not a table"
    ),
    (
      "[calls]\nmax-message-bytes = -1",
      "apus.toml:2: calls.max-message-bytes must be a size such as 512, 64KiB, 16MiB or "
        + "10GB, not -1"
    ),
    (
      "[tls]\nkey = \"k.pem\"",
      "apus.toml:2: tls.certificate and tls.key belong together; set both or neither"
    ),
    (
      "[node]\nname = \"a\\u0007\"",
      "apus.toml:2: node.name must be at most 64 bytes of printable text"
    ),
    ("[node\n", "apus.toml:1: ']' is expected at the end of the header (column 6)"),
  ])
  func `a mistake in the file is told with its line`(file: String, problem: String) {
    #expect(problems(file) == [problem])
  }

  @Test(arguments: [
    (
      ["APUS_LOG_LEVL": "info"],
      "APUS_LOG_LEVL: this variable is not known; did you mean APUS_LOG_LEVEL?"
    ),
    (["APUS_HOEM": "/x"], "APUS_HOEM: this variable is not known; did you mean APUS_HOME?"),
    (
      ["APUS_LISTEN": "x"],
      "APUS_LISTEN: node.listen must be addresses such as [::]:4747, 192.0.2.1:443, "
        + "localhost:0, :4747 or 4747, not \"x\""
    ),
    (
      ["APUS_LISTEN": "1", "APUS_NODE_LISTEN": "2"],
      "APUS_NODE_LISTEN: APUS_LISTEN is set too and means the same; unset one of them"
    ),
    (
      ["APUS_LOOPBACK_STATUS": "yes"],
      "APUS_LOOPBACK_STATUS: loopback.status must be true or false, not \"yes\""
    ),
  ])
  func `a mistake in the environment is told with its variable`(
    environment: [String: String], problem: String
  ) {
    #expect(problems(nil, environment) == [problem])
  }

  @Test func `all problems are reported at once`() {
    let found = problems(
      "[node]\nloops = -1\nx = 1", ["APUS_LOG_FORMAT": "xml"],
      flags: [.init("--listen", for: "node.listen", ["nowhere"])])
    #expect(found.count == 4)
    #expect(found.last?.hasPrefix("--listen: node.listen must be addresses") == true)
  }

  @Test func `an empty variable is none, and APUS_HOME belongs to the state folder`() throws {
    let settings = try load(nil, ["APUS_LOG_LEVEL": "", "APUS_HOME": "/x", "APUS_UNKNOWN": ""])
    #expect(settings.logLevel == .info)
  }

  @Test(arguments: [
    ("4747", ["[::]:4747"]), (":80", ["[::]:80"]), ("0.0.0.0:0", ["0.0.0.0:0"]),
    ("[::1]:1,host.example:2", ["[::1]:1", "host.example:2"]),
  ])
  func `listen addresses in all their forms`(text: String, expected: [String]) throws {
    let environment = try load(nil, ["APUS_LISTEN": text])
    #expect(environment.nodeListen.endpoints.map(\.description) == expected)
    let values = text.split(separator: ",").map(String.init)
    let flags = try load(nil, [:], flags: [.init("--listen", for: "node.listen", values)])
    #expect(flags.nodeListen == environment.nodeListen)
    let array = "[\(values.map { "\"\($0)\"" }.joined(separator: ","))]"
    #expect(try load("[node]\nlisten = \(array)").nodeListen == environment.nodeListen)
  }

  @Test(arguments: [
    "", "host", "host:", ":", "[::1]", "::1:80", "host:65536", "host:+80", "a b:80", "80,", "80,80",
    "[]:1",
  ])
  func `what is no listen address is refused`(text: String) {
    #expect(ListenAddresses(text: text) == nil)
    #expect(ListenAddresses(toml: .array([.init(line: 1, content: .string(text))])) == nil)
  }

  @Test func `levels and the log's file from text and file alike`() throws {
    #expect(ModuleLevels(text: "HTTP=debug,IO=trace")?.levels == ["HTTP": .debug, "IO": .trace])
    #expect(ModuleLevels(text: "HTTP=debug,HTTP=info") == nil && ModuleLevels(text: "=info") == nil)
    #expect(LogFile(text: "false") == LogFile.none && LogFile(text: "/a.log") == .path("/a.log"))
    #expect(try load("[log]\nfile = false").logFile == .none)
  }

  @Test func `the template is read as it is, and says every default`() throws {
    let template = SettingTable.template
    #expect(try load(template).rows.allSatisfy { $0.origin == .builtIn })
    let settings = SettingTable.all
    let live = template.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      settings.contains { line.hasPrefix("# \($0.name) = ") } ? line.dropFirst(2) : line
    }
    let loaded = try load(live.joined(separator: "\n"))
    #expect(loaded.rows.allSatisfy { $0.origin.description.hasPrefix("apus.toml:") })
    #expect(loaded.rows.map(\.value) == settings.map(\.anyFallback.toml))
  }

  @Test func `what config show prints can be written into the file`() throws {
    let settings = try load(
      "[node]\nlisten = \"80\"\n[log]\nlevels = {IO = \"debug\"}\nfile = \"/var/log/a\\\"b\"",
      ["APUS_HTTP_IDLE_TIMEOUT": "90s", "APUS_LOG_ROTATE_BYTES": "1GB"])
    var text = ""
    for row in settings.rows {
      let parts = row.path.split(separator: ".")
      let section = parts.dropLast().joined(separator: ".")
      if !text.contains("[\(section)]\n") { text += "[\(section)]\n" }
      text += "\(parts.last ?? "") = \(row.value)\n"
    }
    #expect(try load(text).rows.map(\.value) == settings.rows.map(\.value))
    #expect(settings.rows.first { $0.path == "http.idle-timeout" }?.json == 90)
  }

  @Test func `every key has one line of help and a variable of its own`() {
    let all = SettingTable.all
    #expect(all.count > 25 && Set(all.map(\.path)).count == all.count)
    #expect(Set(all.map(\.environmentName)).count == all.count)
    #expect(
      all.allSatisfy { $0.help.hasSuffix(".") && $0.help.count < 90 && !$0.help.contains("\n") })
    #expect(SettingTable.find("node.stop-deadline")?.environmentName == "APUS_NODE_STOP_DEADLINE")
  }
}

struct StateFolderTests {
  private func resolve(
    _ environment: [String: String], home: String? = nil
  ) throws(StateFolderError) -> String {
    try StateFolder.resolve(home: home, environment: environment, workingDirectory: "/work").path
  }

  @Test func `the first of flag, APUS_HOME, XDG_STATE_HOME and HOME decides`() throws {
    var environment = ["HOME": "/home/a"]
    #expect(try resolve(environment) == "/home/a/.local/state/apus")
    environment["XDG_STATE_HOME"] = "relative"
    #expect(try resolve(environment) == "/home/a/.local/state/apus")
    environment["XDG_STATE_HOME"] = "/xdg/"
    #expect(try resolve(environment) == "/xdg/apus")
    environment["APUS_HOME"] = "./here//now/"
    #expect(try resolve(environment) == "/work/here/now")
    #expect(try resolve(environment, home: "/flag") == "/flag")
  }

  @Test func `without any of them the error says what to set`() {
    #expect(throws: StateFolderError.self) { try resolve([:]) }
    let error = #expect(throws: StateFolderError.self) {
      try resolve(["HOME": "", "APUS_HOME": ""])
    }
    #expect(error?.message.contains("APUS_HOME") == true)
  }

  @Test func `a path that is too long for a socket is refused`() throws {
    let longest = "/" + String(repeating: "a", count: 107 - 1 - "/apus.sock".utf8.count)
    #expect(try resolve(["APUS_HOME": longest]) == longest)
    #expect(throws: StateFolderError.self) { try resolve(["APUS_HOME": longest + "a"]) }
  }

  @Test func `the files have their names`() {
    let folder = StateFolder(path: "/s")
    #expect(folder.socket == "/s/apus.sock" && folder.settings == "/s/apus.toml")
    #expect(folder.key == "/s/node.key" && folder.database == "/s/apus.db")
    #expect(folder.log == "/s/apus.log" && folder.lock == "/s/apus.lock")
    #expect(StateFolder(path: "/").status == "/status")
  }
}
