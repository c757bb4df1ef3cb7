import Foundation
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
  func `protoc reads what we write as what it wrote itself`(_ name: String) throws {
    let theirs = try Vectors.bytes(name)
    let ours = try SampleV1.Everything(decoding: theirs).encoded()
    let text = try Self.decodeWithProtoc(ours)
    #expect(!text.isEmpty)
    #expect(try text == Self.decodeWithProtoc(theirs))
  }

  private static func decodeWithProtoc(_ bytes: [UInt8]) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: protoc)
    let folder = Bundle.module.bundleURL.appendingPathComponent("proto").path
    process.arguments = ["-I", folder, "--decode=apus.sample.v1.Everything", "sample.proto"]
    let (input, output) = (Pipe(), Pipe())
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    try input.fileHandleForWriting.write(contentsOf: Data(bytes))
    try input.fileHandleForWriting.close()
    let text = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return String(decoding: text, as: UTF8.self)
  }
}
