/// What this program is called among its kind.
public enum Version {
  /// Semantic versioning of the whole: program, library and protocol.
  public static let current = "0.1.0"
}
