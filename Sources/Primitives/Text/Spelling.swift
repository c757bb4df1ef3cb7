/// Finds the name somebody meant.
package enum Spelling {
  /// Longer names are not compared: the work grows with the square.
  static let longest = 64

  /// Insertions, deletions, substitutions and swaps of neighbours that turn one into the other.
  package static func distance(_ left: String, _ right: String) -> Int {
    let left = Array(left.unicodeScalars)
    let right = Array(right.unicodeScalars)
    var older: [Int] = []
    var previous = Array(0...right.count)
    for row in 0..<left.count {
      var current = [row + 1]
      for column in 0..<right.count {
        let isSame = left[row] == right[column]
        var cost = min(
          previous[column] + (isSame ? 0 : 1), previous[column + 1] + 1, current[column] + 1)
        if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
          cost = min(cost, older[column - 1] + 1)
        }
        current.append(cost)
      }
      older = previous
      previous = current
    }
    return previous[right.count]
  }

  /// The known name that is near enough to be meant: a third of its letters may differ, or it
  /// goes on where a word of at least three letters ends.
  package static func nearest(to name: String, among known: some Sequence<String>) -> String? {
    guard name.unicodeScalars.count <= longest else { return nil }
    var best: (name: String, distance: Int)?
    for candidate in known where candidate.unicodeScalars.count <= longest {
      var distance = distance(name.lowercased(), candidate.lowercased())
      if name.count >= 3, candidate.hasPrefix(name) { distance = min(distance, 1) }
      let allowed = max(1, max(name.count, candidate.count) / 3)
      // A name of one or two letters is near to everything.
      guard distance <= allowed, distance < candidate.count else { continue }
      if distance < best?.distance ?? .max { best = (candidate, distance) }
    }
    return best?.name
  }

  /// `; did you mean up?`, or nothing.
  package static func hint(
    for name: String, among known: some Sequence<String>, quote: String = ""
  ) -> String {
    guard let nearest = nearest(to: name, among: known) else { return "" }
    return "; did you mean \(quote)\(nearest)\(quote)?"
  }
}
