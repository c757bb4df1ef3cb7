import Primitives
import Testing

struct DurationTextTests {
  @Test(arguments: [
    ("0", Duration.zero, "0s"), ("30s", .seconds(30), "30s"),
    ("250ms", .milliseconds(250), "250ms"),
    ("1h30m", .seconds(5400), "1h30m"), ("1.5s", .milliseconds(1500), "1s500ms"),
    ("90m", .seconds(5400), "1h30m"), ("2d", .seconds(172_800), "2d"),
    ("7us", .microseconds(7), "7us"),
    ("0.000000001s", .nanoseconds(1), "1ns"), ("0.1us", .nanoseconds(100), "100ns"),
    ("106751d", .seconds(106_751 * 86_400), "106751d"),
  ])
  func `a duration is read and written exactly`(text: String, duration: Duration, written: String) {
    #expect(Duration(text: text) == duration)
    #expect(duration.text == written && Duration(text: written) == duration)
  }

  @Test(arguments: [
    "", "1", "s", "1x", "-1s", "1s1h", "1s1s", "1.s", ".5s", "1..5s", "1 s", "0.1ns", "106752d",
    "99999999999999999999s", "1sm", "١s", "1.0000000001s",
  ])
  func `what is no duration is refused`(text: String) {
    #expect(Duration(text: text) == nil)
  }
}

struct ByteSizeTests {
  @Test(arguments: [
    ("0", 0, "0"), ("512", 512, "512"), ("512B", 512, "512"), ("64MiB", 64 << 20, "64MiB"),
    ("10GB", 10_000_000_000, "10GB"), ("1.5KiB", 1536, "1536"), ("2kb", 2000, "2KB"),
    ("1tib", 1 << 40, "1TiB"), ("9223372036854775807", Int64.max, "9223372036854775807"),
  ])
  func `a size is read and written exactly`(text: String, bytes: Int64, written: String) {
    #expect(ByteSize(text) == ByteSize(bytes))
    #expect(ByteSize(bytes).description == written && ByteSize(written) == ByteSize(bytes))
  }

  @Test(arguments: [
    "", "MiB", "-1", "1.5", "1 MB", "1M", "1MiBB", "9223372036854775808", "9000000TiB", "0.0001KiB",
  ])
  func `what is no size is refused`(text: String) {
    #expect(ByteSize(text) == nil)
  }

  @Test(arguments: [
    (0, "0 B"), (1023, "1023 B"), (1536, "1.5 KiB"), (1 << 20, "1 MiB"), (1_234_567_890, "1.1 GiB"),
    (200 << 20 + 5, "200 MiB"),
  ])
  func `a rounded size has at most one decimal`(bytes: Int64, text: String) {
    #expect(ByteSize(bytes).rounded == text)
  }
}

struct SpellingTests {
  @Test(arguments: [
    ("", "", 0), ("a", "", 1), ("kitten", "sitting", 3), ("listen", "lisetn", 1), ("ab", "ba", 1),
    ("abc", "abc", 0), ("é", "e", 1),
  ])
  func `the distance counts edits and swaps of neighbours`(
    left: String, right: String, distance: Int
  ) {
    #expect(Spelling.distance(left, right) == distance)
    #expect(Spelling.distance(right, left) == distance)
  }

  @Test(arguments: [
    ("stauts", "status"), ("dwon", "down"), ("conf", "config"), ("LISTEN", "listen"), ("x", nil),
    ("banana", nil), ("u", "up"), ("q", nil), ("statussssss", nil),
  ])
  func `the nearest name is named only when it is near`(name: String, nearest: String?) {
    #expect(
      Spelling.nearest(to: name, among: ["up", "down", "status", "config", "listen"]) == nearest)
  }

  @Test func `an endless name is not compared`() {
    #expect(Spelling.nearest(to: String(repeating: "a", count: 100_000), among: ["up"]) == nil)
    #expect(Spelling.hint(for: "stat", among: ["status"], quote: "'") == "; did you mean 'status'?")
  }

  @Test func `base64 is that of RFC 4648 without padding, read with it too`() {
    let texts = ["", "Zg", "Zm8", "Zm9v", "Zm9vYg", "Zm9vYmE", "Zm9vYmFy"]
    for (count, text) in texts.enumerated() {
      let bytes = Array("foobar".utf8.prefix(count))
      #expect(Base64.encode(bytes) == text)
      #expect(Base64.decode(text) == bytes)
    }
    #expect(Base64.decode("Zg==") == Array("f".utf8))
    #expect(Base64.decode("Zh") == nil)
    #expect(Base64.decode("Z") == nil)
  }
}
