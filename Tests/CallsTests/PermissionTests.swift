import Primitives
import Testing

@testable import Calls

@Suite struct PermissionTests {
  private static let all: [Permission?] = [
    .metrics, .reflection, .readiness, .status, .probe, .administer, Permission("new"), nil,
  ]
  private static let node = NodeID(Array(repeating: 7, count: 32))

  @Test func `nothing is granted to begin with but metrics and reflection on loopback`() throws {
    let permissions = Permissions()
    let node = try #require(Self.node)
    for permission in Self.all {
      #expect(permissions.allows(.localOwner, permission))
      for other in [Principal.anonymous(isLoopback: false), .node(node), .user("a")] {
        #expect(!permissions.allows(other, permission))
      }
      #expect(
        permissions.allows(.anonymous(isLoopback: true), permission)
          == (permission == .metrics || permission == .reflection))
    }
  }

  @Test func `a grant is for that principal and that permission alone`() throws {
    var permissions = Permissions()
    let node = try #require(Self.node)
    let other = try #require(NodeID(Array(repeating: 8, count: 32)))
    permissions.nodes[node] = [.probe]
    permissions.users["ada"] = [.status]
    permissions.loopback = []
    #expect(permissions.allows(.node(node), .probe) && !permissions.allows(.node(node), .status))
    #expect(!permissions.allows(.node(other), .probe))
    #expect(permissions.allows(.user("ada"), .status) && !permissions.allows(.user("bob"), .status))
    #expect(!permissions.allows(.anonymous(isLoopback: true), .metrics))
    #expect(!permissions.allows(.node(node), nil))
  }

  @Test func `what members may do is for every node and nobody else`() throws {
    var permissions = Permissions()
    permissions.members = [.probe]
    #expect(permissions.allows(.node(try #require(Self.node)), .probe))
    #expect(!permissions.allows(.user("ada"), .probe))
    #expect(!permissions.allows(.anonymous(isLoopback: true), .probe))
  }

  @Test func `methods carry the permission of their proto file, and none is none`() {
    #expect(ProbeV1.ProbeMethods.echo.permission == .probe)
    #expect(NodeV1.NodeMethods.stop.permission == .administer)
    #expect(ReflectionV1.ServerReflectionMethods.serverReflectionInfo.permission == .reflection)
    #expect(SampleV1.SampleMethods.import.permission == nil)
    #expect(ProbeV1.ProbeMethods.mirror.path == "/apus.probe.v1.Probe/Mirror")
  }
}
