import Calls
import Primitives
import Testing

@testable import Mesh

@Suite struct TopicWireTests {
  private func position(_ sequence: UInt64) -> TopicsV1.Position {
    TopicsV1.Position {
      $0.publisher = [UInt8](repeating: 7, count: 32)
      $0.boot = 1
      $0.sequence = sequence
    }
  }

  private func publication(_ sequence: UInt64, floor: UInt64 = 0) -> TopicsV1.Publication {
    TopicsV1.Publication {
      $0.position = position(sequence)
      $0.isKept = true
      $0.floor = floor
    }
  }

  private func delivery(
    _ sequence: UInt64, after: UInt64 = 0, acknowledged: UInt64 = 0
  ) -> TopicsV1.HeldDelivery {
    TopicsV1.HeldDelivery {
      $0.position = position(sequence)
      $0.after = after
      $0.acknowledged = acknowledged
    }
  }

  private func decode(_ choice: TopicsV1.TopicMessage.MessageChoice) throws {
    let bytes = TopicsV1.TopicMessage {
      $0.topic = "t"
      $0.message = choice
    }.encoded()
    _ = try TopicMessage.decode(bytes)
  }

  @Test func `numbers that no stream reaches are refused`() throws {
    let most = TopicPosition.highest
    try decode(.publish(publication(most, floor: most)))
    try decode(.accepted(position(0)))
    let wrong: [TopicsV1.TopicMessage.MessageChoice] = [
      .publish(publication(0)), .publish(publication(most + 1)),
      .publish(publication(1, floor: .max)), .accepted(position(.max)),
      .behind(position(most + 1)), .deliver(delivery(0)), .deliver(delivery(1, after: .max)),
      .deliver(delivery(1, acknowledged: most + 1)),
      .copy(TopicsV1.Copy { $0.messages = [publication(0)] }),
      .copy(TopicsV1.Copy { $0.messages = [publication(.max)] }),
      .copy(TopicsV1.Copy { $0.streams = [position(.max)] }),
      .acknowledge(TopicsV1.Acknowledgement { $0.position = position(.max) }),
    ]
    for choice in wrong {
      let error = #expect(throws: NetworkError.self) { try self.decode(choice) }
      #expect(error?.code == .violation, "\(choice)")
    }
  }
}
