import HTTP
import IO
import Testing

@testable import Calls

@Suite struct HealthTests {
  private typealias State = HealthV1.HealthCheckResponse.ServingStatus

  private func request(_ service: String) -> HealthV1.HealthCheckRequest {
    HealthV1.HealthCheckRequest { $0.service = service }
  }

  @Test func `the node and each service are checked by name`() async throws {
    let health = HealthService(services: ["a", "b", "a"])
    let (node, service, after, unknown) = try await overCalls(health.handlers) { wired in
      let client = HealthV1.HealthClient(wired.client)
      let node = try await client.check(request("")).status
      let service = try await client.check(request("a")).status
      health.set(.notServing, for: "a")
      let after = try await [client.check(request("a")).status, client.check(request("b")).status]
      return (node, service, after, await failure { try await client.check(request("c")) })
    }
    #expect(node == .serving && service == .serving)
    #expect(after == [.notServing, .serving])
    #expect(unknown?.code == .notFound)
  }

  @Test func `who watches hears every change once`() async throws {
    let health = HealthService(services: ["a"])
    let states = try await overCalls(health.handlers) { wired in
      try await HealthV1.HealthClient(wired.client).watch(request("a")) { replies in
        var states = [try await replies.next()?.status]
        health.set(.serving, for: "a")
        health.set(.notServing, for: "other")
        health.set(.notServing, for: "a")
        states.append(try await replies.next()?.status)
        health.setAll(.serving)
        states.append(try await replies.next()?.status)
        return states
      }
    }
    #expect(states == [.serving, .notServing, .serving])
  }

  @Test func `an unknown service is watched until it is there`() async throws {
    let health = HealthService(services: [])
    let states = try await overCalls(health.handlers) { wired in
      try await HealthV1.HealthClient(wired.client).watch(request("late")) { replies in
        let first = try await replies.next()?.status
        health.set(.serving, for: "late")
        return [first, try await replies.next()?.status]
      }
    }
    #expect(states == [.serviceUnknown, .serving])
  }

  @Test func `a watch ends with the caller's task`() async throws {
    let health = HealthService(services: [])
    // `overCalls` returns once no handler is left.
    let status = try await overCalls(health.handlers) { wired in
      let heard = Flag()
      return try await withThrowingTaskGroup(of: Status?.self) { group in
        group.addTask(executorPreference: wired.loop) {
          await failure {
            try await HealthV1.HealthClient(wired.client).watch(request("")) { replies in
              while try await replies.next() != nil { heard.set() }
            }
          }
        }
        await heard.wait()
        group.cancelAll()
        return try await group.next().flatMap { $0 }
      }
    }
    #expect(status?.code == .cancelled)
  }
}
