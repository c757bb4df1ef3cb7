// swift-tools-version: 6.2
// The map of Apus: targets in layer order, bottom first. An arrow goes only downwards;
// docs/architecture.md holds the same table and a test compares the two.
import PackageDescription

let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .treatAllWarnings(as: .error),
]
/// Everything that does not wrap C or move bytes through pointers.
let safe: [SwiftSetting] = strict + [.strictMemorySafety()]

/// A C library of the system: a module map and a header of shims, no logic.
func system(_ name: String, pkgConfig: String? = nil, apt: [String] = []) -> Target {
  .systemLibrary(
    name: name, path: "Sources/\(name)", pkgConfig: pkgConfig,
    providers: apt.isEmpty ? nil : [.apt(apt)])
}

func module(
  _ name: String, _ imports: [Target.Dependency], settings: [SwiftSetting] = safe
) -> Target {
  .target(name: name, dependencies: imports, swiftSettings: settings)
}

func tests(_ name: String, _ imports: [Target.Dependency], resources: [Resource]? = nil) -> Target {
  .testTarget(
    name: name + "Tests", dependencies: imports, resources: resources, swiftSettings: strict)
}

/// A stranger's program, which sees of Apus what is public; it is a package of its own as well.
func example(_ name: String) -> Target {
  .executableTarget(
    name: name, dependencies: ["Apus"], path: "Examples/\(name)/Sources", packageAccess: false,
    swiftSettings: safe)
}

/// A fuzz target: one file with `LLVMFuzzerTestOneInput`, built by Scripts/fuzz alone.
func fuzz(_ name: String, _ imports: [Target.Dependency]) -> Target {
  .executableTarget(
    name: name, dependencies: imports, path: "Fuzz/\(name)",
    swiftSettings: safe + [.unsafeFlags(["-parse-as-library"])])
}

let package = Package(
  name: "apus",
  products: [
    .executable(name: "apus", targets: ["apus"]),
    .library(name: "Apus", targets: ["Apus"]),
  ],
  targets: [
    // epoll, eventfd, pidfd, signalfd, accept4: what Glibc's module leaves out.
    system("CSystem"),
    // OpenSSL 3: TLS, Ed25519, AEAD, SHA-256.
    system("COpenSSL", pkgConfig: "openssl", apt: ["libssl-dev"]),
    // HTTP/2 framing and header compression.
    system("CNGHTTP2", pkgConfig: "libnghttp2", apt: ["libnghttp2-dev"]),
    // State on disk.
    system("CSQLite", pkgConfig: "sqlite3", apt: ["libsqlite3-dev"]),
    // gzip for HTTP and gRPC bodies.
    system("CZlib", pkgConfig: "zlib", apt: ["zlib1g-dev"]),
    // Port mapping at home routers: UPnP and NAT-PMP.
    system("CPortMap", pkgConfig: "miniupnpc", apt: ["libminiupnpc-dev", "libnatpmp-dev"]),
    // What boxes are made of: mounts, Landlock, system call filters, capabilities.
    system("CBox"),
    // The functions of Wasmtime, which is loaded at run time.
    system("CWasm"),
    // The functions of JavaScriptCore, which is loaded at run time.
    system("CScript"),
    // Identifiers, bytes, clocks, text formats, our one lock, log records, metrics.
    module("Primitives", []),
    // Event loops, transports, files, child processes, timers, components.
    module("IO", ["Primitives", "CSystem"], settings: strict),
    // Keys, certificates, TLS as a byte filter, sealing, signatures, passwords.
    module("Security", ["Primitives", "IO", "COpenSSL"], settings: strict),
    // Statements, migrations, group commit.
    module("Store", ["Primitives", "IO", "CSQLite"], settings: strict),
    // Messages, HTTP/1.1, HTTP/2, event streams, router, server, client.
    module("HTTP", ["Primitives", "IO", "Security", "CNGHTTP2", "CZlib"], settings: strict),
    // Protobuf runtime, generated messages, gRPC server and client, principals.
    module("Calls", ["Primitives", "IO", "HTTP"]),
    // Writes Sources/Calls/Generated from proto/; run by Scripts/generate-protobuf.
    .executableTarget(
      name: "protoc-gen-apus", dependencies: ["Primitives", "Calls"], swiftSettings: safe),
    // Links and carriers, membership, node table, zones, relay, NAT, topics.
    module(
      "Mesh", ["Primitives", "IO", "Security", "Store", "HTTP", "Calls", "CPortMap"],
      settings: strict),
    // Files named by what is in them: cutting, keeping, fetching from many, finding.
    module("Blobs", ["Primitives", "IO", "Security", "Store", "HTTP", "Calls", "Mesh"]),
    // One attempt in a box: who may run what, within which walls.
    module(
      "Runtimes",
      ["Primitives", "IO", "Security", "HTTP", "CSystem", "CBox", "CWasm", "CScript"],
      settings: strict),
    // The library strangers link, and the assembly.
    module(
      "Apus",
      ["Primitives", "IO", "Security", "Store", "HTTP", "Calls", "Mesh", "Blobs", "Runtimes"]),
    // The command line: one file per command.
    module("Commands", ["Primitives", "IO", "HTTP", "Calls", "Runtimes", "Apus"]),
    // The seams with seeds and faults, on a virtual clock; never shipped.
    module("Simulation", ["Primitives", "IO", "Store", "CSQLite"], settings: strict),
    // Scenarios of every module in the simulator, built for speed: `make simulate`.
    .executableTarget(
      name: "Scenarios",
      dependencies: [
        "Primitives", "IO", "Security", "Store", "HTTP", "Calls", "Mesh", "Blobs", "Simulation",
      ],
      swiftSettings: safe),
    // The published measurements.
    .executableTarget(
      name: "Benchmarks",
      dependencies: [
        "Primitives", "IO", "Security", "Store", "HTTP", "Calls", "Mesh", "Blobs", "Runtimes",
      ],
      swiftSettings: safe),
    // The executable.
    .executableTarget(name: "apus", dependencies: ["Commands"], swiftSettings: safe),
    // Built with the rest so that what is public stays enough for it.
    example("FiveLines"),
    tests("Primitives", ["Primitives"]),
    tests("IO", ["IO", "Primitives"]),
    tests("Security", ["Security", "IO", "Primitives", "COpenSSL"]),
    tests("Store", ["Store", "IO", "Primitives"]),
    tests("HTTP", ["Primitives", "IO", "Security", "HTTP"]),
    tests(
      "Calls", ["Calls", "HTTP", "IO", "Primitives"],
      resources: [.copy("Vectors"), .copy("proto")]),
    tests(
      "Mesh", ["Mesh", "Simulation", "Calls", "HTTP", "Store", "Security", "IO", "Primitives"]),
    tests(
      "Blobs",
      ["Blobs", "Simulation", "Mesh", "Calls", "HTTP", "Store", "Security", "IO", "Primitives"]),
    tests(
      "Runtimes", ["Runtimes", "HTTP", "Security", "IO", "Primitives"],
      resources: [.copy("Attacks"), .copy("Wasm/Guests")]),
    tests("Simulation", ["Simulation", "IO", "Store", "Primitives"]),
    tests("Apus", ["Apus", "Mesh", "Security", "IO", "Primitives"]),
    tests("Commands", ["Commands", "Calls", "Runtimes", "Primitives"]),
    tests("Benchmarks", ["Benchmarks"]),
    // What holds the tree to docs/architecture.md.
    tests("Tidy", []),
  ],
  swiftLanguageModes: [.v6],
  cLanguageStandard: .c2x
)

