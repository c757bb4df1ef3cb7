import Primitives
import Testing

@testable import Runtimes

struct GraphicsTests {
  let machine = SensorTests.Machine()

  private func put(_ name: String, _ files: [String: String]) throws {
    for (file, text) in files {
      try machine.write(text + "\n", "/sys/class/drm/\(name)/device/\(file)")
    }
  }

  @Test func `cards are found by the kernel's entries, plugs and displays left out`() throws {
    try put(
      "card1",
      [
        "vendor": "0x1002", "device": "0x744c",
        "uevent": "DRIVER=amdgpu\nPCI_SLOT_NAME=0000:03:00.0",
        "mem_info_vram_total": "25753026560", "mem_info_vram_used": "1024", "gpu_busy_percent": "7",
        "drm/card1/x": "", "drm/renderD128/x": "",
      ])
    try put(
      "card0",
      [
        "vendor": "0x1a03", "device": "0x2000", "uevent": "PCI_SLOT_NAME=0000:02:00.0",
      ])
    try put("card1-HDMI-A-1", ["vendor": "0x1002", "uevent": "PCI_SLOT_NAME=0000:03:00.0"])
    try put("card2", ["vendor": "0x8086"])
    let cards = GraphicsCards.inKernel(root: machine.root)
    #expect(cards.map(\.address) == ["0000:03:00.0"])
    #expect(cards.first?.vendor == "AMD" && cards.first?.model == "device 0x744c")
    #expect(cards.first?.memory == 25_753_026_560 && cards.first?.use == 7)
    #expect(cards.first?.devices == ["/dev/dri/card1", "/dev/dri/renderD128"])
    #expect(GraphicsCards.inKernel(root: "/nowhere") == [])
  }

  @Test func `the maker's answer is read and goes before the kernel's`() {
    let answer = """
      00000000:01:00.0, GPU-1b2c, NVIDIA H100 80GB HBM3, 81559, 3, 12\r
      00000000:0A:00.0, GPU-3d4e, Other, [N/A], [N/A], [N/A]
      NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.
      a,b,c,d,e,f
      """
    let cards = GraphicsCards.inAnswer(answer)
    #expect(cards.map(\.address) == ["0000:01:00.0", "0000:0a:00.0"])
    #expect(cards.first?.memory == 81_559 << 20 && cards.first?.use == 12)
    #expect(cards.last?.memory == nil && cards.last?.uuid == "GPU-3d4e")
    var known = GraphicsCard(address: "0000:01:00.0", vendor: "NVIDIA", model: "device 0x2330")
    known.devices = ["/dev/dri/renderD128"]
    let all = GraphicsCards.merged([known], cards)
    #expect(all.map(\.model) == ["NVIDIA H100 80GB HBM3", "Other"])
    #expect(all.first?.devices == known.devices)
  }

  private func card(_ number: Int, memory: Int64) -> GraphicsCard {
    var card = GraphicsCard(address: "0000:0\(number):00.0", vendor: "NVIDIA", model: "x")
    card.memory = memory
    return card
  }

  @Test func `a card is one's own, or shared up to its whole`() throws {
    var claims = GraphicsClaims()
    #expect(claims.update([card(1, memory: 80), card(2, memory: 16)]) == [])
    let half = try claims.claim(.init(share: 50))
    #expect(half.cards.map(\.memory) == [16])
    // Beside the first, so that a whole one stays free.
    #expect(try claims.claim(.init(share: 30)).cards == half.cards)
    let whole = try claims.claim(.init())
    #expect(whole.cards.map(\.memory) == [80])
    let busy = #expect(throws: RuntimeError.self) { try claims.claim(.init(share: 21)) }
    #expect(busy?.code == .busy)
    claims.release(half.number)
    #expect(claims.taken("0000:02:00.0") == 30)
    #expect(throws: Never.self) { try claims.claim(.init(share: 70)) }
  }

  @Test func `what can never be is refused, and a card that goes takes its claims along`() throws {
    var claims = GraphicsClaims()
    _ = claims.update([card(1, memory: 80), card(2, memory: 16)])
    for wish in [
      GraphicsClaims.Wish(cards: 3), .init(memory: 81), .init(cards: 2, memory: 17),
      .init(share: 0), .init(share: 101), .init(cards: 0),
    ] {
      let error = #expect(throws: RuntimeError.self) { try claims.claim(wish) }
      #expect(error?.code == .refused)
    }
    let both = try claims.claim(.init(cards: 2, share: 10))
    let first = try claims.claim(.init(share: 90, memory: 80))
    #expect(claims.update([card(1, memory: 80)]) == [both.number])
    #expect(claims.taken("0000:01:00.0") == 90)
    #expect(claims.update([]) == [first.number])
  }
}
