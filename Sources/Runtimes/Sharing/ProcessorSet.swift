import CBox

/// Some of the machine's processors, as the kernel writes them: `0-3,6`.
struct ProcessorSet: Sendable, Equatable, CustomStringConvertible {
  /// In order.
  let numbers: [Int]

  private static let limit = 65_536

  init(_ numbers: some Sequence<Int>) { self.numbers = Set(numbers).sorted() }

  /// Nil for what is no such list.
  init?(_ text: some StringProtocol) {
    var numbers: [Int] = []
    for part in text.split(separator: ",") {
      let ends = String(part).filter { !$0.isWhitespace }.split(
        separator: "-", omittingEmptySubsequences: false
      ).map { Int($0) }
      guard let first = ends.first ?? nil, let last = ends.last ?? nil, ends.count <= 2,
        (0...last).contains(first), last < Self.limit
      else { return nil }
      numbers += first...last
    }
    self.init(numbers)
  }

  /// Those that this process may use.
  static func ofThisProcess(_ status: String? = ControlFile.read("/proc/self/status")) -> Self? {
    (status ?? "").split(separator: "\n").lazy
      .compactMap { line in
        line.hasPrefix("Cpus_allowed_list:") ? ProcessorSet(line.dropFirst(18)) : nil
      }.first
  }

  /// The last so many of them: the first one has most of the machine's own work.
  func last(_ count: Int) -> ProcessorSet { ProcessorSet(numbers.suffix(max(1, count))) }

  var description: String {
    var parts: [String] = []
    var start = 0
    for (place, number) in numbers.enumerated() {
      if place + 1 < numbers.count, numbers[place + 1] == number + 1 { continue }
      parts.append(start == place ? "\(number)" : "\(numbers[start])-\(number)")
      start = place + 1
    }
    return parts.joined(separator: ",")
  }

  /// Binds all threads of a process and its descendants, where no control group does. A program
  /// that may ask for other processors can still undo it.
  func bind(tree root: Int32, limit: Int) {
    // The kernel takes whole words.
    var mask = [UInt8](repeating: 0, count: ((numbers.last ?? 0) / 64 + 1) * 8)
    for number in numbers { mask[number / 8] |= 1 << UInt8(number % 8) }
    // Twice: what is born while we look is born of something that was not bound yet.
    for _ in 0..<2 {
      var waiting = [root]
      var seen = 0
      while let process = waiting.popLast(), seen < limit {
        seen += 1
        for task in ControlFile.names(in: "/proc/\(process)/task") {
          guard let thread = Int32(task) else { continue }
          apus_set_processors(thread, mask, mask.count)
          let children = ControlFile.read("/proc/\(process)/task/\(task)/children") ?? ""
          waiting += children.split(separator: " ").compactMap { Int32($0) }
        }
      }
    }
  }
}
