import CBox
import Glibc
import IO

/// The control socket as the inside of a box sees it: blocking, on one thread.
/// Guard: confined to the box's one thread.
final class BoxChannel {
  private let socket: Int32
  private var decoder = BoxFrame.Decoder()
  private var piece = [UInt8](repeating: 0, count: 64 << 10)
  /// Descriptors that came and belong to the attempt that is to come.
  private(set) var descriptors: [Int32] = []

  init(_ socket: Int32) { self.socket = socket }

  /// Waits for the next frame; nil when the keeper is gone.
  func next() throws(RuntimeError) -> BoxFrame? {
    while true {
      if let frame = try decoder.next() { return frame }
      var received = [Int32](repeating: -1, count: Int(APUS_DESCRIPTORS))
      var number: Int32 = 0
      let count = apus_receive_descriptors(socket, &piece, piece.count, &received, &number)
      descriptors += received.prefix(Int(number))
      if count < 0 && errno == EINTR { continue }
      if count <= 0 { return nil }
      decoder.feed(piece[..<count])
    }
  }

  /// Two in one go, for which the keeper wakes once.
  func send(_ frame: BoxFrame, _ next: BoxFrame? = nil) throws(RuntimeError) {
    var bytes = frame.encoded()
    if let next { bytes += next.encoded() }
    var place = 0
    while place < bytes.count {
      let count = bytes[place...].withUnsafeBytes {
        Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else {
        throw RuntimeError(.lost, "the keeper of this box is gone")
      }
      place += count
    }
  }

  func closeDescriptors() {
    for descriptor in descriptors { close(descriptor) }
    descriptors = []
  }
}
