"""Hostile HTTP/2: frames and header blocks that break a connection or a stream."""

from hostile import BOUND, HostileCase, table
from hostile_frames import GET, UP, opened, word
from wire import (
    ACK, CANCEL, COMPRESSION_ERROR, CONTINUATION, DATA, END_HEADERS, END_STREAM, ENHANCE_YOUR_CALM,
    FLOW_CONTROL_ERROR, FRAME_SIZE_ERROR, GOAWAY, PADDED, PING, PRIORITIZED, PRIORITY,
    PROTOCOL_ERROR, PUSH_PROMISE, RST_STREAM, SETTINGS, STREAM_CLOSED, WINDOW_UPDATE, Frames, block,
    call, frame, headers, integer, literal, request, setting)

CLOSED = "closed"  # The connection ends, whether or not a GOAWAY says why.


# Name, bytes behind the preface and SETTINGS, what becomes of the connection: the code of its
# GOAWAY (or several that are right), or CLOSED.
BROKEN = [
    ("settings of a broken length", frame(SETTINGS, payload=b"12345"), FRAME_SIZE_ERROR),
    ("settings acknowledged with a payload", frame(SETTINGS, ACK, payload=setting(3, 1)),
     FRAME_SIZE_ERROR),
    ("settings of a stream", frame(SETTINGS, stream=1), PROTOCOL_ERROR),
    ("settings with a window too large", frame(SETTINGS, payload=setting(4, 1 << 31)),
     (FLOW_CONTROL_ERROR, PROTOCOL_ERROR)),
    ("settings with frames too small", frame(SETTINGS, payload=setting(5, 100)), PROTOCOL_ERROR),
    ("settings with frames too large", frame(SETTINGS, payload=setting(5, 1 << 24)),
     PROTOCOL_ERROR),
    ("settings with push neither on nor off", frame(SETTINGS, payload=setting(2, 2)),
     PROTOCOL_ERROR),
    ("settings with thousands of entries", frame(SETTINGS, payload=setting(99, 1) * 2000),
     (ENHANCE_YOUR_CALM, PROTOCOL_ERROR)),
    ("ping of seven bytes", frame(PING, payload=b"1234567"), FRAME_SIZE_ERROR),
    ("ping of a stream", frame(PING, stream=1, payload=b"12345678"), PROTOCOL_ERROR),
    ("goaway of a stream", frame(GOAWAY, stream=1, payload=bytes(8)), PROTOCOL_ERROR),
    ("goaway too short", frame(GOAWAY, payload=bytes(4)), FRAME_SIZE_ERROR),
    ("reset of three bytes", opened(request()) + frame(RST_STREAM, 0, 1, b"123"),
     FRAME_SIZE_ERROR),
    ("reset of the connection", frame(RST_STREAM, 0, 0, word(0)), PROTOCOL_ERROR),
    ("reset of an idle stream", frame(RST_STREAM, 0, 1, word(0)), PROTOCOL_ERROR),
    ("window of an idle stream", frame(WINDOW_UPDATE, 0, 1, word(1)), PROTOCOL_ERROR),
    ("window of three bytes", frame(WINDOW_UPDATE, 0, 0, b"123"), FRAME_SIZE_ERROR),
    ("window raised by nothing", frame(WINDOW_UPDATE, 0, 0, word(0)), PROTOCOL_ERROR),
    ("window of a stream raised by nothing", opened(call("Sink"))
     + frame(WINDOW_UPDATE, 0, 1, word(0)), PROTOCOL_ERROR),
    ("window beyond its end", frame(WINDOW_UPDATE, 0, 0, word((1 << 31) - 1)), FLOW_CONTROL_ERROR),
    ("data of an idle stream", frame(DATA, 0, 1, b"x"), (PROTOCOL_ERROR, STREAM_CLOSED)),
    ("data of the connection", frame(DATA, 0, 0, b"x"), PROTOCOL_ERROR),
    ("data behind the end of its stream",
     headers(1, call()) + frame(DATA, 0, 1, b"x"), STREAM_CLOSED),
    ("data with padding longer than itself",
     opened(call()) + frame(DATA, PADDED, 1, b"\x09abc"), PROTOCOL_ERROR),
    ("data padded and empty", opened(call()) + frame(DATA, PADDED, 1), (
        PROTOCOL_ERROR, FRAME_SIZE_ERROR)),
    ("headers with padding longer than itself",
     headers(1, b"\xff" + request(), END_HEADERS | END_STREAM | PADDED), PROTOCOL_ERROR),
    ("headers of the connection", headers(0, request()), PROTOCOL_ERROR),
    ("headers of an even stream", headers(2, request()), PROTOCOL_ERROR),
    ("headers of a stream that has ended", GET + GET, (PROTOCOL_ERROR, STREAM_CLOSED)),
    ("headers cut short by data", headers(1, request(), 0) + frame(DATA, 0, 1, b"x"),
     PROTOCOL_ERROR),
    ("headers cut short by a ping", headers(1, request(), 0) + frame(PING, payload=bytes(8)),
     PROTOCOL_ERROR),
    ("headers continued on another stream",
     headers(1, request(), 0) + frame(CONTINUATION, END_HEADERS, 3), PROTOCOL_ERROR),
    ("headers without the room for their priority",
     headers(1, b"\0\0", END_HEADERS | END_STREAM | PRIORITIZED),
     (FRAME_SIZE_ERROR, PROTOCOL_ERROR)),
    ("continuation of nothing", frame(CONTINUATION, END_HEADERS, 1, request()), PROTOCOL_ERROR),
    ("a promise from a client", frame(PUSH_PROMISE, END_HEADERS, 1, word(2) + request()),
     PROTOCOL_ERROR),
    ("priority of four bytes", frame(PRIORITY, 0, 1, b"1234"), FRAME_SIZE_ERROR),
    ("a frame larger than allowed", frame(DATA, 0, 1, bytes(16_385)), FRAME_SIZE_ERROR),
    ("a frame that announces 16 MiB", frame(9, 0, 1, b"x" * 100, length=(1 << 24) - 1),
     FRAME_SIZE_ERROR),
    ("a header index that is not there", headers(1, b"\xff\x80\x01"), COMPRESSION_ERROR),
    ("a header index of zero", headers(1, b"\x80"), COMPRESSION_ERROR),
    ("a header integer without end", headers(1, b"\xff" * 60), COMPRESSION_ERROR),
    ("a header longer than its block", headers(1, b"\x00\x05ab"), COMPRESSION_ERROR),
    ("a header table beyond what was agreed", headers(1, integer(1 << 20, 5, 0x20) + request()),
     COMPRESSION_ERROR),
    ("a header table resized behind a field",
     headers(1, request() + integer(0, 5, 0x20)), COMPRESSION_ERROR),
    ("huffman code of the end", headers(1, b"\x00\x84\xff\xff\xff\xff\x01x"), COMPRESSION_ERROR),
    ("huffman padded with zeros", headers(1, b"\x00\x81\x00\x01x"), COMPRESSION_ERROR),
    # Floods.
    ("flood of settings", frame(SETTINGS) * 5000, ENHANCE_YOUR_CALM),
    ("flood of pings", frame(PING, payload=bytes(8)) * 20_000, ENHANCE_YOUR_CALM),
    ("flood of ping answers", frame(PING, ACK, payload=bytes(8)) * 20_000, ENHANCE_YOUR_CALM),
    ("flood of priorities", frame(PRIORITY, 0, 3, word(5) + b"\x10") * 20_000, ENHANCE_YOUR_CALM),
    ("flood of window updates", frame(WINDOW_UPDATE, 0, 0, word(1)) * 20_000, ENHANCE_YOUR_CALM),
    ("flood of unknown frames", frame(0xEE, 0, 0, b"x") * 20_000, ENHANCE_YOUR_CALM),
    ("flood of empty data", opened(call("Sink")) + frame(DATA, 0, 1) * 20_000, ENHANCE_YOUR_CALM),
    ("flood of padding", opened(call("Sink")) + frame(DATA, PADDED, 1, b"\xff" + bytes(255))
     * 20_000, ENHANCE_YOUR_CALM),
    ("flood of resets", b"".join(
        headers(n, call("Mirror"), END_HEADERS) + frame(RST_STREAM, 0, n, word(CANCEL))
        for n in range(1, 10_000, 2)), ENHANCE_YOUR_CALM),
    ("flood of requests that make us reset", b"".join(
        headers(n, block((":path", "/"))) for n in range(1, 40_000, 2)),
        (ENHANCE_YOUR_CALM, PROTOCOL_ERROR)),
    ("flood of continuations", headers(1, request(), 0)
     + frame(CONTINUATION, 0, 1, literal("x", "y" * 1000)) * 2000, CLOSED),
    ("flood of empty continuations", headers(1, request(), 0)
     + frame(CONTINUATION, 0, 1) * 20_000, CLOSED),
    ("flood of trailers", opened(call("Sink"))
     + headers(1, literal("x", "y"), END_HEADERS) * 2000, (PROTOCOL_ERROR, CLOSED)),
]


