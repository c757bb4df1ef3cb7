import HTTP
import Primitives

/// What an engine says, as if an enemy had said it.
enum EngineAnswer {
  /// The largest answer that is read whole: a list of containers, an image's description.
  static let bodyBytes = 16 << 20
  private static let messageBytes = 2000

  static func json(_ bytes: [UInt8]) throws(RuntimeError) -> JSON {
    do throws(TextError) {
      var limits = JSON.Limits()
      limits.bytes = bodyBytes
      return try JSON.parse(bytes, limits: limits)
    } catch {
      throw RuntimeError(.damaged, "the container engine sends JSON that is none: \(error)")
    }
  }

  /// Why an engine refused, in words with what to do about it.
  static func failure(_ status: StatusCode, _ body: [UInt8], _ doing: String) -> RuntimeError {
    // Without one, the number says what there is to say.
    let told = (try? json(body))?["message"]?.string ?? "status \(status.number)"
    return failure(status.number, String(told.prefix(messageBytes)), doing)
  }

  static func failure(_ status: Int, _ told: String, _ doing: String) -> RuntimeError {
    let text = "\(doing): \(told)"
    // The one thing that no engine has a number for.
    if told.contains("no space left on device") {
      return RuntimeError(
        .busy,
        "\(text). The engine's disk is full: free some (docker system prune), or move its data")
    }
    switch status {
    case 400: return RuntimeError(.refused, text)
    case 401, 403:
      return RuntimeError(.refused, "\(text). The engine or the registry does not allow it")
    case 404: return RuntimeError(.absent, text)
    case 409: return RuntimeError(.busy, text)
    default: return RuntimeError(.failed, text)
    }
  }
}

extension RuntimeError {
  /// What went wrong on the way to the engine.
  init(talking error: any Error, to engine: EngineAddress) {
    switch error {
    case let error as RuntimeError: self = error
    case is CancellationError:
      self.init(.cancelled, "nobody waits for the container engine any more")
    case let error as MessageError where error.code == .tooLarge || error.code == .malformed:
      self.init(.damaged, "the container engine at \(engine) answers nonsense: \(error.message)")
    case let error as MessageError where error.code == .unreachable:
      self.init(
        .absent,
        "the container engine does not answer: \(error.message). Is it running? "
          + "(systemctl status docker, systemctl status podman.socket)")
    case let error as MessageError:
      self.init(.lost, "the container engine at \(engine) went silent: \(error.message)")
    default: self.init(.failed, "talking to the container engine at \(engine): \(error)")
    }
  }
}
