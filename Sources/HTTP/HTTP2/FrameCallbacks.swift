import CNGHTTP2

/// The C side of a `FrameSession`: one table of callbacks per process, each of which finds its
/// session in the user pointer. The session outlives nghttp2's handle, so it is not retained.
enum FrameCallbacks {
  static func makeSession(
    role: FrameSession.Role, limits: ServerLimits, memory: FrameMemory, owner: FrameSession
  ) throws(MessageError) -> OpaquePointer? {
    var session: OpaquePointer?
    var option: OpaquePointer?
    nghttp2_option_new(&option)
    defer { nghttp2_option_del(option) }
    nghttp2_option_set_no_auto_window_update(option, 1)
    nghttp2_option_set_no_closed_streams(option, 1)
    nghttp2_option_set_max_outbound_ack(option, limits.floodFrames)
    nghttp2_option_set_max_settings(option, 32)
    nghttp2_option_set_builtin_recv_extension_type(
      option, UInt8(NGHTTP2_PRIORITY_UPDATE.rawValue))
    for type in UInt8(NGHTTP2_ALTSVC.rawValue)...UInt8.max
    where type != NGHTTP2_PRIORITY_UPDATE.rawValue {
      // To hear of them at all: they are counted and passed over.
      nghttp2_option_set_user_recv_extension_type(option, type)
    }
    let user = Unmanaged.passUnretained(owner).toOpaque()
    var functions = memory.functions
    let status =
      switch role {
      case .server: nghttp2_session_server_new3(&session, table, user, option, &functions)
      case .client: nghttp2_session_client_new3(&session, table, user, option, &functions)
      }
    guard status == 0 else {
      throw MessageError(.refused, "HTTP/2: \(String(cString: nghttp2_strerror(status)))")
    }
    return session
  }

  static var provider: nghttp2_data_provider {
    var provider = nghttp2_data_provider()
    provider.read_callback = { _, id, _, length, flags, _, user in
      guard let flags else { return Int(NGHTTP2_ERR_CALLBACK_FAILURE.rawValue) }
      return with(user) { session in
        session.withStream(id) { $0.offerData(length, flags: flags) }
          ?? Int(NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE.rawValue)
      }
    }
    return provider
  }

  /// Guard: written once, before the first session, and never changed.
  private nonisolated(unsafe) static let table: OpaquePointer? = {
    var table: OpaquePointer?
    nghttp2_session_callbacks_new(&table)
    installSending(table)
    installReceiving(table)
    return table
  }()

  private static func installSending(_ table: OpaquePointer?) {
    nghttp2_session_callbacks_set_send_callback(table) { _, bytes, count, _, user in
      guard let bytes, let room = with(user, { $0.reserveOutput(count) }) else {
        return Int(NGHTTP2_ERR_WOULDBLOCK.rawValue)
      }
      room.copyMemory(from: bytes, byteCount: count)
      return count
    }
    nghttp2_session_callbacks_set_send_data_callback(table) {
      _, frame, header, count, _, user in
      guard let frame, let header else { return NGHTTP2_ERR_CALLBACK_FAILURE.rawValue }
      return with(user) { session in
        guard let room = session.reserveOutput(9 + count) else {
          return NGHTTP2_ERR_WOULDBLOCK.rawValue
        }
        room.copyMemory(from: header, byteCount: 9)
        if count > 0 {
          let isOpen: Void? = session.withStream(frame.pointee.hd.stream_id) {
            $0.moveOutgoing(count, to: room + 9)
          }
          // The room holds bytes of others: never send them in place of the stream's.
          if isOpen == nil { return NGHTTP2_ERR_CALLBACK_FAILURE.rawValue }
        }
        return 0
      }
    }
    nghttp2_session_callbacks_set_on_frame_send_callback(table) { _, frame, user in
      if let frame, endsStream(frame) {
        with(user) { session in
          _ = session.withStream(frame.pointee.hd.stream_id) { $0.sentEnd() }
        }
      }
      return 0
    }
    nghttp2_session_callbacks_set_on_frame_not_send_callback(table) { _, frame, _, user in
      // A head nghttp2 cannot send, such as one beyond 64 KiB: the other side must hear something.
      // A request's stream nghttp2 closes by itself: it never was, for the other side.
      if let frame, UInt32(frame.pointee.hd.type) == NGHTTP2_HEADERS.rawValue,
        frame.pointee.headers.cat != NGHTTP2_HCAT_REQUEST
      {
        with(user) { session in
          _ = session.withStream(frame.pointee.hd.stream_id) { $0.reset(NGHTTP2_INTERNAL_ERROR) }
        }
      }
      return 0
    }
  }

