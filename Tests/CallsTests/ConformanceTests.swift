import Foundation
import IO
import Testing

@testable import Calls

/// Against protoc: bytes it wrote are committed; where it is installed it is asked as well.
@Suite struct ConformanceTests {
  @Test func `every kind of field reads as protoc wrote it`() throws {
    let decoded = try SampleV1.Everything(decoding: Vectors.bytes("everything"))
    #expect(decoded == .full)
    #expect(decoded.double.sign == .minus)
    #expect(decoded.unknownFields.bytes.isEmpty)
    #expect(try SampleV1.Everything(decoding: SampleV1.Everything.full.encoded()) == .full)
  }

  @Test func `without maps the bytes are the same as those of protoc`() throws {
    let flat = try Vectors.bytes("flat")
    #expect(try SampleV1.Everything(decoding: flat).encoded() == flat)
    let names = try Vectors.bytes("names")
    #expect(try SampleV1.TypeMessage(decoding: names).encoded() == names)
    let ping = try Vectors.bytes("ping")
    #expect(try SampleV1.Ping(decoding: ping).encoded() == ping)
    #expect(try SampleV1.Ping(decoding: ping).pong?.ping?.count == 2)
  }

  @Test func `names that Swift keeps for itself can be used`() throws {
    let message = try SampleV1.TypeMessage(decoding: Vectors.bytes("names"))
    #expect(message.`init`?.class == "c")
    #expect(message.selfField == .switch)
    #expect(message.in && message.encodeField == 4 && message.unknownFieldsField == 5)
    #expect(message.where == .func("f"))
  }

  private static let protoc = "/usr/bin/protoc"
  static var hasProtoc: Bool { FileManager.default.isExecutableFile(atPath: protoc) }

  @Test(.enabled(if: hasProtoc), arguments: ["everything", "flat"])
  func `protoc reads what we write as what it wrote itself`(_ name: String) async throws {
    let theirs = try Vectors.bytes(name)
    let ours = try SampleV1.Everything(decoding: theirs).encoded()
    let text = try await Self.decodeWithProtoc(ours)
    #expect(!text.isEmpty)
    let expected = try await Self.decodeWithProtoc(theirs)
    #expect(text == expected)
  }

  /// Through our own processes, whose descriptors no other child inherits: with Foundation's, two
  /// protocs that start at once keep each other's input open for ever.
  private static func decodeWithProtoc(_ bytes: [UInt8]) async throws -> String {
    let loop = try EventLoop(name: "test")
    defer { loop.stop() }
    let folder = Bundle.module.bundleURL.appendingPathComponent("proto").path
    var command = Command(
      protoc, ["-I", folder, "--decode=apus.sample.v1.Everything", "sample.proto"])
    command.input = .pipe
    command.output = .pipe
    return try await ChildProcess.running(command, on: loop) { child in
      let stream = try #require(child.stream)
      try await stream.write(bytes)
      try await stream.finish()
      return String(decoding: try await stream.readAll(limit: 1 << 20), as: UTF8.self)
    }
  }
}
