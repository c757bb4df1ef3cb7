import Foundation
import Testing

@testable import Calls

/// Bytes that protoc wrote from the text beside them.
enum Vectors {
  static func bytes(_ name: String) throws -> [UInt8] {
    let file = Bundle.module.bundleURL.appendingPathComponent("Vectors/\(name).bin")
    return Array(try Data(contentsOf: file))
  }
}

extension SampleV1.Everything {
  /// What everything.txtpb says.
  static let full = SampleV1.Everything { it in
    it.fillScalars()
    it.fillRepeated()
    it.texts = ["one": "1", "": ""]
    it.leavesByNumber = [-5: SampleV1.Leaf { $0.text = "minus five" }]
    it.coloursByTruth = [true: .red, false: SampleV1.Colour(rawValue: 77)]
    it.bytesByNumber = [-9: Array("nine".utf8)]
    it.choice = .choiceNumber(0)
    it.child = SampleV1.Everything {
      $0.int32 = 1
      $0.child = SampleV1.Everything {
        $0.int32 = 2
        $0.choice = .choiceEverything(SampleV1.Everything { $0.int32 = 3 })
      }
    }
    it.children = [
      SampleV1.Everything { $0.choice = .choiceText("") },
      SampleV1.Everything { $0.choice = .choiceLeaf(SampleV1.Leaf { $0.number = 9 }) },
    ]
  }

  private mutating func fillScalars() {
    double = -0.0
    float = 1.5
    int32 = .min
    int64 = .min
    uint32 = .max
    uint64 = .max
    sint32 = .min
    sint64 = .min
    fixed32 = .max
    fixed64 = .max
    sfixed32 = -1
    sfixed64 = .min
    bool = true
    string = "Grüße, 世界 🌍"
    bytes = [0, 1, 255]
    colour = .negative
    leaf = SampleV1.Leaf {
      $0.number = 7
      $0.text = "seven"
      $0.list = [1, 128, -1]
    }
    optionalNumber = 0
    optionalText = ""
    optionalBytes = []
    optionalColour = .unspecified
    optionalLeaf = SampleV1.Leaf()
    optionalDouble = .infinity
  }

  private mutating func fillRepeated() {
    doubles = [0, 1, -1e300]
    floats = [0.5, 3.4e38]
    sint64s = [0, -1, 1, .max]
    fixed32s = [1, 2, 3]
    bools = [true, false]
    colours = [.red, .negative, SampleV1.Colour(rawValue: 99)]
    strings = ["", "a", "bb"]
    manyBytes = [[], [255]]
    leaves = [SampleV1.Leaf(), SampleV1.Leaf { $0.number = 1 }]
    unpacked = [1, -1, 300]
  }
}
