import Apus

try await Node.run { node in
  print("\(node.id) serves \(node.addresses.joined(separator: ", ")); the page is \(node.web)")
}
