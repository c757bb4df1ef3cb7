import Primitives
import Testing

struct JSONTests {
  @Test(arguments: [
    ("null", JSON.null), ("true", true), (" [1, -2 ,3.5]\n", .array([1, -2, 3.5])),
    (#"{"b":{},"a":[]}"#, .object(["b": [:], "a": []])),
    (#""\u00e9\ud83d\ude00\n\/""#, "é😀\n/"),
    ("9223372036854775807", .integer(.max)), ("-9223372036854775808", .integer(.min)),
    ("1e2", 100.0), ("-0", .number(-0.0)), ("0.1", 0.1), ("1E-2", 0.01),
  ])
  func `what RFC 8259 allows is read, and written so that it reads the same`(
    text: String, expected: JSON
  ) throws {
    let value = try JSON.parse(text)
    #expect(value == expected)
    #expect(try JSON.parse(value.text) == expected)
    #expect(try JSON.parse(value.pretty) == expected)
  }

  @Test(arguments: [
    ("", 1, 1, "missing"), ("[1,]", 1, 4, "begin"), ("[1 2]", 1, 4, "','"),
    (#"{"a":1,}"#, 1, 8, "name"), (#"{"a" 1}"#, 1, 6, "':'"), (#"{a:1}"#, 1, 2, "quotes"),
    ("{\n  \"a\": 1,\n  \"a\": 2}", 3, 3, "twice"), ("01", 1, 1, "zero"), ("-", 1, 2, "digit"),
    ("1.", 1, 3, "digit"), (".5", 1, 1, "begin"), ("+1", 1, 1, "begin"), ("1e", 1, 3, "exponent"),
    ("1e999", 1, 1, "too large"), ("9223372036854775808", 1, 1, "64 bits"), ("NaN", 1, 1, "begin"),
    ("tru", 1, 1, "true"), ("1 1", 1, 3, "behind"), ("\"a", 1, 1, "closing"),
    ("\"\t\"", 1, 2, "control"), (#""\x""#, 1, 3, "escape"), (#""\u12g4""#, 1, 6, "hexadecimal"),
    (#""\ud800""#, 1, 2, "surrogate"), (#""\udc00\ud800""#, 1, 2, "surrogate"),
    (#""\ud800\u0041""#, 1, 2, "surrogate"), ("\u{FEFF}1", 1, 1, "begin"), ("'a'", 1, 1, "begin"),
  ])
  func `what it forbids is refused at its place`(
    text: String, line: Int, column: Int, part: String
  ) throws {
    let error = #expect(throws: TextError.self) { try JSON.parse(text) }
    #expect(error?.line == line && error?.column == column, "\(String(describing: error))")
    #expect(error?.message.contains(part) == true, "\(String(describing: error))")
  }

  @Test(
    arguments: [
      [0x22, 0xFF, 0x22], [0x22, 0xC0, 0x80, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22],
      [0x22, 0xF4, 0x90, 0x80, 0x80, 0x22], [0x22, 0xE2, 0x82, 0x22],
    ] as [[UInt8]])
  func `a text that is not UTF-8 is refused`(bytes: [UInt8]) {
    let error = #expect(throws: TextError.self) { try JSON.parse(bytes) }
    #expect(error?.message.contains("UTF-8") == true)
  }

  @Test func `the limits hold exactly`() throws {
    var limits = JSON.Limits()
    limits.depth = 3
    limits.bytes = 10
    #expect(try JSON.parse("[[[1]]]", limits: limits) == [[[1]]])
    #expect(throws: TextError.self) { try JSON.parse("[[[[]]]]", limits: limits) }
    #expect(try JSON.parse("[[],[[]]] ", limits: limits) == [[], [[]]])
    #expect(throws: TextError.self) { try JSON.parse("[[],[[]]]  ", limits: limits) }
  }

  @Test func `a hostile depth is an error and not a crash`() {
    let bytes = [UInt8](repeating: UInt8(ascii: "["), count: 1 << 20)
    #expect(throws: TextError.self) { try JSON.parse(bytes) }
  }

  @Test(arguments: 0..<8) func `whatever is read from mutated bytes is written and read alike`(
    seed: UInt64
  ) throws {
    let original = Array(
      #"{"a":[1,-2.5e3,true,null,"x\u00e9\ud83d\ude00é"],"b":{"c":{}},"d":0}"#.utf8)
    let alphabet = Array(#"[]{}:,"\ue0129.-+tnf "#.utf8)
    var random = SplitMix(seed: seed)
    var read = 0
    for _ in 0..<1_000 {
      let bytes = random.mutate(original, alphabet: alphabet)
      guard let value = try? JSON.parse(bytes) else { continue }  // Refusing is right, too.
      read += 1
      #expect(try JSON.parse(value.bytes) == value, "seed \(seed): \(bytes)")
    }
    #expect(read > 10)
  }

  @Test func `every beginning of a value is refused`() {
    let bytes = Array(#"{"a":[1,"\u00e9",true]}"#.utf8)
    for end in 0..<bytes.count {
      #expect(throws: TextError.self) { try JSON.parse(Array(bytes[..<end])) }
    }
  }

  @Test func `numbers that are not finite become null, and control characters escapes`() {
    #expect(
      JSON.array([.number(.nan), .number(-.infinity), 1.0, 1e300]).text == "[null,null,1.0,1e+300]")
    #expect(JSON.string("\u{1B}[0m\u{7F}\"\\\n").text == #""\u001b[0m\u007f\"\\\n""#)
  }

  @Test func `pretty text has a member a line`() {
    let value: JSON = ["a": [1, 2], "b": [:], "c": []]
    #expect(value.pretty == "{\n  \"a\": [\n    1,\n    2\n  ],\n  \"b\": {},\n  \"c\": []\n}")
  }
}

struct JSONObjectTests {
  @Test(arguments: [3, 8, 9, 40])
  func `members keep their order while they are set and removed`(count: Int) {
    var object = JSONObject()
    for number in 0..<count { object["m\(number)"] = .integer(Int64(number)) }
    object["m1"] = nil
    object["m0"] = "first"
    object["m1"] = "last"
    #expect(object.names == ["m0"] + (2..<count).map { "m\($0)" } + ["m1"])
    #expect(object["m0"] == "first" && object["m2"] == 2 && object["m1"] == "last")
    #expect(!object.insert(1, for: "m2") && object.count == count)
  }

  @Test func `two objects are equal whatever their order`() {
    #expect(JSON.object(["a": 1, "b": 2]) == JSON.object(["b": 2, "a": 1]))
    #expect(JSON.object(["a": 1, "b": 2]) != JSON.object(["a": 1, "c": 2]))
  }
}

struct JSONFieldTests {
  private let root = JSONField([
    "name": "x", "port": 70000, "nodes": [["id": 1], ["id": "two"]], "none": .null,
  ])

  @Test func `members are read with their types`() throws {
    #expect(try root.field("name").string() == "x")
    #expect(try root.optional("none") == nil && root.optional("absent") == nil)
    #expect(try root.field("nodes").elements()[0].field("id").integer(in: 1...1) == 1)
  }

  @Test func `an error names the member and what was expected`() throws {
    #expect(throws: JSONError(path: "nodes[1].id", message: "must be an integer, not a text")) {
      try root.field("nodes").elements()[1].field("id").integer()
    }
    #expect(throws: JSONError(path: "port", message: "must be from 1 to 65535, not 70000")) {
      try root.field("port").integer(in: 1...65535)
    }
    #expect(throws: JSONError(path: "absent", message: "is missing")) { try root.field("absent") }
  }

  @Test func `an unknown member is refused with the nearest name`() {
    #expect(throws: JSONError(path: "nodes", message: "is not known here; did you mean node?")) {
      try root.refuseOthers(than: ["name", "port", "none", "node"])
    }
  }

  @Test func `durations are seconds, times RFC 3339 and absent values null`() {
    #expect(Duration.seconds(90).json == 90 && Duration.milliseconds(1500).json == 1.5)
    #expect(WallTime(nanoseconds: 0).json == "1970-01-01T00:00:00.000Z")
    #expect((nil as String?).json == .null && ["a"].json == ["a"] && ByteSize(5).json == 5)
  }
}
