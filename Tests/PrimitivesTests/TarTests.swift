import Primitives
import Testing

struct TarTests {
  static let entries: [(TarEntry, [UInt8])] = [
    (TarEntry(path: "top/", kind: .folder, mode: 0o755), []),
    (TarEntry(path: "top/a", kind: .file, mode: 0o644, size: 3), Array("abc".utf8)),
    (TarEntry(path: "top/empty", kind: .file, mode: 0o600), []),
    (
      TarEntry(
        path: "top/" + String(repeating: "lang/", count: 60) + "ü", kind: .file, mode: 0o755,
        size: 600), [UInt8](repeating: 7, count: 600)
    ),
    (TarEntry(path: "top/link", kind: .link, mode: 0o777, target: "../somewhere"), []),
  ]

  static let archive: [UInt8] =
    entries.flatMap { entry, bytes in
      entry.head(seconds: 1) + bytes + TarEntry.filling(entry.size)
    } + TarEntry.end

  private func read(
    _ pieces: [[UInt8]], limits: TarReader.Limits = TarReader.Limits()
  ) throws(TarError) -> (entries: [TarEntry], bytes: [[UInt8]], isComplete: Bool) {
    var reader = TarReader(limits: limits)
    var entries: [TarEntry] = []
    var bytes: [[UInt8]] = []
    for piece in pieces {
      reader.feed(piece)
      while let part = try reader.next() {
        switch part {
        case .entry(let entry):
          entries.append(entry)
          bytes.append([])
        case .bytes(let more): bytes[bytes.count - 1] += more
        }
      }
    }
    return (entries, bytes, reader.isComplete)
  }

  @Test func `what is written is read, cut anywhere`() throws {
    for cut in stride(from: 0, through: Self.archive.count, by: 1) {
      let pieces = [Array(Self.archive[..<cut]), Array(Self.archive[cut...])]
      let got = try read(pieces)
      guard got.entries == Self.entries.map(\.0), got.bytes == Self.entries.map(\.1),
        got.isComplete
      else {
        Issue.record("cut at \(cut)")
        return
      }
    }
    let bytes = try read(Self.archive.map { [$0] })
    #expect(bytes.entries == Self.entries.map(\.0))
  }

  @Test func `long names of GNU and sizes in binary are read`() throws {
    let long = String(repeating: "x", count: 150)
    var name = TarEntry(path: "long", kind: .file, mode: 0, size: 151).head(seconds: 0)
    name[156] = UInt8(ascii: "L")
    Self.mend(&name)
    var head = TarEntry(path: "short", kind: .file, mode: 0o644, size: 2).head(seconds: 0)
    head.replaceSubrange(124..<136, with: [0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2])
    Self.mend(&head)
    let text = Array(long.utf8) + [0]
    let got = try read([name + text + TarEntry.filling(151) + head + [1, 2]])
    #expect(got.entries.map(\.path) == [long])
    #expect(got.bytes == [[1, 2]])
    #expect(!got.isComplete)
  }

  @Test func `limits hold`() throws {
    var limits = TarReader.Limits()
    limits.entries = 2
    #expect(throws: TarError.self) { try read([Self.archive], limits: limits) }
    limits = TarReader.Limits()
    limits.pathBytes = 50
    #expect(throws: TarError.self) { try read([Self.archive], limits: limits) }
    limits = TarReader.Limits()
    limits.recordBytes = 100
    #expect(throws: TarError.self) { try read([Self.archive], limits: limits) }
  }

  @Test func `mutated archives are read or refused`() {
    var random = SplitMix(seed: 7)
    var refused = 0
    for _ in 0..<3000 {
      var bytes = Self.archive
      for _ in 0..<4 {
        bytes[Int(random.next() % UInt64(bytes.count))] = UInt8(random.next() & 255)
      }
      // Sums that fit again let changes reach what is behind them.
      if random.next() & 1 == 0 { Self.mend(&bytes) }
      if (try? read([bytes])) == nil { refused += 1 }
    }
    #expect(refused > 100 && refused < 3000)
  }

  /// Writes the sum of the first block anew.
  private static func mend(_ block: inout [UInt8]) {
    for place in 148..<156 { block[place] = 32 }
    let digits = String(block[..<512].reduce(0) { $0 + Int($1) }, radix: 8)
    let padded = String(repeating: "0", count: max(0, 6 - digits.utf8.count)) + digits
    block.replaceSubrange(148..<155, with: Array(padded.utf8) + [0])
  }
}
