import Calls
import HTTP
import IO
import Primitives
import Security

struct NoHash: ProbeHash {
  mutating func update(_ bytes: [UInt8]) {}
  mutating func digest() -> [UInt8] { [] }
}
Signals.ignoreBrokenPipes()
let loops = try LoopGroup(count: Int(CommandLine.arguments[2]) ?? 1)
var permissions = Permissions()
permissions.loopback = [.metrics, .reflection, .probe, .readiness]
let health = HealthService(services: ["apus.probe.v1.Probe"])
let names = [
  "apus.probe.v1.Probe", "grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection",
  "grpc.reflection.v1alpha.ServerReflection",
]
let index = ReflectionIndex(services: names)
let calls = CallServer(
  ProbeService(makeHash: { NoHash() }).handlers + health.handlers
    + ReflectionService(index).handlers + ReflectionAlphaService(index).handlers,
  permissions: permissions
) { .anonymous(isLoopback: $0.peer.isLoopback) }
var greeter = Greeter(handler: calls)
greeter.tls = try TLSContext(
  server: Credentials(of: SigningKey()), protocols: ["apus/1", "h2", "http/1.1"])
let server = try Server(
  on: [SocketAddress.loopback(port: UInt16(CommandLine.arguments[1]) ?? 0)], loops: loops,
  greeter: greeter)
try await ComponentRunner([server], on: loops).run(until: Gate())
