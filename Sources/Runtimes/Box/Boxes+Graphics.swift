import Glibc
package import IO
import Primitives

// GPUs of attempts.
extension Boxes {
  /// Gives `body` the attempt with the cards that it asks for, which are its own until `body` ends.
  func withCards(
    _ attempt: Attempt, _ body: (Attempt) async throws(RuntimeError) -> AttemptResult
  ) async throws(RuntimeError) -> AttemptResult {
    guard let wish = attempt.graphics else { return try await body(attempt) }
    guard attempt.runtime == .process || attempt.runtime == .container else {
      throw RuntimeError(
        .refused, "\(attempt.runtime.name) uses no GPUs: programs and containers do")
    }
    let found = await home.run { [settings, home] in await settings.graphics(home) }
    let claim = try state.withLock { (state) throws(RuntimeError) in
      _ = state.claims.update(found.filter { !GraphicsGrant.devices(of: $0).isEmpty })
      return try state.claims.claim(wish)
    }
    defer { state.withLock { $0.claims.release(claim.number) } }
    var attempt = attempt
    attempt.cards = claim.cards
    let devices = settings.devices(for: claim.cards)
    try await Box.blocking { () throws(RuntimeError) in
      for device in devices { try Self.checkAccess(device.source) }
    }
    return try await body(attempt)
  }

  /// A box's user is nobody to the machine, so a device must be everybody's.
  private static func checkAccess(_ path: String) throws(RuntimeError) {
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & 0o006 == 0o006 else {
      throw RuntimeError(
        .refused,
        "a box may not use \(path), which is not everybody's: a rule of udev with MODE=\"0666\", "
          + "or chmod o+rw until the next start, gives it to boxes")
    }
  }
}

extension BoxSettings {
  /// What there is of what these cards are used through.
  func devices(for cards: [GraphicsCard]) -> [BoxPlan.Bind] {
    GraphicsGrant(cards).devices.filter { access(deviceRoot + $0, F_OK) == 0 }
      .map { BoxPlan.Bind(deviceRoot + $0, at: $0, isOptional: false) }
  }
}

extension GraphicsCards {
  /// Asks the kernel, and NVIDIA's program where there is one.
  package static func ofThisMachine(_ loop: EventLoop) async -> [GraphicsCard] {
    let answer = await answer(on: loop)
    do throws(RuntimeError) {
      return try await Box.blocking { all(answer: answer) }
    } catch {
      return []
    }
  }

  /// Nil where it is not there, fails or takes too long.
  private static func answer(on loop: EventLoop) async -> String? {
    var command = Command(
      "nvidia-smi", question,
      environment: ["PATH": "/usr/bin:/bin:/usr/local/bin", "LC_ALL": "C"])
    command.output = .pipe
    let wanted = command
    do {
      let bytes = try await ChildProcess.running(
        wanted, on: loop, grace: .milliseconds(200)
      ) { child in
        let timer = loop.schedule(after: Limits.answerTime) { child.send(.kill) }
        defer { loop.cancel(timer) }
        return try await child.stream?.readAll(limit: Limits.answerBytes) ?? []
      }
      return String(decoding: bytes, as: UTF8.self)
    } catch {
      return nil
    }
  }
}
