/// Knows something without keeping it: where two things know each other.
struct Weak<Object: AnyObject & Sendable>: Sendable {
  weak var object: Object?
}
