import CWasm

/// A function that a guest may import: its shape and what it does.
struct WasiFunction {
  static let module = "wasi_snapshot_preview1"

  /// The arguments of one call, and the place of its result.
  struct Values {
    let slots: UnsafeMutablePointer<wasmtime_val_raw_t>

    subscript(_ index: Int) -> UInt32 { UInt32(bitPattern: slots[index].i32) }
    func wide(_ index: Int) -> UInt64 { UInt64(bitPattern: slots[index].i64) }

    func answer(_ number: WasiErrno) { slots[0].i32 = Int32(number.rawValue) }
  }

  typealias Body = @Sendable (Wasi, GuestMemory, Values) throws(WasiErrno) -> Void

  let name: String
  /// The kinds of the parameters: `i` has 32 bits, `I` has 64.
  let parameters: String
  /// False for the one function that never comes back.
  let hasResult: Bool
  let body: Body

  init(_ name: String, _ parameters: String, hasResult: Bool = true, _ body: @escaping Body) {
    self.name = name
    self.parameters = parameters
    self.hasResult = hasResult
    self.body = body
  }

  /// Everything in wasi_snapshot_preview1.
  static let all = given + time + descriptors + bytes + folders + paths + sockets

  private static let given = [
    WasiFunction("args_sizes_get", "ii") { (wasi, memory, values) throws(WasiErrno) in
      try wasi.tellSizes(of: wasi.arguments, memory, count: values[0], bytes: values[1])
    },
    WasiFunction("args_get", "ii") { (wasi, memory, values) throws(WasiErrno) in
      try wasi.give(wasi.arguments, memory, list: values[0], bytes: values[1])
    },
    WasiFunction("environ_sizes_get", "ii") { (wasi, memory, values) throws(WasiErrno) in
      try wasi.tellSizes(of: wasi.environment, memory, count: values[0], bytes: values[1])
    },
    WasiFunction("environ_get", "ii") { (wasi, memory, values) throws(WasiErrno) in
      try wasi.give(wasi.environment, memory, list: values[0], bytes: values[1])
    },
    WasiFunction("random_get", "ii") { (wasi, memory, values) throws(WasiErrno) in
      try wasi.world.fill(memory.range(values[0], Int(values[1])))
    },
    WasiFunction("proc_exit", "i", hasResult: false) { (wasi, _, values) throws(WasiErrno) in
      throw wasi.halt(.exited(Int32(bitPattern: values[0])))
    },
    WasiFunction("proc_raise", "i") { (_, _, _) throws(WasiErrno) in throw .notSupported },
    WasiFunction("sched_yield", "") { (_, _, _) throws(WasiErrno) in },
  ]

  private static let time = [
    WasiFunction("clock_res_get", "ii") { (wasi, memory, values) throws(WasiErrno) in
      try memory.store(wasi.world.resolution(Wasi.clock(values[0])), values[1])
    },
    WasiFunction("clock_time_get", "iIi") { (wasi, memory, values) throws(WasiErrno) in
      try memory.store(wasi.world.time(Wasi.clock(values[0])), values[2])
    },
    WasiFunction("poll_oneoff", "iiii") { (wasi, memory, values) throws(WasiErrno) in
      try wasi.poll(
        memory, asked: values[0], events: values[1], count: values[2], happened: values[3])
    },
  ]

