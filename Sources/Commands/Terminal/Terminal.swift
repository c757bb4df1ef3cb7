import Apus
import Glibc
import Primitives

/// What is at the other end of a descriptor: a person, or another program.
package struct Terminal: Sendable, Equatable {
  package var isTerminal: Bool
  /// Columns; 80 where nobody says.
  package var width: Int
  package var usesColours: Bool

  package init(isTerminal: Bool, width: Int = 80, usesColours: Bool = false) {
    self.isTerminal = isTerminal
    self.width = width
    self.usesColours = usesColours
  }

  /// Not a terminal: no colours, and lines as long as they are.
  package static let none = Terminal(isTerminal: false)

  /// Looks at a descriptor. COLUMNS goes before what the terminal says; see https://no-color.org
  /// for NO_COLOR.
  package static func detect(_ descriptor: Int32, environment: [String: String]) -> Terminal {
    guard isatty(descriptor) == 1 else { return .none }
    return Terminal(
      isTerminal: true, width: width(descriptor, environment),
      usesColours: ColourRule.allows(isTerminal: true, environment: environment))
  }

  private static func width(_ descriptor: Int32, _ environment: [String: String]) -> Int {
    if let columns = environment["COLUMNS"].flatMap({ Int($0) }), (20...10_000).contains(columns) {
      return columns
    }
    var size = winsize()
    let status = unsafe ioctl(descriptor, UInt(TIOCGWINSZ), &size)
    return status == 0 && size.ws_col >= 20 ? Int(size.ws_col) : 80
  }

  package enum Style: String, Sendable {
    case bold = "1"
    case dim = "2"
    case red = "31"
    case green = "32"
    case yellow = "33"
    case cyan = "36"
  }

  /// The text in a colour, where there are colours.
  package func styled(_ text: String, _ style: Style) -> String {
    usesColours && !text.isEmpty ? "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m" : text
  }
}
