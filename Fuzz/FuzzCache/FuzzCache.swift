import Glibc
import Primitives
import Runtimes
import Security

/// What somebody put into the folder of compiled modules, which are machine code: only what this
/// node sealed, under the name that it was sealed for, ever comes out.
///
/// The first byte says what is done to a good file: it is replaced, or changed at places, cut, made
/// longer, given another name.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzCache(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = unsafe Array(UnsafeBufferPointer(start: start, count: count))
  guard let kind = bytes.first else { return 0 }
  let body = Array(bytes.dropFirst())
  var file = folder.good
  switch kind % 4 {
  case 0: file = body
  case 1: for byte in body { file[Int(byte) % file.count] ^= byte | 1 }
  case 2: file = file.dropLast(body.count % file.count) + []
  default: file += body
  }
  let isGood = file == folder.good
  let name = kind & 0x80 == 0 || !isGood ? folder.name : Digest.sha256(of: body)
  folder.write(file, as: name)
  let image = folder.seals.read(name)
  precondition(
    (image != nil) == (isGood && name == folder.name), "a file came out that nobody sealed")
  if let image {
    precondition((try? image.bytes) == folder.code, "a sealed file came out changed")
  } else {
    precondition(!folder.has(name), "a file that is no good stayed")
  }
  return 0
}

private let folder = Folder()

private struct Folder {
  let path: String
  let seals: WasmSeals
  let name = Digest.sha256(of: [1])
  let code = Array(UInt8(0)..<200)
  let good: [UInt8]

  init() {
    var template = Array("/tmp/apus-fuzz-cache-XXXXXX".utf8CString)
    guard unsafe mkdtemp(&template) != nil else { fatalError("no folder") }
    path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    do {
      let seals = try WasmSeals(
        folder: path, key: SecretBytes.random(count: 32), limit: 1 << 20, fileLimit: 1 << 16)
      self.seals = seals
      let image = try SealedImage(code)
      precondition(seals.write(name, image))
    } catch {
      fatalError("\(error)")
    }
    good = Self.read("\(path)/\(name)")
    precondition(good.count == code.count + 32)
  }

  func write(_ bytes: [UInt8], as name: Digest) {
    let file = unsafe open("\(path)/\(name)", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    defer { close(file) }
    precondition(unsafe Glibc.write(file, bytes, bytes.count) == bytes.count)
  }

  func has(_ name: Digest) -> Bool { unsafe access("\(path)/\(name)", F_OK) == 0 }

  private static func read(_ path: String) -> [UInt8] {
    let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = unsafe Glibc.read(file, &bytes, bytes.count)
    return Array(bytes.prefix(max(0, count)))
  }
}
