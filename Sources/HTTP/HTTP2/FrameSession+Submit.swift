import CNGHTTP2

/// What streams ask of the session, and through it of nghttp2.
extension FrameSession {
  /// Bytes that a stream may have queued before who writes waits.
  var pendingAllowance: Int {
    queuedBytes <= limits.connectionPendingBytes
      ? limits.pendingBytes : min(limits.pendingBytes, limits.crowdedPendingBytes)
  }

  /// False while so much waits to be sent that nothing should be begun.
  var hasRoom: Bool { queuedBytes <= limits.connectionAnswerBytes }

  /// Takes note that a stream keeps `new` bytes of its request in place of `old`.
  func keep(_ new: Int, insteadOf old: Int) throws(MessageError) {
    // A request that is alone is bounded by what its handler takes.
    let total = keptBytes - old + new
    guard new <= old || total == new || total <= limits.connectionBodyBytes else {
      throw MessageError(
        .tooLarge,
        "the requests under way on this connection hold \(keptBytes) bytes, and at most "
          + "\(limits.connectionBodyBytes) are kept; send fewer at a time",
        status: .tooManyRequests)
    }
    keptBytes = total
  }

  /// Gives back window that belongs to no stream any more.
  func consume(_ count: Int) { nghttp2_session_consume_connection(handle, count) }

  func consume(_ count: Int, of stream: FrameStream) {
    taken(count)
    guard !isOver else { return }
    nghttp2_session_consume_connection(handle, count)
    if !stream.isClosed { nghttp2_session_consume_stream(handle, stream.id, count) }
    flushSoon()
  }

  func resumeData(_ stream: FrameStream) {
    guard !stream.isClosed, !isOver else { return }
    nghttp2_session_resume_data(handle, stream.id)
  }

  func submitReset(_ stream: FrameStream, _ code: nghttp2_error_code) {
    guard !isOver else { return }
    nghttp2_submit_rst_stream(handle, UInt8(NGHTTP2_FLAG_NONE.rawValue), stream.id, code.rawValue)
  }

  /// RFC 9218 serves streams of one urgency one after the other unless they say otherwise, so
  /// that an answer without end would starve all behind it. A client may still ask for that.
  func shareFairly(_ id: Int32) {
    var priority = nghttp2_extpri(
      urgency: UInt32(NGHTTP2_EXTPRI_DEFAULT_URGENCY), inc: 1)
    nghttp2_session_change_extpri_stream_priority(handle, id, &priority, 0)
  }

  func submitTrailers(_ trailers: Headers, of stream: FrameStream) {
    let (handle, id) = (handle, stream.id)
    FrameFields.with(status: nil, trailers) { fields in
      _ = nghttp2_submit_trailer(handle, id, fields.baseAddress, fields.count)
    }
  }

  /// `hasBody` installs the stream as the source of DATA frames.
  func submitResponse(_ head: ResponseHead, of stream: FrameStream, hasBody: Bool) {
    guard !isOver, !stream.isClosed else { return }
    let (handle, id) = (handle, stream.id)
    FrameFields.with(status: head.status, head.headers) { fields in
      if head.status.isInformational {
        nghttp2_submit_headers(
          handle, UInt8(NGHTTP2_FLAG_NONE.rawValue), id, nil, fields.baseAddress, fields.count,
          nil)
      } else if hasBody {
        var provider = FrameCallbacks.provider
        nghttp2_submit_response(handle, id, fields.baseAddress, fields.count, &provider)
      } else {
        nghttp2_submit_response(handle, id, fields.baseAddress, fields.count, nil)
      }
    }
    flushSoon()
  }

  func submitRequest(
    _ fields: Headers, of stream: FrameStream, hasBody: Bool
  ) throws(MessageError) {
    guard !isOver else { throw MessageError(.refused, "the connection is closed") }
    let id = FrameFields.with(status: nil, fields) { fields in
      guard hasBody else {
        return nghttp2_submit_request(handle, nil, fields.baseAddress, fields.count, nil, nil)
      }
      var provider = FrameCallbacks.provider
      return nghttp2_submit_request(
        handle, nil, fields.baseAddress, fields.count, &provider, nil)
    }
    guard id > 0 else {
      throw MessageError(
        .refused, "no stream could be opened: \(String(cString: nghttp2_strerror(id)))")
    }
    stream.id = id
    adopt(stream)
    flushSoon()
  }
}

/// What concerns the connection as a whole.
extension FrameSession {
  /// Streams the other side lets us open.
  var remoteStreamLimit: Int {
    Int(nghttp2_session_get_remote_settings(handle, NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS))
  }

  var acceptsNewStreams: Bool {
    !isOver && nghttp2_session_check_request_allowed(handle) != 0
  }

  /// No new streams; the open ones go on.
  func submitGoAway() {
    guard !isOver else { return }
    let last = nghttp2_session_get_last_proc_stream_id(handle)
    nghttp2_submit_goaway(
      handle, UInt8(NGHTTP2_FLAG_NONE.rawValue), last, NGHTTP2_NO_ERROR.rawValue, nil, 0)
    flushSoon()
  }

  /// Asks for a sign of life.
  func submitPing() {
    guard !isOver else { return }
    nghttp2_submit_ping(handle, UInt8(NGHTTP2_FLAG_NONE.rawValue), nil)
    flushSoon()
  }

  func terminate(_ code: nghttp2_error_code) {
    guard !isOver else { return }
    nghttp2_session_terminate_session(handle, code.rawValue)
  }

  func submitSettings() {
    var entries = [
      entry(NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, limits.concurrentStreams),
      entry(NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, limits.streamWindow),
      entry(NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, limits.headBytes),
    ]
    switch role {
    case .server: entries.append(entry(NGHTTP2_SETTINGS_NO_RFC7540_PRIORITIES, 1))
    case .client: entries.append(entry(NGHTTP2_SETTINGS_ENABLE_PUSH, 0))
    }
    nghttp2_submit_settings(handle, UInt8(NGHTTP2_FLAG_NONE.rawValue), entries, entries.count)
    nghttp2_session_set_local_window_size(
      handle, UInt8(NGHTTP2_FLAG_NONE.rawValue), 0, Int32(limits.connectionWindow))
  }

  private func entry(_ id: nghttp2_settings_id, _ value: Int) -> nghttp2_settings_entry {
    nghttp2_settings_entry(settings_id: Int32(bitPattern: id.rawValue), value: UInt32(value))
  }
}
