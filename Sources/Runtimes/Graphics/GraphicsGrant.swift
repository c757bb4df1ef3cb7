/// What an attempt gets with its cards: what it opens, and by which words it finds them.
struct GraphicsGrant: Sendable, Equatable {
  /// Nodes below /dev, those that all cards of a maker are used through behind the cards' own.
  var devices: [String]
  /// Variables of a program.
  var environment: [String: String]
  /// As NVIDIA's own runtime for containers names its cards.
  var names: [String]

  private static let nvidia = ["/dev/nvidiactl", "/dev/nvidia-uvm", "/dev/nvidia-uvm-tools"]
  private static let amd = ["/dev/kfd"]

  init(_ cards: [GraphicsCard]) {
    devices = cards.flatMap(Self.devices)
    if cards.contains(where: { $0.vendor == "NVIDIA" }) { devices += Self.nvidia }
    if cards.contains(where: { $0.vendor == "AMD" }) { devices += Self.amd }
    names = cards.compactMap(\.uuid)
    let list = names.joined(separator: ",")
    environment = [:]
    if !names.isEmpty {
      environment = ["NVIDIA_VISIBLE_DEVICES": list, "CUDA_VISIBLE_DEVICES": list]
    }
  }

  /// What computes; `/dev/dri/card0` also decides what a screen shows, so nobody is given it.
  static func devices(of card: GraphicsCard) -> [String] {
    card.devices.filter { !$0.hasPrefix("/dev/dri/card") }
  }
}
