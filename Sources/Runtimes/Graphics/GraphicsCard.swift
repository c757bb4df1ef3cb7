/// A processor for graphics or numbers.
package struct GraphicsCard: Sendable, Equatable {
  /// Its place on the bus, as `0000:01:00.0`; by it two tellers mean the same card.
  package var address: String
  package var vendor: String
  package var model: String
  /// Bytes of its own memory; nil where nobody tells, as for those that use the machine's.
  package var memory: Int64?
  package var memoryUsed: Int64?
  /// Percent of its time, lately.
  package var use: Int?
  /// By which a container engine or a program names an NVIDIA card.
  package var uuid: String?
  /// What is opened to use it: `/dev/dri/renderD128`.
  package var devices: [String] = []

  package init(address: String, vendor: String, model: String) {
    self.address = address
    self.vendor = vendor
    self.model = model
  }
}