  private static let descriptors = [
    WasiFunction("fd_advise", "iIIi") { (wasi, _, values) throws(WasiErrno) in
      try wasi.advise(values[0], advice: values[3])
    },
    WasiFunction("fd_allocate", "iII") { (wasi, _, values) throws(WasiErrno) in
      try wasi.allocate(values[0], offset: values.wide(1), count: values.wide(2))
    },
    WasiFunction("fd_close", "i") { (wasi, _, values) throws(WasiErrno) in
      try wasi.close(values[0])
    },
    WasiFunction("fd_datasync", "i") { (wasi, _, values) throws(WasiErrno) in
      try wasi.synchronise(values[0])
    },
    WasiFunction("fd_sync", "i") { (wasi, _, values) throws(WasiErrno) in
      try wasi.synchronise(values[0])
    },
    WasiFunction("fd_fdstat_get", "ii") { (wasi, memory, values) throws(WasiErrno) in
      try wasi.describe(values[0], memory, values[1])
    },
    WasiFunction("fd_fdstat_set_flags", "ii") { (wasi, _, values) throws(WasiErrno) in
      try wasi.setFlags(values[0], values[1])
    },
    WasiFunction("fd_fdstat_set_rights", "iII") { (wasi, _, values) throws(WasiErrno) in
      try wasi.setRights(values[0], values.wide(1), inheriting: values.wide(2))
    },
    WasiFunction("fd_filestat_get", "ii") { (wasi, memory, values) throws(WasiErrno) in
      try wasi.status(of: values[0], memory, values[1])
    },
    WasiFunction("fd_filestat_set_size", "iI") { (wasi, _, values) throws(WasiErrno) in
      try wasi.setSize(values[0], values.wide(1))
    },
    WasiFunction("fd_filestat_set_times", "iIIi") { (wasi, _, values) throws(WasiErrno) in
      try wasi.setTimes(
        values[0], accessed: values.wide(1), changed: values.wide(2), which: values[3])
    },
    WasiFunction("fd_renumber", "ii") { (wasi, _, values) throws(WasiErrno) in
      try wasi.renumber(values[0], to: values[1])
    },
  ]

  private static let bytes = [
    WasiFunction("fd_read", "iiii") { (wasi, memory, values) throws(WasiErrno) in
      let pieces = try memory.pieces(values[1], values[2])
      try memory.store(wasi.read(values[0], memory, pieces), values[3])
    },
    WasiFunction("fd_pread", "iiiIi") { (wasi, memory, values) throws(WasiErrno) in
      let pieces = try memory.pieces(values[1], values[2])
      try memory.store(wasi.read(values[0], memory, pieces, at: values.wide(3)), values[4])
    },
    WasiFunction("fd_write", "iiii") { (wasi, memory, values) throws(WasiErrno) in
      let pieces = try memory.pieces(values[1], values[2])
      try memory.store(wasi.write(values[0], memory, pieces), values[3])
    },
    WasiFunction("fd_pwrite", "iiiIi") { (wasi, memory, values) throws(WasiErrno) in
      let pieces = try memory.pieces(values[1], values[2])
      try memory.store(wasi.write(values[0], memory, pieces, at: values.wide(3)), values[4])
    },
    WasiFunction("fd_seek", "iIii") { (wasi, memory, values) throws(WasiErrno) in
      let offset = Int64(bitPattern: values.wide(1))
      try memory.store(wasi.seek(values[0], offset, from: values[2]), values[3])
    },
    WasiFunction("fd_tell", "ii") { (wasi, memory, values) throws(WasiErrno) in
      try memory.store(wasi.seek(values[0], 0, from: Wasi.fromHere), values[1])
    },
  ]

  private static let folders = [
    WasiFunction("fd_prestat_get", "ii") { (wasi, memory, values) throws(WasiErrno) in
      // The tag of a folder (0), and how long its name is.
      try memory.store(UInt32(0), values[1])
      try memory.store(UInt32(wasi.name(of: values[0]).utf8.count), values[1] &+ 4)
    },
    WasiFunction("fd_prestat_dir_name", "iii") { (wasi, memory, values) throws(WasiErrno) in
      let name = try Array(wasi.name(of: values[0]).utf8)
      if name.count > values[2] { throw .nameTooLong }
      try memory.store(name, values[1])
    },
    WasiFunction("fd_readdir", "iiiIi") { (wasi, memory, values) throws(WasiErrno) in
      let room = try memory.range(values[1], Int(values[2]))
      try memory.store(wasi.list(values[0], into: room, from: values.wide(3)), values[4])
    },
  ]

