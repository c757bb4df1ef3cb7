/// Which cards there are: of every maker by `/sys/class/drm`, of NVIDIA by its own program too,
/// which alone knows their names and memory.
package enum GraphicsCards {
  /// What `nvidia-smi` is asked.
  package static let question = [
    "--query-gpu=pci.bus_id,uuid,name,memory.total,memory.used,utilization.gpu",
    "--format=csv,noheader,nounits",
  ]

  package enum Limits {
    package static let cards = 256
    package static let answerBytes = 1 << 20
    package static let answerTime = Duration.seconds(10)
  }

  /// Vendors by their number on the bus.
  private static let vendors = [
    "0x10de": "NVIDIA", "0x1002": "AMD", "0x8086": "Intel", "0x1d17": "Zhaoxin",
    "0x1a03": "ASPEED", "0x1234": "QEMU", "0x1af4": "virtio", "0x15ad": "VMware",
  ]
  /// Those that only show a picture.
  private static let displays: Set<String> = ["ASPEED", "QEMU", "virtio", "VMware"]

  /// What the kernel tells. `root` stands before every path, for tests. Blocks.
  package static func inKernel(root: String = "") -> [GraphicsCard] {
    let folder = "\(root)/sys/class/drm"
    var cards: [GraphicsCard] = []
    // `card0` is a card; `card0-HDMI-A-1` is a plug of it.
    for name in ControlFile.names(in: folder).sorted()
    where name.hasPrefix("card") && name.dropFirst(4).allSatisfy(\.isNumber) {
      guard cards.count < Limits.cards, let card = card(name, in: folder) else { continue }
      if !displays.contains(card.vendor) { cards.append(card) }
    }
    return cards.sorted { $0.address < $1.address }
  }

  private static func card(_ name: String, in folder: String) -> GraphicsCard? {
    let device = "\(folder)/\(name)/device"
    let word = { (file: String) in
      ControlFile.read("\(device)/\(file)").map { String($0.filter { !$0.isWhitespace }) }
    }
    let facts = (ControlFile.read("\(device)/uevent") ?? "").split(separator: "\n")
    let address = facts.lazy.compactMap { line in
      line.hasPrefix("PCI_SLOT_NAME=") ? String(line.dropFirst(14)) : nil
    }.first
    guard let address, let vendor = word("vendor") else { return nil }
    let number = word("device") ?? "unknown"
    var card = GraphicsCard(
      address: normal(address), vendor: vendors[vendor] ?? vendor,
      model: word("product_name") ?? "device \(number)")
    card.memory = ControlFile.number("\(device)/mem_info_vram_total")
    card.memoryUsed = ControlFile.number("\(device)/mem_info_vram_used")
    card.use = ControlFile.number("\(device)/gpu_busy_percent").map { Int(clamping: $0) }
    card.devices = ControlFile.names(in: "\(device)/drm").sorted()
      .filter { $0.hasPrefix("card") || $0.hasPrefix("renderD") }.map { "/dev/dri/\($0)" }
    return card
  }

  /// What `nvidia-smi` answered. Lines that are none are passed over, and what it does not know
  /// (`[N/A]`) stays unknown.
  package static func inAnswer(_ text: String) -> [GraphicsCard] {
    var cards: [GraphicsCard] = []
    for line in text.prefix(Limits.answerBytes).split(whereSeparator: \.isNewline)
      .prefix(Limits.cards)
    {
      let fields = line.split(separator: ",", omittingEmptySubsequences: false).map { field in
        String(field.drop { $0 == " " })
      }
      guard fields.count == 6, fields[1].hasPrefix("GPU-") || fields[1].hasPrefix("MIG-") else {
        continue
      }
      var card = GraphicsCard(address: normal(fields[0]), vendor: "NVIDIA", model: fields[2])
      card.uuid = fields[1]
      card.memory = mebibytes(fields[3])
      card.memoryUsed = mebibytes(fields[4])
      card.use = Int(fields[5]).flatMap { (0...100).contains($0) ? $0 : nil }
      cards.append(card)
    }
    return cards
  }

  private static func mebibytes(_ text: String) -> Int64? {
    guard let count = Int64(text), (0...1 << 40).contains(count) else { return nil }
    return count << 20
  }

  /// All cards with what is opened to use them; `answer` is NVIDIA's program's. Blocks.
  package static func all(root: String = "", answer: String? = nil) -> [GraphicsCard] {
    var cards = merged(inKernel(root: root), answer.map(inAnswer) ?? [])
    for place in cards.indices where cards[place].vendor == "NVIDIA" {
      guard let number = number(of: cards[place].address, root: root) else { continue }
      cards[place].devices.append("/dev/nvidia\(number)")
    }
    return cards
  }

  /// Of the node of NVIDIA's driver, which says it itself: it need not follow the bus.
  private static func number(of address: String, root: String) -> Int? {
    let text = ControlFile.read("\(root)/proc/driver/nvidia/gpus/\(address)/information")
    let line = text?.split(separator: "\n").first { $0.hasPrefix("Device Minor:") }
    return line.flatMap { Int($0.dropFirst(13).filter { !$0.isWhitespace }) }
  }

  /// NVIDIA's program writes a domain of eight digits and capitals; the kernel four and none.
  private static func normal(_ address: String) -> String {
    let lower = address.lowercased()
    return lower.utf8.count == 16 && lower.hasPrefix("0000") ? String(lower.dropFirst(4)) : lower
  }

  /// Both as one list: what the maker's program tells goes before what the kernel does.
  package static func merged(
    _ kernel: [GraphicsCard], _ answer: [GraphicsCard]
  ) -> [GraphicsCard] {
    var cards = kernel
    for told in answer {
      guard let place = cards.firstIndex(where: { $0.address == told.address }) else {
        cards.append(told)
        continue
      }
      let devices = cards[place].devices
      cards[place] = told
      cards[place].devices = devices
    }
    return cards.sorted { $0.address < $1.address }
  }
}
