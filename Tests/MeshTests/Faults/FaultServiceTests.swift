import Calls
import HTTP
import IO
import Primitives
import Testing

@testable import Mesh

@Suite struct FaultServiceTests {
  private let context = CallContext(
    method: FaultsV1.FaultsMethods.show, principal: .localOwner, head: RequestHead(target: "/"),
    deadline: nil)

  private func service(isEnabled: Bool = true) -> FaultService {
    FaultService(FaultSwitch(isEnabled: isEnabled, own: .numbered(1))) {
      name throws(NetworkError) in
      guard name == "anna" else { throw NetworkError(.notFound, "there is no \(name)") }
      return .numbered(1)
    }
  }

  @Test func `an owner applies a plan, looks at it and clears it`() async throws {
    let service = service()
    let text = """
      seed = -3
      [[fault]]
      effect = "delay"
      delay = "1s"
      from = ["anna"]
      after = "2s"
      share = 0.5
      [[fault]]
      effect = "duplicate"
      lasts = "1m"
      """
    let applied = try await service.apply(.init { $0.plan = text }, context)
    #expect(applied.plan?.seed == -3 && applied.plan?.notes.count == 1)
    let faults = try await service.show(.init(), context).plan?.faults ?? []
    #expect(faults.map(\.scope) == ["by 1s, anna to anybody", "anybody to anybody"])
    #expect(faults.map(\.afterMilliseconds) == [2000, 0])
    #expect(faults.map(\.lastsMilliseconds) == [nil, 60_000])
    let first = try await service.clear(.init(), context)
    let second = try await service.clear(.init(), context)
    #expect(first.wasInForce && !second.wasInForce)
    let shown = try await service.show(.init(), context)
    #expect(shown.enabled && shown.plan == nil)
  }

  @Test(arguments: [
    (true, "seed = 1\n[[fault]]\neffect = \"melt\"", Status.Code.invalidArgument, "line 3"),
    (true, "seed = 1\n[[fault]]\neffect = \"drop\"\nto = [\"x\"]", .notFound, "there is no x"),
    (false, "seed = 1\n[[fault]]\neffect = \"drop\"", .permissionDenied, "[faults]"),
  ])
  func `what cannot be applied is answered with why`(
    isEnabled: Bool, text: String, code: Status.Code, reason: String
  ) async throws {
    let service = service(isEnabled: isEnabled)
    let status = await #expect(throws: Status.self) {
      try await service.apply(.init { $0.plan = text }, self.context)
    }
    #expect(status?.code == code && status?.message.contains(reason) == true)
  }

  @Test func `nobody but the local owner may call it`() {
    let permissions = Permissions()
    for handler in service().handlers {
      #expect(handler.description.permission == nil)
      #expect(!permissions.allows(.node(.numbered(2)), handler.description.permission))
      #expect(permissions.allows(.localOwner, handler.description.permission))
    }
  }
}
