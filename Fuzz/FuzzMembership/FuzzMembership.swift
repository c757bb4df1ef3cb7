import Calls
import Mesh
import Primitives

/// The first byte picks a reader, the rest is what it reads. What reads is written as the same
/// bytes again; nothing that was not signed is believed; nothing traps.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzMembership(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let input = unsafe Array(UnsafeBufferPointer(start: start, count: count))
  guard let kind = input.first else { return 0 }
  let bytes = Array(input.dropFirst())
  do throws(NetworkError) {
    switch kind % 7 {
    case 0: try readMembership(bytes)
    case 1: try readAdmin(bytes)
    case 2: try readRevocation(bytes)
    case 3: try readDecision(bytes)
    case 4: try readInvite(String(decoding: bytes, as: UTF8.self))
    case 5: try readInvite(withChecksum: bytes)
    default:
      let text = String(decoding: bytes, as: UTF8.self)
      _ = try NetworkKey.network(ofBackup: text)
    }
  } catch {
    precondition(!error.message.isEmpty, "an error says nothing")
  }
  return 0
}

private let moment = WallTime(nanoseconds: 1_800_000_000_000_000_000)
/// Nothing among the seeds belongs to it, and nobody here knows its key.
private let home = NetworkKey().id

private func readMembership(_ bytes: [UInt8]) throws(NetworkError) {
  let certificate = try MembershipCertificate(decoding: bytes)
  precondition(certificate.encoded == bytes, "a certificate lost bytes")
  precondition(
    MemberName.complaint(about: certificate.name) == nil, "a name that nobody can have")
  let life = certificate.issuedAt.duration(to: certificate.expiresAt)
  precondition(life > .zero && life <= Validity.days(90), "an impossible life")
  try certificate.verify(network: home, at: moment, revocations: RevocationSet(network: home))
  preconditionFailure("a certificate was made up")
}

private func readAdmin(_ bytes: [UInt8]) throws(NetworkError) {
  let certificate = try AdminCertificate(decoding: bytes)
  precondition(certificate.encoded == bytes, "an admin certificate lost bytes")
  try certificate.verify(network: home, at: moment, revocations: RevocationSet(network: home))
  preconditionFailure("an admin certificate was made up")
}

private func readRevocation(_ bytes: [UInt8]) throws(NetworkError) {
  let revocation = try Revocation(decoding: bytes)
  precondition(revocation.encoded == bytes && revocation.number > 0, "a revocation lost bytes")
  var set = RevocationSet(network: home)
  try set.merge(revocation)
  preconditionFailure("a revocation was made up")
}

private func readDecision(_ bytes: [UInt8]) throws(NetworkError) {
  let decision = try Decision(decoding: bytes)
  precondition(decision.encoded == bytes && decision.number > 0, "a decision lost bytes")
  var set = DecisionSet(network: home)
  try set.merge(decision)
  preconditionFailure("a decision was made up")
}

private func readInvite(_ text: String) throws(NetworkError) {
  let invite = try Invite(text)
  let again = try Invite(invite.revealed)
  precondition(again == invite, "an invite does not read its own text")
}

/// As if the fuzzer could compute the checksum.
private func readInvite(withChecksum content: [UInt8]) throws(NetworkError) {
  try readInvite(Invite.text(ofContent: content))
}
