import IO
import Primitives
import Store

/// Many callers that write one row at a time and wait until it is durable.
enum StorePart {
  static let table = "CREATE TABLE items (id INTEGER PRIMARY KEY, body TEXT NOT NULL)"

  static func run(_ arguments: inout PartArguments, on loop: EventLoop) async throws {
    let path = try arguments.text("a path")
    let rows = try arguments.number("the rows to write")
    let writers = max(1, try arguments.number("the writers"))
    let database = try await Database.open(path)
    try await database.write { _ = try $0.execute(table) }
    let text = String(repeating: "x", count: 100)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for writer in 0..<writers {
        group.addTask(executorPreference: loop) {
          for row in stride(from: writer, to: rows, by: writers) {
            try await database.write {
              _ = try $0.execute(
                "INSERT INTO items VALUES ($1, $2)", [.integer(Int64(row)), .text(text)])
            }
          }
        }
      }
      try await group.waitForAll()
    }
    await database.close()
  }
}
