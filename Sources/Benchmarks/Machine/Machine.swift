import Glibc
import Primitives

/// What the kernel says about the machine and about processes.
enum Machine {
  static var coreCount: Int { max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }

  /// The path of this program.
  static var program: String {
    var buffer = [CChar](repeating: 0, count: 4096)
    let count = unsafe readlink("/proc/self/exe", &buffer, buffer.count)
    return String(
      decoding: buffer.prefix(max(0, count)).map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  /// This program as the kernel knows it.
  static var process: Int32 { getpid() }

  static func makeScratchFolder() throws -> String {
    var template = Array("/tmp/apus-bench-XXXXXX".utf8CString)
    guard unsafe mkdtemp(&template) != nil else {
      throw BenchError("no folder could be made in /tmp")
    }
    return String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  /// For whoever waits. Figures go to standard output, this does not.
  static func note(_ text: String) { write(text + "\n", to: 2) }

  static func write(_ text: String, to descriptor: Int32) {
    let bytes = Array(text.utf8)
    // Nobody is left to tell when nobody reads.
    _ = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
  }

  /// Ten thousand connections need as many descriptors.
  static func raiseDescriptorLimit() {
    var limit = rlimit()
    let resource = __rlimit_resource_t(UInt32(RLIMIT_NOFILE.rawValue))
    guard unsafe getrlimit(resource, &limit) == 0 else { return }
    limit.rlim_cur = limit.rlim_max
    unsafe setrlimit(resource, &limit)
  }

  /// The text of a small file, such as those under /proc; nil when it cannot be read.
  static func text(_ path: String, limit: Int = 1 << 16) -> String? {
    guard let file = unsafe fopen(path, "r") else { return nil }
    defer { unsafe fclose(file) }
    var buffer = [UInt8](repeating: 0, count: limit)
    let count = unsafe fread(&buffer, 1, limit, file)
    return String(decoding: buffer.prefix(count), as: UTF8.self)
  }

  static func isProgram(_ path: String) -> Bool { unsafe access(path, X_OK) == 0 }

  private static func field(_ name: String, of path: String) -> String? {
    let line = text(path)?.split(separator: "\n").first { $0.hasPrefix(name) }
    return line?.split(separator: ":", maxSplits: 1).last.map {
      String($0.drop { " \t".contains($0) })
    }
  }

  /// "1.25 0.80": what else runs is part of a figure's worth.
  static var load: String {
    text("/proc/loadavg")?.split(separator: " ").prefix(2).joined(separator: " ") ?? "unknown"
  }

  static var json: JSON {
    [
      "processor": .string(field("model name", of: "/proc/cpuinfo") ?? "unknown"),
      "cores": .integer(Int64(coreCount)),
      "kernel": .string(
        text("/proc/sys/kernel/osrelease")?.split(separator: "\n").first.map(String.init) ?? ""),
      "load": .string(load),
    ]
  }

  // MARK: - Processes

  /// Processor time of a process with all its threads, to the nanosecond.
  private static func time(of process: Int32) -> Duration {
    var clock = clockid_t()
    var time = timespec()
    guard unsafe clock_getcpuclockid(process, &clock) == 0, unsafe clock_gettime(clock, &time) == 0
    else { return .zero }
    return .seconds(Int64(time.tv_sec)) + .nanoseconds(Int64(time.tv_nsec))
  }

  /// The same for a process and those below it that live.
  static func processorTime(ofTree process: Int32) -> Duration {
    children(of: process).reduce(time(of: process)) { $0 + processorTime(ofTree: $1) }
  }

  /// Of the children of a process that have ended, as the kernel counts it: in hundredths of a
  /// second.
  static func processorTime(ofEndedChildrenOf process: Int32) -> Duration {
    // The name in brackets may hold anything; what follows it are numbers.
    let fields = (text("/proc/\(process)/stat") ?? "").split(separator: ")").last?
      .split(separator: " ").map(String.init) ?? []
    guard fields.count > 14, let user = Int64(fields[13]), let system = Int64(fields[14]) else {
      return .zero
    }
    return .milliseconds((user + system) * 10)
  }

  /// Whichever of its threads started them.
  static func children(of process: Int32) -> [Int32] {
    let tasks = "/proc/\(process)/task"
    guard let folder = unsafe opendir(tasks) else { return [] }
    defer { unsafe closedir(folder) }
    var children: [Int32] = []
    while let entry = unsafe readdir(folder) {
      let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      let list = Int32(name) == nil ? nil : text("\(tasks)/\(name)/children")
      children += (list ?? "").split(separator: " ").compactMap { Int32($0) }
    }
    return children
  }

  /// Resident memory in bytes.
  static func residentBytes(of process: Int32) throws -> Int {
    guard let field = field("VmRSS:", of: "/proc/\(process)/status"),
      let kibibytes = field.split(separator: " ").first.flatMap({ Int($0) })
    else { throw BenchError("process \(process) is gone") }
    return kibibytes * 1024
  }
}
