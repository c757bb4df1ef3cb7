import Calls
import Glibc

// A plugin of protoc: a CodeGeneratorRequest comes on standard input, the response goes to
// standard output. `protoc --plugin=protoc-gen-apus --apus_out=FOLDER FILES`

func readAll() -> [UInt8] {
  var input: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: 1 << 16)
  while true {
    let count = unsafe read(STDIN_FILENO, &chunk, chunk.count)
    if count <= 0 { return input }
    input += chunk[..<count]
  }
}

func writeAll(_ bytes: [UInt8]) -> Bool {
  var rest = bytes[...]
  while !rest.isEmpty {
    let count = unsafe rest.withUnsafeBytes {
      unsafe write(STDOUT_FILENO, $0.baseAddress, $0.count)
    }
    if count <= 0 { return false }
    rest = rest.dropFirst(count)
  }
  return true
}

func complain(_ text: String) -> Never {
  let line = Array("protoc-gen-apus: \(text)\n".utf8)
  _ = unsafe line.withUnsafeBytes { unsafe write(STDERR_FILENO, $0.baseAddress, $0.count) }
  exit(1)
}

do {
  let response = try Generator(readAll()).response()
  if !writeAll(response) { complain("cannot write the answer to protoc") }
} catch {
  complain("the request of protoc cannot be read: \(error)")
}
