/// Whether the machine has mains power, as `/sys/class/power_supply` tells it.
enum PowerSupply {
  /// Nil when the folder cannot be read: nobody knows then. A machine without any supply in it has
  /// no battery it could run on.
  static func hasMains(in folder: String) -> Bool? {
    guard let names = ControlFile.namesIfReadable(in: folder) else { return nil }
    var drains = false
    for name in names {
      let read = { (file: String) in
        (ControlFile.read("\(folder)/\(name)/\(file)") ?? "").filter { !$0.isWhitespace }
      }
      switch read("type") {
      case "Mains", "USB", "Wireless":
        if read("online") == "1" { return true }
      case "Battery", "UPS":
        // That of a mouse says nothing of the machine.
        if read("scope") != "Device", read("status") == "Discharging" { drains = true }
      default: continue
      }
    }
    return !drains
  }
}