  private static let paths = [
    WasiFunction("path_open", "iiiiiIIii") { (wasi, memory, values) throws(WasiErrno) in
      let path = try wasi.path(memory, values[0], values[2], values[3])
      let number = try wasi.open(
        path, follows: Wasi.follows(values[1]), how: Wasi.OpenFlags(rawValue: values[4]),
        rights: .init(rawValue: values.wide(5)), inheriting: .init(rawValue: values.wide(6)),
        flags: .init(rawValue: UInt16(truncatingIfNeeded: values[7])))
      try memory.store(number, values[8])
    },
    WasiFunction("path_create_directory", "iii") { (wasi, memory, values) throws(WasiErrno) in
      try wasi.makeFolder(wasi.path(memory, values[0], values[1], values[2]))
    },
    WasiFunction("path_filestat_get", "iiiii") { (wasi, memory, values) throws(WasiErrno) in
      let path = try wasi.path(memory, values[0], values[2], values[3])
      try wasi.status(of: path, follows: Wasi.follows(values[1]), memory, values[4])
    },
    WasiFunction("path_filestat_set_times", "iiiiIIi") { (wasi, memory, values) throws(WasiErrno) in
      let path = try wasi.path(memory, values[0], values[2], values[3])
      try wasi.setTimes(
        path, follows: Wasi.follows(values[1]), accessed: values.wide(4), changed: values.wide(5),
        which: values[6])
    },
    WasiFunction("path_link", "iiiiiii") { (wasi, memory, values) throws(WasiErrno) in
      let old = try wasi.path(memory, values[0], values[2], values[3])
      let new = try wasi.path(memory, values[4], values[5], values[6])
      try wasi.link(old, to: new, follows: Wasi.follows(values[1]))
    },
    WasiFunction("path_readlink", "iiiiii") { (wasi, memory, values) throws(WasiErrno) in
      let path = try wasi.path(memory, values[0], values[1], values[2])
      let room = try memory.range(values[3], Int(values[4]))
      try memory.store(wasi.readLink(path, into: room), values[5])
    },
    WasiFunction("path_remove_directory", "iii") { (wasi, memory, values) throws(WasiErrno) in
      try wasi.remove(wasi.path(memory, values[0], values[1], values[2]), isFolder: true)
    },
    WasiFunction("path_rename", "iiiiii") { (wasi, memory, values) throws(WasiErrno) in
      let old = try wasi.path(memory, values[0], values[1], values[2])
      let new = try wasi.path(memory, values[3], values[4], values[5])
      try wasi.rename(old, to: new)
    },
    WasiFunction("path_symlink", "iiiii") { (wasi, memory, values) throws(WasiErrno) in
      let text = try memory.text(values[0], values[1])
      try wasi.makeLink(wasi.path(memory, values[2], values[3], values[4]), text: text)
    },
    WasiFunction("path_unlink_file", "iii") { (wasi, memory, values) throws(WasiErrno) in
      try wasi.remove(wasi.path(memory, values[0], values[1], values[2]), isFolder: false)
    },
  ]

  /// No guest has a network.
  private static let sockets = [
    WasiFunction("sock_accept", "iii") { (wasi, _, values) throws(WasiErrno) in
      _ = try wasi[values[0]]
      throw .notSocket
    },
    WasiFunction("sock_recv", "iiiiii") { (wasi, _, values) throws(WasiErrno) in
      _ = try wasi[values[0]]
      throw .notSocket
    },
    WasiFunction("sock_send", "iiiii") { (wasi, _, values) throws(WasiErrno) in
      _ = try wasi[values[0]]
      throw .notSocket
    },
    WasiFunction("sock_shutdown", "ii") { (wasi, _, values) throws(WasiErrno) in
      _ = try wasi[values[0]]
      throw .notSocket
    },
  ]
}
