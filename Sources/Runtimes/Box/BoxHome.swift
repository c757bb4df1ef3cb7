import Glibc
import IO
import Security

/// What of a box is on the machine outside of it: its folder, its control group, its user. Calls
/// block.
struct BoxHome: Sendable {
  /// Sixteen characters of hexadecimal.
  let name: String
  let folder: String
  let user: UserMap
  let group: ControlGroup?
  /// Why there is no group.
  let groupAbsence: String?

  /// Leaves nothing behind when it throws.
  init(_ plan: BoxPlan, in settings: BoxSettings) throws(RuntimeError) {
    let random = SecureRandom.bytes(8)
    name = random.map { hex($0) }.joined()
    folder = "\(settings.folder)/\(ProcessMark.own)-\(name)"
    user = UserMap.forBox(random.prefix(4).reduce(0) { $0 << 8 | UInt32($1) })
    for path in [folder, "\(folder)/in", "\(folder)/root"] {
      // What is in the first is for the keeper alone; the box comes to the others by their mounts.
      guard mkdir(path, path == folder ? 0o700 : 0o755) == 0 else {
        let error = RuntimeError(SystemError("making \(path)"))
        Self.removeFolder(folder)
        throw error
      }
    }
    var absence: String?
    var made: ControlGroup?
    if plan.disabled.contains(.group) {
      absence = "switched off"
    } else {
      do throws(RuntimeError) {
        made = try ControlGroup(
          name,
          ControlGroup.Limits(
            memory: plan.limits.memory, processes: plan.limits.processes,
            processors: settings.processors), in: settings.groups)
      } catch {
        absence = error.message
      }
    }
    group = made
    groupAbsence = absence
    if made == nil, plan.required.contains(.group) {
      Self.removeFolder(folder)
      throw RuntimeError(
        .weak, "\(plan.runtime.name) needs a control group: \(absence ?? "there is none")")
    }
  }

  /// The user and the limits of a process that waits for its plan.
  func takeIn(_ process: Int32) throws(RuntimeError) {
    try group?.add(process)
    try user.write(for: process)
  }

  var layers: [BoxLayer] {
    [
      BoxLayer(.group, absence: groupAbsence),
      BoxLayer(
        .user,
        absence: user.isOwn
          ? nil : "the node may give a box no user of its own: it runs as the node's"),
    ]
  }

  /// When nobody is in it any more.
  func remove() {
    group?.remove()
    Self.removeFolder(folder)
  }

  /// Files that a box was given are the keeper's, so everything here is ours to remove.
  static func removeFolder(_ path: String) {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return }
    let name = String(path[path.utf8.index(after: slash)...])
    // What stays is removed at the next start.
    try? FolderHandle(String(path[..<slash])).remove(name)
  }
}

private func hex(_ byte: UInt8) -> String {
  String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
}
