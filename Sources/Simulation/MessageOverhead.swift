/// What the wire adds to a message that travels alone over TLS 1.3 and TCP, so that byte counts
/// of the simulator are those of a network card.
package enum MessageOverhead {
  /// TLS record: header 5, content type 1, tag 16 (RFC 8446 5.2).
  package static let record = 22
  /// The largest record's content (RFC 8446 5.1).
  package static let recordContent = 16_384
  /// IPv4 header 20, TCP header 20, time stamps option 12.
  package static let segment = 52
  /// What a segment carries on Ethernet: 1500 less the headers above.
  package static let segmentContent = 1_448
  /// The other side acknowledges every second segment, and a single one after a while; its
  /// bytes are counted here, with the message that caused them.
  package static let acknowledgement = 52

  /// Bytes on the wire, link framing (which is the message's own affair) not included.
  package static func bytes(ofMessage size: Int) -> Int {
    if size <= segmentContent - record { return size + record + segment + acknowledgement }
    let records = (size + recordContent - 1) / recordContent
    let content = size + records * record
    let segments = (content + segmentContent - 1) / segmentContent
    return content + segments * segment + (segments + 1) / 2 * acknowledgement
  }
}