// Without the fuzzer's own `main` these do not link, so ordinary builds leave them out.
if Context.environment["APUS_FUZZ"] != nil {
  package.targets += [
    fuzz("FuzzIdentifiers", ["Primitives"]),
    fuzz("FuzzText", ["Primitives"]),
    fuzz("FuzzProtobuf", ["Calls"]),
    fuzz("FuzzFraming", ["Calls", "Primitives"]),
    fuzz("FuzzSettings", ["Apus", "Primitives"]),
    fuzz("FuzzHeads", ["Calls", "HTTP", "IO", "Primitives"]),
    fuzz("FuzzMembership", ["Mesh", "Calls", "Primitives"]),
    fuzz("FuzzLink", ["Mesh", "Primitives"]),
    fuzz("FuzzReconciliation", ["Mesh", "Primitives"]),
    fuzz("FuzzTable", ["Mesh", "Primitives"]),
    fuzz("FuzzRelay", ["Mesh", "Primitives"]),
    fuzz("FuzzTraversal", ["Mesh", "IO", "Primitives"]),
    fuzz("FuzzTopics", ["Mesh", "Primitives"]),
    fuzz("FuzzZones", ["Mesh", "Primitives"]),
    fuzz("FuzzFaults", ["IO", "Primitives"]),
    fuzz("FuzzBox", ["Runtimes", "Primitives"]),
    fuzz("FuzzCache", ["Runtimes", "Security", "Primitives"]),
    fuzz("FuzzScript", ["Runtimes", "Primitives"]),
    fuzz("FuzzStreams", ["Runtimes", "Primitives"]),
    fuzz("FuzzShares", ["Blobs", "Mesh", "Security", "Primitives"]),
    fuzz("FuzzFolders", ["Blobs", "Primitives"]),
    fuzz("FuzzPlacement", ["Blobs", "Calls", "Primitives"]),
    fuzz("FuzzChunks", ["Blobs", "Calls", "IO", "Security", "Primitives"]),
    fuzz("FuzzFileWords", ["Blobs", "HTTP", "Mesh", "Primitives"]),
  ]
}
