/// What the files of /proc and the vendors' tools say, read strictly: what is not as expected is
/// nil or left out, never guessed.
package enum MachineReadings {
  /// /proc/meminfo, in bytes.
  package static func memory(_ text: String) -> (total: UInt64, available: UInt64)? {
    var values: [Substring: UInt64] = [:]
    for line in text.split(separator: "\n") {
      let parts = line.split(separator: " ")
      guard parts.count == 3, parts[2] == "kB", let value = UInt64(parts[1]) else { continue }
      let (bytes, overflow) = value.multipliedReportingOverflow(by: 1_024)
      if !overflow { values[parts[0]] = bytes }
    }
    guard let total = values["MemTotal:"], let available = values["MemAvailable:"],
      available <= total
    else { return nil }
    return (total, available)
  }

  /// /proc/loadavg: tasks that run or want to, averaged over a minute.
  package static func load(_ text: String) -> Double? {
    guard let first = text.split(separator: " ").first, let load = Double(first),
      load.isFinite, load >= 0
    else { return nil }
    return load
  }

  /// /proc/cpuinfo: the first processor's name.
  package static func processor(_ text: String) -> String? {
    for line in text.split(separator: "\n") {
      let parts = line.split(separator: ":", maxSplits: 1)
      guard parts.count == 2, trimmed(parts[0]) == "model name" else { continue }
      return name(parts[1])
    }
    return nil
  }

  /// `nvidia-smi --query-gpu=name,memory.total --format=csv,noheader,nounits`: MiB.
  package static func nvidia(_ text: String) -> [MachineSpecs.GPU] {
    text.split(separator: "\n").compactMap { line -> MachineSpecs.GPU? in
      // A name may hold a comma; the memory comes last.
      guard let comma = line.lastIndex(of: ","), let name = name(line[..<comma]),
        let mebibytes = UInt64(trimmed(line[line.index(after: comma)...])),
        mebibytes <= largestMebibytes
      else { return nil }
      return MachineSpecs.GPU(vendor: .nvidia, name: name, memoryBytes: mebibytes << 20)
    }
  }

  /// `rocm-smi --showproductname --showmeminfo vram --csv`: bytes, columns by name.
  package static func amd(_ text: String) -> [MachineSpecs.GPU] {
    let lines = text.split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map { String(trimmed($0)) }
    }
    guard let head = lines.first(where: { $0.first == "device" }),
      let memory = head.firstIndex(of: "VRAM Total Memory (B)")
    else { return [] }
    let names = ["Card Series", "Card series", "Card Model", "Card model"]
    let named = names.compactMap { head.firstIndex(of: $0) }.first
    return lines.compactMap { cells -> MachineSpecs.GPU? in
      guard cells.count == head.count, cells[0].hasPrefix("card"),
        let bytes = UInt64(cells[memory]), bytes >> 20 <= largestMebibytes
      else { return nil }
      let given = named.flatMap { name(cells[$0][...]) }
      return MachineSpecs.GPU(vendor: .amd, name: given ?? "AMD GPU", memoryBytes: bytes)
    }
  }

  /// 16 TiB: more is a mistake.
  private static let largestMebibytes: UInt64 = 16 << 20
  private static let nameLimit = 100

  private static func name(_ text: Substring) -> String? {
    let name = trimmed(text)
    guard !name.isEmpty, name.utf8.count <= nameLimit,
      name.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F })
    else { return nil }
    return String(name)
  }

  private static func trimmed(_ text: Substring) -> Substring {
    var text = text
    while let first = text.first, first.isWhitespace { text.removeFirst() }
    while let last = text.last, last.isWhitespace { text.removeLast() }
    return text
  }
}
