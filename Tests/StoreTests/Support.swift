import Glibc
import Primitives
import Store

struct Refused: Error, Equatable {}

/// Both drivers, for tests of what they have in common.
enum DriverKind: CaseIterable, Sendable {
  case file
  case memory

  func open(in folder: TemporaryFolder) async throws -> any Driver {
    switch self {
    case .file: try await Database.open(folder.file("db"))
    case .memory: try MemoryDatabase()
    }
  }
}

/// Stops a thread, which bodies run on, until told to go on.
final class Barrier: @unchecked Sendable {  // guard: the semaphore is made to be shared
  private let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

  init() { sem_init(semaphore, 0, 0) }

  deinit {
    sem_destroy(semaphore)
    semaphore.deallocate()
  }

  func wait() { while sem_wait(semaphore) != 0 {} }
  func open() { sem_post(semaphore) }
}

/// What concurrent parts of a test have seen.
final class Numbers: Sendable {
  private let numbers = Locked<[Int]>([])

  func add(_ number: Int) { numbers.withLock { $0.append(number) } }

  var all: [Int] { numbers.withLock { $0 } }
}

/// Which of the concurrent parts of a test failed.
final class Outcomes: Sendable {
  private let failures = Locked<[Int: any Error]>([:])

  var errors: [Int: any Error] { failures.withLock { $0 } }

  func add(_ number: Int, _ body: () async throws -> Void) async {
    do { try await body() } catch { failures.withLock { $0[number] = error } }
  }
}

extension Driver {
  func makeTable() async throws {
    try await write { session in
      try session.executeScript("CREATE TABLE t (id INTEGER PRIMARY KEY, body BLOB)")
    }
  }

  func insert(_ id: Int, bytes: Int = 16) async throws {
    try await write { session in
      try session.execute(
        "INSERT INTO t VALUES ($1, $2)",
        [.integer(id), .blob(Array(repeating: 7, count: bytes))])
    }
  }

  var ids: [Int] {
    get async throws {
      try await read { try $0.rows("SELECT id FROM t ORDER BY id") { try $0.integer(0) } }
    }
  }
}
