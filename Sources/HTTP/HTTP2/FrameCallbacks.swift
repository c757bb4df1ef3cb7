import CNGHTTP2

/// The C side of a `FrameSession`: one table of callbacks per process, each of which finds its
/// session in the user pointer. The session outlives nghttp2's handle, so it is not retained.
enum FrameCallbacks {
  static func makeSession(
    role: FrameSession.Role, limits: ServerLimits, owner: FrameSession
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
    let user = Unmanaged.passUnretained(owner).toOpaque()
    let status =
      switch role {
      case .server: nghttp2_session_server_new2(&session, table, user, option)
      case .client: nghttp2_session_client_new2(&session, table, user, option)
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
          session.deliver(count, of: frame.pointee.hd.stream_id, to: room + 9)
        }
        return 0
      }
    }
    // Fields beyond what nghttp2 sends: without a word the other side would wait for ever.
    nghttp2_session_callbacks_set_on_frame_not_send_callback(table) { _, frame, _, user in
      guard let header = frame?.pointee.hd, UInt32(header.type) == NGHTTP2_HEADERS.rawValue else {
        return 0
      }
      with(user) { session in
        _ = session.withStream(header.stream_id) { $0.reset(NGHTTP2_INTERNAL_ERROR) }
      }
      return 0
    }
  }

  private static func installReceiving(_ table: OpaquePointer?) {
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
        _ = session.withStream(id) {
          $0.receive(UnsafeBufferPointer(start: bytes, count: count))
        }
      }
      return 0
    }
    nghttp2_session_callbacks_set_on_frame_recv_callback(table) { _, frame, user in
      guard let frame else { return 0 }
      with(user) { received(frame, by: $0) }
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

private func received(_ frame: UnsafePointer<nghttp2_frame>, by session: FrameSession) {
  let header = frame.pointee.hd
  let endsStream = header.flags & UInt8(NGHTTP2_FLAG_END_STREAM.rawValue) != 0
  switch UInt32(header.type) {
  case NGHTTP2_HEADERS.rawValue:
    session.endHeaders(header.stream_id, endsStream: endsStream)
  case NGHTTP2_DATA.rawValue:
    if endsStream {
      session.withStream(header.stream_id) { $0.receiveEnd() }
    } else if header.length == frame.pointee.data.padlen {
      session.countCheapFrame()
    }
  case NGHTTP2_GOAWAY.rawValue:
    session.delegate?.goingAway(lastStream: frame.pointee.goaway.last_stream_id)
  case NGHTTP2_RST_STREAM.rawValue, NGHTTP2_SETTINGS.rawValue, NGHTTP2_PING.rawValue,
    NGHTTP2_PRIORITY.rawValue:
    session.countCheapFrame()
  default: break
  }
}
