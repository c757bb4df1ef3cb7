// swift-tools-version: 6.2
// A program of its own that runs a node: `swift run` in this folder.
import PackageDescription

let package = Package(
  name: "FiveLines",
  dependencies: [.package(name: "apus", path: "../..")],
  targets: [
    .executableTarget(
      name: "FiveLines", dependencies: [.product(name: "Apus", package: "apus")], path: "Sources")
  ])
