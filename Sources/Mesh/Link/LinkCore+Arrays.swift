package import Primitives

// The byte calls with arrays instead of lent memory: for whoever has no sockets under it.
extension LinkCore {
  package mutating func offer(_ bytes: [UInt8], on lane: Int) -> Int {
    bytes.withUnsafeBytes { offer($0, on: lane) }
  }

  package mutating func receive(
    _ bytes: some Collection<UInt8>, on number: CarrierNumber, now: Instant,
    deliver: (_ lane: Int, [UInt8]?) -> Void
  ) -> [Action] {
    Array(bytes).withUnsafeBytes { bytes in
      var rest = bytes
      var actions: [Action] = []
      repeat {
        actions += receive(&rest, on: number, now: now) { deliver($0, $1.map { Array($0) }) }
      } while !rest.isEmpty
      return actions
    }
  }

  /// At most `room` of the bytes that the carrier shall take now.
  package mutating func output(
    on number: CarrierNumber, room: Int = .max, now: Instant
  ) -> [UInt8] {
    var taken: [UInt8] = []
    _ = output(on: number, now: now) { bytes in
      let count = min(bytes.count, room - taken.count)
      taken.append(contentsOf: bytes[..<count])
      return count
    }
    return taken
  }
}
