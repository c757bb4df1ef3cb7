/// The words after `scenarios`.
struct RunnerOptions: Sendable {
  var isLong = false
  var isListing = false
  var isTracing = false
  var seed: UInt64?
  /// Names of scenarios; empty is all.
  var only: [String] = []
  var threads: Int?

  static let usage = """
    scenarios [--long] [--seed N] [--only NAME]... [--list] [--trace] [--threads N]

      --long       the number of seeds that the promises name, not the short form's
      --seed N     this seed alone
      --only NAME  this scenario (repeat for more)
      --list       say what there is
      --trace      print every event; with --only and --seed
      --threads N  seeds that run at once (default: one a core)
    """

  init(_ words: [String]) throws(BrokenPromise) {
    var rest = words[...]
    while let word = rest.popFirst() {
      switch word {
      case "--long": isLong = true
      case "--list": isListing = true
      case "--trace": isTracing = true
      case "--seed":
        guard let text = rest.popFirst(), let number = UInt64(text) else {
          throw BrokenPromise("--seed wants a number")
        }
        seed = number
      case "--threads":
        guard let text = rest.popFirst(), let number = Int(text), number > 0 else {
          throw BrokenPromise("--threads wants a number above 0")
        }
        threads = number
      case "--only":
        guard let name = rest.popFirst() else { throw BrokenPromise("--only wants a name") }
        only.append(name)
      default: throw BrokenPromise("\(word) is unknown:\n\(Self.usage)")
      }
    }
    if isTracing, only.count != 1 || seed == nil {
      throw BrokenPromise("--trace wants one scenario and one seed: add --only and --seed")
    }
  }
}
