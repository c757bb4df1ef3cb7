import Primitives

/// A container of attempts, while there is one.
final class LiveContainer: Sendable {
  /// What the engine calls it.
  let name: String
  let since = WallTime.now()
  let home: ContainerHome
  let key: KeptContainers<LiveContainer>.Key
  let image: ContainerEngine.Image
  let isKept: Bool
  /// Why it is being ended.
  let doom = Locked<Ending?>(nil)
  /// Nil while it waits for another attempt.
  let work = Locked<Boxes.Work?>(nil)
  let attempts = Locked(0)
  let process = Locked<Int32?>(nil)
  let meter = Locked<ContainerMeter?>(nil)

  init(
    _ home: ContainerHome, _ key: KeptContainers<LiveContainer>.Key,
    _ image: ContainerEngine.Image, isKept: Bool
  ) {
    name = "apus-\(home.name)"
    self.home = home
    self.key = key
    self.image = image
    self.isKept = isKept
  }

  /// It is this attempt's until its work is nil again.
  func begin(_ attempt: Attempt) {
    work.withLock { $0 = Boxes.Work(program: attempt.program, since: .now()) }
    attempts.withLock { $0 += 1 }
  }

  /// What it counted so far, where that can be read.
  var reading: ContainerMeter.Reading {
    meter.withLock { $0 }?.reading ?? ContainerMeter.Reading()
  }
}
