import Blobs
import HTTP
import Mesh
import Primitives

/// What a person types for a file, and what a browser says in the headers of one. The first byte
/// picks a reader.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzFileWords(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let input = unsafe Array(UnsafeBufferPointer(start: start, count: count))
  guard let kind = input.first else { return 0 }
  let text = String(decoding: input.dropFirst(), as: UTF8.self)
  switch kind % 5 {
  case 0: readReference(text)
  case 1: readRanges(text)
  case 2: readMetadata(text)
  case 3: readNames(text)
  default: readConditions(text)
  }
  return 0
}

private func readReference(_ text: String) {
  do throws(BlobError) {
    switch try FileReference(text) {
    case .id(let id): precondition(ShareID(id.description) == id, "an id has two forms")
    case .link(let secret):
      precondition(!secret.utf8.contains(UInt8(ascii: "/")), "a secret goes on behind a slash")
      if let secret = LinkSecret(text: secret) {
        precondition(LinkSecret(text: secret.text)?.id == secret.id, "a secret has two forms")
        precondition(!"\(secret)".contains(secret.text), "a secret is told")
      }
    case .text(let owner, let name):
      let told = (owner.map { $0 + "/" } ?? "") + name
      precondition(told.utf8.elementsEqual(text.utf8), "a part of what was typed is lost")
      precondition(!FileReference.isPrefix(name) || name.utf8.count >= 4, "too short for an id")
    }
  } catch {
    precondition(!error.message.isEmpty, "an error says nothing")
  }
}

private func readRanges(_ text: String) {
  for length in [0, 1, 10, 1 << 20, Int(Manifest.sizeLimit)] {
    guard case .parts(let parts) = ByteRanges(text, length: length) else { continue }
    precondition((1...ByteRanges.partLimit).contains(parts.count), "too many parts")
    precondition(
      parts.allSatisfy { !$0.isEmpty && $0.lowerBound >= 0 && $0.upperBound <= length },
      "a part of what is not there")
  }
}

private func readMetadata(_ text: String) {
  if let number = Tus.number(text) { precondition(number >= 0, "less than nothing is uploaded") }
  // What is none is an error for whoever sent it.
  guard let found = try? Tus.metadata(text) else { return }
  for value in found.values {
    precondition(value.unicodeScalars.allSatisfy { $0.value >= 32 }, "a control character came in")
  }
}

private func readNames(_ text: String) {
  let name = Share.name(from: text)
  precondition(
    Share.isName(name) && (1...255).contains(name.utf8.count), "what was made a name is none")
  precondition(!Share.isName(text) || text.utf8.count > 255 || text.isEmpty || name == text)
  var query = ShareQuery()
  query.prefix = text
  query.words = text.split(separator: " ").map(String.init)
  // Too much at once is an error for whoever asked.
  guard (try? query.check()) != nil else { return }
  for term in query.terms {
    precondition(term.keys.contains(term.keys.lower), "a term without keys")
  }
  let words = ShareTerm.words(of: text)
  precondition(words.count <= ShareTerm.words && !words.contains(""), "words without end")
}

/// Each line a header's value.
private func readConditions(_ text: String) {
  let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  var headers = Headers()
  let names = ["if-match", "if-none-match", "if-range", "if-modified-since", "range"]
  for (name, value) in zip(names, lines)
  where value.utf8.allSatisfy({ $0 >= 32 && $0 < 127 }) && !value.isEmpty {
    headers.set(name, value)
  }
  let request = RequestHead(target: "/", headers: headers)
  let validators = Validators(
    tag: EntityTag("ab"), modified: WallTime(nanoseconds: 784_111_777_000_000_000))
  let verdict = Conditions.evaluate(request, validators)
  precondition(
    verdict != .notModified || headers.contains("if-none-match")
      || headers.contains("if-modified-since"), "nothing asked whether it has changed")
  _ = Conditions.allowsRange(request, validators)
}
