import Glibc
import IO
import Primitives
import Security
import Testing

@testable import Mesh

@Suite struct NetworkKeyTests {
  @Test func `a network's id reads its own text`() {
    let id = NetworkKey().id
    #expect(NetworkID(id.description) == id)
    #expect(id.description.utf8.count == 52)
    #expect(NetworkID(String(id.description.dropLast())) == nil)
  }

  @Test func `a sealed key opens for its own node and network alone`() throws {
    let key = NetworkKey()
    let secret = SigningKey().deriveSecret(for: "test")
    let sealed = try key.sealed(under: secret)
    #expect(try NetworkKey(opening: sealed, of: key.id, under: secret).id == key.id)
    #expect(throws: (any Error).self) {
      try NetworkKey(
        opening: sealed, of: key.id, under: SigningKey().deriveSecret(for: "test"))
    }
    #expect(throws: (any Error).self) {
      try NetworkKey(opening: sealed, of: NetworkKey().id, under: secret)
    }
  }

  @Test func `a backup gives the key back to whoever knows the password`() async throws {
    let key = NetworkKey()
    let text = try await key.backup(password: "correct horse")
    #expect(try NetworkKey.network(ofBackup: text) == key.id)
    let restored = try await NetworkKey(backup: " \(text)\n", password: "correct horse")
    #expect(restored.id == key.id)
    let wrong = await refusal { _ = try await NetworkKey(backup: text, password: "wrong horse") }
    #expect(wrong == .denied)
  }

  @Test func `what is no backup is told from a wrong password`() async throws {
    let text = "apus-network-key-1:" + String(repeating: "a", count: 160)
    for broken in ["", "hello", String(text.dropLast(3)) + "!!!", text + " " + text] {
      let code = await refusal { _ = try await NetworkKey(backup: broken, password: "x") }
      #expect(code == .violation, "\(broken)")
    }
  }

  @Test func `neither key nor backup shows in text`() throws {
    let key = NetworkKey()
    var dumped = ""
    dump(key, to: &dumped)
    #expect(key.description.contains("private key of network"))
    #expect(!dumped.contains("seed"))
  }

  @Test func `a backup's file is for its owner alone and never overwritten`() async throws {
    let folder = try TrustFolder()
    let path = folder.file("serials")
    let disk = RealDisk()
    try await NetworkKeyFile.write("one", to: path, disk: disk)
    #expect(try await disk.info(path)?.mode == 0o600)
    #expect(try await NetworkKeyFile.read(path, disk: disk) == "one\n")
    let again = await refusal { try await NetworkKeyFile.write("two", to: path, disk: disk) }
    #expect(again == .exists)
    chmod(path, 0o644)
    #expect(await refusal { _ = try await NetworkKeyFile.read(path, disk: disk) } == .denied)
    let missing = folder.file("db")
    #expect(await refusal { _ = try await NetworkKeyFile.read(missing, disk: disk) } == .notFound)
  }
}
