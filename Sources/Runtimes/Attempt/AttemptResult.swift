/// What became of an attempt.
package struct AttemptResult: Sendable, Equatable {
  package struct File: Sendable, Equatable {
    /// Below the folder of results.
    package var path: String
    package var size: Int64
    package var isExecutable: Bool

    package init(path: String, size: Int64, isExecutable: Bool) {
      self.path = path
      self.size = size
      self.isExecutable = isExecutable
    }
  }

  package var ending: Ending
  package var output: [UInt8] = []
  package var errors: [UInt8] = []
  package var files: [File] = []
  package var usage = Usage()

  package init(_ ending: Ending) { self.ending = ending }
}
