import CNGHTTP2

/// Lends header fields to nghttp2, which copies them before it returns.
enum FrameFields {
  static func with<Result>(
    status: StatusCode?, _ headers: Headers,
    _ body: (UnsafeBufferPointer<nghttp2_nv>) -> Result
  ) -> Result {
    withUnsafeTemporaryAllocation(of: nghttp2_nv.self, capacity: headers.count + 1) { fields in
      var digits = statusDigits(status?.number ?? 0)
      return withUnsafeMutableBytes(of: &digits) { digits in
        statusName.withUnsafeBufferPointer { statusName in
          headers.withBytes { bytes, spans in
            var count = 0
            if status != nil {
              fields[0] = field(
                statusName.baseAddress, statusName.count,
                UnsafePointer(digits.assumingMemoryBound(to: UInt8.self).baseAddress), 3)
              count = 1
            }
            for index in headers.indices {
              let (name, value, end) = spans(index)
              fields[count] = field(
                bytes.baseAddress.unsafelyUnwrapped + name, value - name,
                bytes.baseAddress.unsafelyUnwrapped + value, end - value)
              count += 1
            }
            return body(UnsafeBufferPointer(rebasing: fields[0..<count]))
          }
        }
      }
    }
  }

  private static let statusName = Array(":status".utf8)

  private static func statusDigits(_ number: Int) -> (UInt8, UInt8, UInt8) {
    (
      UInt8(ascii: "0") + UInt8(number / 100 % 10), UInt8(ascii: "0") + UInt8(number / 10 % 10),
      UInt8(ascii: "0") + UInt8(number % 10)
    )
  }

  private static func field(
    _ name: UnsafePointer<UInt8>?, _ nameCount: Int, _ value: UnsafePointer<UInt8>?,
    _ valueCount: Int
  ) -> nghttp2_nv {
    // nghttp2 declares both as mutable and writes to neither.
    nghttp2_nv(
      name: UnsafeMutablePointer(mutating: name), value: UnsafeMutablePointer(mutating: value),
      namelen: nameCount, valuelen: valueCount, flags: UInt8(NGHTTP2_NV_FLAG_NONE.rawValue))
  }
}