  private static func installReceiving(_ table: OpaquePointer?) {
    // nghttp2 says no more of some frames it passes over.
    nghttp2_session_callbacks_set_on_begin_frame_callback(table) { _, header, user in
      guard let header else { return 0 }
      switch UInt32(header.pointee.type) {
      case NGHTTP2_DATA.rawValue, NGHTTP2_HEADERS.rawValue: break
      case NGHTTP2_WINDOW_UPDATE.rawValue, NGHTTP2_PRIORITY.rawValue,
        NGHTTP2_PRIORITY_UPDATE.rawValue:
        with(user) { $0.countDueFrame() }
      case NGHTTP2_ALTSVC.rawValue...: with(user) { $0.countCheapFrame() }
      default: break
      }
      return 0
    }
    nghttp2_session_callbacks_set_unpack_extension_callback(table) { _, _, _, _ in
      NGHTTP2_ERR_CANCEL.rawValue
    }
    nghttp2_session_callbacks_set_on_begin_headers_callback(table) { _, frame, user in
      guard let frame else { return 0 }
      let opensStream = frame.pointee.headers.cat == NGHTTP2_HCAT_REQUEST
      return with(user) { $0.beginHeaders(frame.pointee.hd.stream_id, opensStream: opensStream) }
    }
    nghttp2_session_callbacks_set_on_header_callback(table) {
      _, _, name, nameCount, value, valueCount, _, user in
      with(user) {
        $0.field(
          UnsafeBufferPointer(start: name, count: nameCount),
          UnsafeBufferPointer(start: value, count: valueCount))
      }
    }
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(table) {
      _, _, id, bytes, count, user in
      with(user) { session in
        let isOpen: Void? = session.withStream(id) {
          $0.receive(UnsafeBufferPointer(start: bytes, count: count))
        }
        if isOpen == nil { session.consume(count) }
      }
      return 0
    }
    nghttp2_session_callbacks_set_on_frame_recv_callback(table) { _, frame, user in
      guard let frame else { return 0 }
      with(user) { received(frame, by: $0) }
      return 0
    }
    // Malformed, refused or too much: each costs us a RST_STREAM at least.
    nghttp2_session_callbacks_set_on_invalid_frame_recv_callback(table) { _, _, _, user in
      with(user) { $0.countCheapFrame() }
      return 0
    }
    nghttp2_session_callbacks_set_on_stream_close_callback(table) { _, id, code, user in
      with(user) { $0.streamClosed(id, code) }
      return 0
    }
  }
}

// The callbacks may capture nothing, not even a type: what they share are functions of this file.

/// Lends the session without counting a reference: it is being called, so it is alive.
private func with<Result>(
  _ user: UnsafeMutableRawPointer?, _ body: (FrameSession) -> Result
) -> Result {
  Unmanaged<FrameSession>.fromOpaque(user.unsafelyUnwrapped)._withUnsafeGuaranteedRef(body)
}

/// HEADERS and DATA alone have such a flag; on others its bit means something else.
private func endsStream(_ frame: UnsafePointer<nghttp2_frame>) -> Bool {
  let header = frame.pointee.hd
  return header.flags & UInt8(NGHTTP2_FLAG_END_STREAM.rawValue) != 0
    && UInt32(header.type) <= NGHTTP2_HEADERS.rawValue
}

private func received(_ frame: UnsafePointer<nghttp2_frame>, by session: FrameSession) {
  let header = frame.pointee.hd
  let endsStream = endsStream(frame)
  switch UInt32(header.type) {
  case NGHTTP2_HEADERS.rawValue:
    session.endHeaders(header.stream_id, endsStream: endsStream)
  case NGHTTP2_DATA.rawValue:
    if endsStream {
      session.withStream(header.stream_id) { $0.receiveEnd() }
    } else if header.length <= frame.pointee.data.padlen {
      session.countCheapFrame()
    }
  case NGHTTP2_GOAWAY.rawValue:
    session.delegate?.goingAway(lastStream: frame.pointee.goaway.last_stream_id)
  case NGHTTP2_RST_STREAM.rawValue:
    // A server resets no more than we opened.
    if session.role == .server { session.countCheapFrame() }
  case NGHTTP2_SETTINGS.rawValue, NGHTTP2_PING.rawValue:
    session.countCheapFrame()
  default: break
  }
}
