import Blobs
import IO
import Primitives
import Store

/// Files on their way into a store and out of it, durable at the end.
enum FileParts {
  /// Adds a file or a folder, and says its name.
  static func add(_ arguments: inout PartArguments, on loop: EventLoop) async throws {
    let folder = try arguments.text("the folder of a store")
    let path = try arguments.text("what to add")
    let added = try await withStore(folder) { store in
      try await TreeReader(store).add(path)
    }
    Parts.say([
      "id": .string(added.manifest.id.description), "files": .integer(Int64(added.files)),
      "newBytes": .integer(added.newBytes),
    ])
  }

  /// Writes one out again.
  static func get(_ arguments: inout PartArguments, on loop: EventLoop) async throws {
    let folder = try arguments.text("the folder of a store")
    let kind = try arguments.text("file or folder")
    guard let id = BlobID(try arguments.text("the name of a blob")) else {
      throw BenchError("that is no name of a blob", isUsage: true)
    }
    let path = try arguments.text("where to write it")
    try await withStore(folder) { store in
      if kind == "folder" {
        try await TreeWriter(store).writeFolder(id, to: path)
      } else {
        try await TreeWriter(store).write(id, to: path)
      }
    }
  }

  static func withStore<Result>(
    _ folder: String, _ body: (BlobStore) async throws -> Result
  ) async throws -> Result {
    try await RealDisk().makeFolders(folder, mode: 0o700)
    let database = try await Database.open("\(folder)/apus.db")
    try await database.migrate([BlobSchema.schema], at: .now())
    let store = BlobStore(database, disk: RealDisk(), folder: "\(folder)/packs")
    try await store.open()
    let result = try await body(store)
    await database.close()
    return result
  }
}
