import Testing

@testable import Runtimes

struct UserMapTests {
  private static func map(_ users: UserMap.Numbers, _ groups: UserMap.Numbers) -> UserMap {
    UserMap(17, users: users, groups: groups, keeper: (0, 0))
  }

  @Test func `a box of root is a user of nobody's`() {
    let everybody: UserMap.Numbers = [0...0xFFFF_FFFE]
    let map = Self.map(everybody, everybody)
    #expect(map.isOwn && map.user == 1_878_000_017 && map.group == map.user)
    let last = UserMap(.max, users: everybody, groups: everybody, keeper: (0, 0))
    #expect(UserMap.free[0].contains(last.user))
  }

  @Test func `in a container with few users it is one of those`() {
    let map = Self.map([0...65_535], [0...1000, 1001...65_535])
    #expect(map.isOwn && map.user == 61_201 && map.group == 61_201)
  }

  @Test(
    arguments: [
      ([0...0], [0...0]), ([0...65_535], [0...0]), ([], []), ([0...62_000, 64_000...65_535], []),
    ] as [(UserMap.Numbers, UserMap.Numbers)])
  func `where root has nobody to give, that is said`(
    users: UserMap.Numbers, groups: UserMap.Numbers
  ) {
    let map = Self.map(users, groups)
    #expect(!map.isOwn && map.user == 0)
  }

  @Test func `a box of root must have a user of its own`() {
    var settings = BoxSettings(folder: "/nowhere")
    for runtime in [Runtime.process, .wasm] {
      let attempt = Attempt(runtime, creator: "x", "a")
      settings.keeperIsRoot = true
      #expect(settings.plan(for: attempt).required.contains(.user))
      settings.keeperIsRoot = false
      #expect(!settings.plan(for: attempt).required.contains(.user))
    }
  }
}
