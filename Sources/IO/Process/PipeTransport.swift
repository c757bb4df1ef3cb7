import CSystem
import Glibc

/// Two pipes as one stream: the standard output of a child to read, its standard input to
/// write. A direction without a pipe has ended from the start.
/// Guard: confinement to `loop`.
package final class PipeTransport: Transport, @unchecked Sendable {
  /// One pipe on the loop. Edge-triggered.
  private final class End: ReadinessHandler {
    private(set) var descriptor: Int32
    var isReady = true
    private var waiter: UnsafeContinuation<Void, Never>?

    init(_ descriptor: Int32?) { self.descriptor = descriptor ?? -1 }

    func ready(_ events: Readiness) {
      isReady = true
      resume()
    }

    func wait() async {
      precondition(waiter == nil, "two tasks wait for one pipe")
      await withUnsafeContinuation { waiter = $0 }
    }

    func close(on loop: EventLoop) {
      guard descriptor >= 0 else { return }
      loop.unregister(descriptor)
      Glibc.close(descriptor)
      descriptor = -1
      resume()
    }

    private func resume() {
      guard let waiter else { return }
      self.waiter = nil
      waiter.resume()
    }
  }

  package let loop: EventLoop
  package let peer: SocketAddress
  private let reading: End
  private let writing: End
  private var isClosed = false

  /// Takes over non-blocking descriptors; closes them when it throws.
  package init(
    reading: Int32?, writing: Int32?, peer: SocketAddress, on loop: EventLoop
  ) throws(SystemError) {
    Signals.ignoreBrokenPipes()
    self.loop = loop
    self.peer = peer
    self.reading = End(reading)
    self.writing = End(writing)
    do throws(SystemError) {
      if let reading { try loop.register(reading, for: .read, self.reading) }
      if let writing { try loop.register(writing, for: .write, self.writing) }
    } catch {
      // Unregistering what never was registered is harmless.
      close()
      throw error
    }
  }

  package func read(_ body: (UnsafeRawBufferPointer) throws -> Void) async throws -> Bool {
    loop.checkIsCurrent("read")
    while true {
      if isClosed { throw Self.closed }
      if reading.descriptor < 0 { return false }
      if reading.isReady {
        switch try receive(body) {
        case .some(let isOpen): return isOpen
        case .none: continue
        }
      }
      await reading.wait()
    }
  }

  /// Nil when there was nothing after all.
  private func receive(_ body: (UnsafeRawBufferPointer) throws -> Void) throws -> Bool? {
    try loop.withScratch { scratch in
      let count = Glibc.read(reading.descriptor, scratch.baseAddress, scratch.count)
      if count > 0 {
        try body(UnsafeRawBufferPointer(rebasing: scratch[0..<count]))
        return true
      }
      if count == 0 { return false }
      switch errno {
      case EAGAIN: reading.isReady = false
      case EINTR: break
      default: throw SystemError("reading from \(peer)")
      }
      return nil
    }
  }

  package func offer(_ bytes: UnsafeRawBufferPointer) throws(SystemError) -> Int {
    loop.checkIsCurrent("offer")
    if isClosed { throw Self.closed }
    guard writing.descriptor >= 0 else {
      throw SystemError(.closed, "the input of \(peer) was ended on this side")
    }
    guard bytes.count > 0, writing.isReady else { return 0 }
    while true {
      let count = Glibc.write(writing.descriptor, bytes.baseAddress, bytes.count)
      if count >= 0 {
        if count < bytes.count { writing.isReady = false }
        return count
      }
      switch errno {
      case EAGAIN:
        writing.isReady = false
        return 0
      case EINTR: continue
      default: throw SystemError("writing to \(peer)")
      }
    }
  }

  package func writable() async throws(SystemError) {
    loop.checkIsCurrent("writable")
    while writing.descriptor >= 0 && !writing.isReady { await writing.wait() }
    if isClosed { throw Self.closed }
  }

  package func finish() async throws(SystemError) {
    loop.checkIsCurrent("finish")
    if isClosed { throw Self.closed }
    writing.close(on: loop)
  }

  package func close() {
    loop.checkIsCurrent("close")
    isClosed = true
    reading.close(on: loop)
    writing.close(on: loop)
  }

  private static let closed = SystemError(.closed, "the pipe was closed on this side")
}

extension Transport {
  /// Everything until the other side ends its direction. More than `limit` is an error.
  package func readAll(limit: Int) async throws -> [UInt8] {
    var bytes: [UInt8] = []
    while try await read({ bytes.append(contentsOf: $0) }) {
      guard bytes.count <= limit else {
        throw SystemError(
          .invalidInput, "\(peer) sent more than the \(limit) bytes allowed here")
      }
    }
    return bytes
  }
}
