import CNGHTTP2

/// Lends header fields to nghttp2, which copies them before it returns.
enum FrameFields {
  @inline(__always)
  static func with<Result>(
    status: StatusCode?, _ headers: borrowing Headers,
    _ body: (UnsafeBufferPointer<nghttp2_nv>) -> Result
  ) -> Result {
    withUnsafeTemporaryAllocation(of: nghttp2_nv.self, capacity: headers.count + 1) { fields in
      headers.withBytes { bytes, areLasting, spans in
        var count = 0
        if let status {
          let digits = statusDigits + 3 * min(max(status.number, 0), 999)
          fields[0] = field(statusName, 7, digits, 3, flags: Self.lasting)
          count = 1
        }
        let flags = areLasting ? Self.lasting : UInt8(NGHTTP2_NV_FLAG_NONE.rawValue)
        for index in 0..<headers.count {
          let (name, value, end) = spans(index)
          fields[count] = field(
            bytes.unsafelyUnwrapped + name, value - name, bytes.unsafelyUnwrapped + value,
            end - value, flags: flags)
          count += 1
        }
        return body(UnsafeBufferPointer(rebasing: fields[0..<count]))
      }
    }
  }

  /// nghttp2 need not copy what is never freed.
  private static let lasting =
    UInt8(NGHTTP2_NV_FLAG_NO_COPY_NAME.rawValue) | UInt8(NGHTTP2_NV_FLAG_NO_COPY_VALUE.rawValue)

  /// Guard: written once, before the first use, and never changed or freed.
  private nonisolated(unsafe) static let statusName = constant(Array(":status".utf8))
  /// Guard: the same.
  private nonisolated(unsafe) static let statusDigits = constant(
    (0...999).flatMap { (number: Int) -> [UInt8] in
      let digits = [number / 100, number / 10 % 10, number % 10]
      return digits.map { 0x30 + UInt8($0) }
    })

  private static func constant(_ bytes: [UInt8]) -> UnsafePointer<UInt8> {
    let constant = UnsafeMutablePointer<UInt8>.allocate(capacity: bytes.count)
    constant.initialize(from: bytes, count: bytes.count)
    return UnsafePointer(constant)
  }

  @inline(__always)
  private static func field(
    _ name: UnsafePointer<UInt8>, _ nameCount: Int, _ value: UnsafePointer<UInt8>,
    _ valueCount: Int, flags: UInt8
  ) -> nghttp2_nv {
    // nghttp2 declares both as mutable and writes to neither.
    nghttp2_nv(
      name: UnsafeMutablePointer(mutating: name), value: UnsafeMutablePointer(mutating: value),
      namelen: nameCount, valuelen: valueCount, flags: flags)
  }
}
