/// A place that departs from a rule.
struct Finding: CustomStringConvertible, Equatable {
  var path: String
  var line: Int
  var what: String

  var description: String { "\(path):\(line): \(what)" }
}