@table(BROKEN, "check")
class Connections(HostileCase):
    def check(self, sent, expected):
        expected = expected if isinstance(expected, tuple) else (expected,)
        with Frames(self.node.connect(BOUND)) as frames:
            # The greeting is read first: a GOAWAY behind it is then not lost to a reset.
            frames.wait_for(SETTINGS)
            frames.send(UP, sent)
            frames.read_to_end(BOUND)
            self.assertTrue(frames.is_over)
            if CLOSED not in expected and frames.farewell is not None:
                self.assertIn(frames.farewell, expected)
            # Bytes on their way when the node hung up destroy its last words: only where little
            # was sent do they have to arrive.
            if CLOSED not in expected and len(sent) < 10_000:
                self.assertIsNotNone(frames.farewell, frames.summary())


# Name, header block, frames behind it, the code of the stream's reset (or several that are right).
# The connection goes on.
MISLED = [
    ("a name in upper case", request("/", ("X-Upper", "y")), b"", PROTOCOL_ERROR),
    ("a name with a blank", request("/", ("x y", "z")), b"", PROTOCOL_ERROR),
    ("a name that is empty", request("/", ("", "z")), b"", PROTOCOL_ERROR),
    ("a name with a line feed", request("/", ("x\n", "z")), b"", PROTOCOL_ERROR),
    ("a name with a colon inside", request("/", ("x:y", "z")), b"", PROTOCOL_ERROR),
    ("a value with a line feed", request("/", ("x", "a\r\nhost: b")), b"", PROTOCOL_ERROR),
    ("a value with a zero byte", request("/", ("x", "a\0b")), b"", PROTOCOL_ERROR),
    ("the field connection", request("/", ("connection", "close")), b"", PROTOCOL_ERROR),
    ("the field keep-alive", request("/", ("keep-alive", "5")), b"", PROTOCOL_ERROR),
    ("the field transfer-encoding", request("/", ("transfer-encoding", "chunked")), b"",
     PROTOCOL_ERROR),
    ("the field upgrade", request("/", ("upgrade", "h2c")), b"", PROTOCOL_ERROR),
    ("the field proxy-connection", request("/", ("proxy-connection", "close")), b"",
     PROTOCOL_ERROR),
    ("te other than trailers", request("/", ("te", "gzip")), b"", PROTOCOL_ERROR),
    ("no method", block((":scheme", "http"), (":path", "/"), (":authority", "a")), b"",
     PROTOCOL_ERROR),
    ("no path", block((":method", "GET"), (":scheme", "http"), (":authority", "a")), b"",
     PROTOCOL_ERROR),
    ("no scheme", block((":method", "GET"), (":path", "/"), (":authority", "a")), b"",
     PROTOCOL_ERROR),
    ("an empty path", request(""), b"", PROTOCOL_ERROR),
    ("a path without a slash", request("healthz"), b"", PROTOCOL_ERROR),
    ("a path with a blank", request("/ HTTP/1.1\r\nx"), b"", PROTOCOL_ERROR),
    ("two paths", request("/", (":path", "/healthz")), b"", PROTOCOL_ERROR),
    ("a pseudo-field behind a field", block(
        (":method", "GET"), (":scheme", "http"), (":path", "/"), ("x", "y"), (":authority", "a")),
     b"", PROTOCOL_ERROR),
    ("an unknown pseudo-field", request("/", (":wonder", "x")), b"", PROTOCOL_ERROR),
    ("a status in a request", request("/", (":status", "200")), b"", PROTOCOL_ERROR),
    ("connect with a path", block(
        (":method", "CONNECT"), (":path", "/"), (":scheme", "http"), (":authority", "a:1")), b"",
     PROTOCOL_ERROR),
    ("a protocol without an extended connect", block(
        (":method", "CONNECT"), (":protocol", "websocket"), (":scheme", "http"), (":path", "/"),
        (":authority", "a")), b"", PROTOCOL_ERROR),
    ("two lengths", request("/", ("content-length", "0"), ("content-length", "5")), b"",
     PROTOCOL_ERROR),
    ("a length that is none", request("/", ("content-length", "-1")), b"", PROTOCOL_ERROR),
    ("more data than the length", call("Sink", ("content-length", "3")),
     frame(DATA, END_STREAM, 1, b"12345"), PROTOCOL_ERROR),
    ("less data than the length", call("Sink", ("content-length", "9")),
     frame(DATA, END_STREAM, 1, b"12345"), PROTOCOL_ERROR),
    ("a length and no data", call("Sink", ("content-length", "9")), frame(DATA, END_STREAM, 1),
     PROTOCOL_ERROR),
    ("trailers with a pseudo-field", call("Sink"), headers(1, literal(":path", "/")),
     PROTOCOL_ERROR),
    ("a stream's window beyond its end", call("Sink"),
     frame(WINDOW_UPDATE, 0, 1, word((1 << 31) - 1)), FLOW_CONTROL_ERROR),
]


@table(MISLED, "check")
class Streams(HostileCase):
    def check(self, fields, behind, expected):
        with Frames(self.node.connect(BOUND)) as frames:
            ends = END_STREAM if not behind else 0
            frames.send(headers(1, fields, END_HEADERS | ends), behind)
            _, _, code = frames.finish(1)
            self.assertEqual(code, expected)
            frames.send(headers(3, request()))
            self.assertEqual(frames.finish(3)[1], b"ok\n")
