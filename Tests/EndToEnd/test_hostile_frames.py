"""Hostile HTTP/2: frames, header blocks and floods made by hand, and lies in gRPC's framing."""

import contextlib
import gzip
import socket
import struct
import time

from hostile import BOUND, HostileCase, table
from support import framed, stubs, until
from test_grpc import calls_open
from wire import (
    ACK, CANCEL, COMPRESSION_ERROR, CONTINUATION, DATA, END_HEADERS, END_STREAM,
    ENHANCE_YOUR_CALM, FLOW_CONTROL_ERROR, FRAME_SIZE_ERROR, GOAWAY, HEADERS, PADDED, PING,
    PREFACE, PRIORITIZED, PRIORITY, PROTOCOL_ERROR, PUSH_PROMISE, REFUSED_STREAM, RST_STREAM,
    SETTINGS, STREAM_CLOSED, WINDOW_UPDATE, Frames, block, call, exchange, frame, headers, integer,
    literal, request, setting, statuses)

CLOSED = "closed"  # The connection ends, whether or not a GOAWAY says why.
GET = headers(1, request())
UP = frame(SETTINGS, ACK)


def opened(fields):
    """A request whose body is still to come."""
    return headers(1, fields, END_HEADERS)


def word(value):
    return struct.pack(">I", value)


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


class Shapes(HostileCase):
    """What takes more than a row: order, time, amounts."""

    def frames(self, **settings):
        return Frames(self.node.connect(BOUND), **settings)

    def assert_ends(self, frames, seconds=BOUND, code=None):
        frames.read_to_end(seconds)
        self.assertTrue(frames.is_over)
        if code is not None and frames.farewell is not None:
            self.assertEqual(frames.farewell, code)

    def assert_calls_end(self):
        self.assertTrue(until(lambda: calls_open(self.node) == 0, BOUND), "a call stays open")

    def test_a_preface_that_turns_bad(self):
        with self.node.connect(BOUND) as stream:
            exchange(stream, b"PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n" + frame(SETTINGS))

    def test_a_preface_without_settings(self):
        with self.frames(greets=False) as frames:
            frames.send(PREFACE, frame(PING, payload=bytes(8)))
            self.assert_ends(frames, code=PROTOCOL_ERROR)

    def test_a_preface_twice(self):
        with self.frames() as frames:
            frames.send(PREFACE)
            self.assert_ends(frames)

    def test_a_preface_byte_by_byte_is_fine(self):
        with self.frames(greets=False) as frames:
            for byte in PREFACE + frame(SETTINGS) + GET:
                frames.send(bytes([byte]))
            self.assertEqual(frames.finish(1)[1], b"ok\n")

    def all_end(self, openings):
        """Each on a connection of its own, all at once, since each waits for time to pass."""
        with contextlib.ExitStack() as stack:
            crowd = [stack.enter_context(self.frames(greets=False)) for _ in openings]
            for frames, sent in zip(crowd, openings):
                frames.send(sent)
            for frames, sent in zip(crowd, openings):
                with self.subTest(sent=sent[-20:]):
                    self.assert_ends(frames, 8)

    def test_half_a_preface(self):
        self.all_end([PREFACE[:3], PREFACE[:16], PREFACE[:20], PREFACE, PREFACE + b"\0\0"])

    def test_HTTP_1_behind_the_preface(self):
        with self.frames() as frames:
            frames.send(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n")
            self.assert_ends(frames)

    def test_idle(self):
        with self.frames() as frames:
            frames.send(GET)
            self.assertEqual(frames.finish(1)[1], b"ok\n")
            self.assert_ends(frames, 8, code=0)

    def test_headers_that_stop_in_the_middle(self):
        self.all_end([PREFACE + frame(SETTINGS) + sent for sent in (
            headers(1, request(), 0), headers(1, request())[:-3], headers(1, call("Sink"), 0),
            opened(call("Sink")) + headers(1, literal("x", "y"), END_STREAM), b"\0\0")])

    def test_a_broken_head_does_not_end_a_connection_that_goes_on(self):
        with self.frames() as frames:
            frames.send(headers(1, request("/", ("X-Upper", "y"))))
            start, number = time.monotonic(), 3
            while time.monotonic() - start < 2.5:
                frames.send(headers(number, request()))
                self.assertEqual(frames.finish(number)[1], b"ok\n")
                time.sleep(0.2)
                number += 2

    def test_headers_that_trickle(self):
        with self.frames() as frames:
            frames.send(headers(1, request(), 0))
            start = time.monotonic()
            while time.monotonic() - start < 8 and not frames.is_over:
                frames.send(frame(CONTINUATION, 0, 1, literal("x", "y")))
                with contextlib.suppress(AssertionError):
                    frames.next(0.2)
            self.assertTrue(frames.is_over)

    def test_bodies_that_never_come(self):
        with self.frames() as frames:
            for number in range(1, 200, 2):
                frames.send(headers(number, call("Sink"), END_HEADERS))
            self.assertTrue(until(lambda: calls_open(self.node) == 100, BOUND))
            self.assert_calls_end()

    def test_a_head_too_large(self):
        for name, fields in (
                ("in one field", request("/", ("x", "y" * 14_000), ("z", "y" * 1_000))
                 + b"".join(literal(f"x-{n}", "") for n in range(101))),
                ("in many", b"".join([request("/")] + [literal("a", "b") for _ in range(300)]))):
            with self.subTest(how=name), self.frames() as frames:
                frames.send(headers(1, fields[:16_000]))
                blocks, _, code = frames.finish(1)
                # Told with 431 (the only bytes of a block that need no table), or reset.
                self.assertTrue(code is not None or b"431" in blocks[0] or blocks)
                frames.send(headers(3, request()))
                self.assertEqual(frames.finish(3)[1], b"ok\n")

    def test_a_head_of_sixty_thousand_bytes(self):
        with self.frames() as frames:
            frames.send(headers(1, request("/", ("x", "y" * 15_000)), END_STREAM))
            for number in range(4):
                frames.send(frame(CONTINUATION, END_HEADERS if number == 3 else 0, 1,
                                  literal("x", "y" * 15_000)))
            blocks, body, code = frames.finish(1)
            self.assertTrue(code is not None or b"Large" in body, (blocks, body))

    def test_a_small_block_that_unpacks_to_a_large_head(self):
        with self.frames() as frames:
            # Index 62 is the entry just made; each mention of it costs one byte.
            bomb = request("/") + literal("x", "y" * 3_900, first=0x40) + b"\xbe" * 12_000
            for number in range(1, 20, 2):
                frames.send(headers(number, bomb))
            with contextlib.suppress(AssertionError):
                while not frames.is_over:
                    frames.next(0.5)
            oks = [
                found for found in frames.seen
                if found[0] == HEADERS and b"\x88" == found[3][:1]]
            self.assertEqual(oks, [])

    def test_a_window_that_is_not_heeded(self):
        with self.frames() as frames:
            # Nobody reads the replies, so the requests pile up until the window is used up.
            frames.send(headers(1, call("Mirror"), END_HEADERS))
            message = framed(stubs().probe.MirrorRequest(payload=bytes(16_000)).SerializeToString())
            for _ in range(1_000):
                frames.send(frame(DATA, 0, 1, message))
            self.assert_ends(frames, 8)
        self.assert_calls_end()

    def test_a_window_that_stays_shut(self):
        with self.frames(settings=setting(4, 0)) as frames:
            message = framed(stubs().probe.SourceRequest(
                messages=100_000, bytes=10_000).SerializeToString())
            for number in range(1, 200, 2):
                frames.send(headers(number, call("Source"), END_HEADERS),
                            frame(DATA, END_STREAM, number, message))
            self.assertTrue(until(lambda: calls_open(self.node) > 0, BOUND))
            self.assert_calls_end()

    def test_a_window_that_stays_shut_before_whole_answers(self):
        with self.frames(settings=setting(4, 0)) as frames:
            for number in range(1, 400, 2):
                frames.send(headers(number, request("/")))
            # Told by resets, so that what is queued is let go, although each PING is answered.
            seen = set()
            deadline = time.monotonic() + 8
            while len(seen) < 200 and time.monotonic() < deadline and not frames.is_over:
                frames.send(frame(PING, payload=bytes(8)))
                with contextlib.suppress(AssertionError):
                    found = frames.next(0.3)
                    if found and found[0] == RST_STREAM:
                        seen.add(found[2])
            self.assertTrue(frames.is_over or len(seen) == 200, len(seen))

    def test_a_reader_that_takes_nothing(self):
        stream = socket.socket()
        stream.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        stream.connect(("127.0.0.1", self.node.port))
        with Frames(stream, settings=setting(4, (1 << 31) - 1)) as frames:
            message = framed(stubs().probe.SourceRequest(
                messages=1_000_000, bytes=10_000).SerializeToString())
            frames.send(frame(WINDOW_UPDATE, 0, 0, word((1 << 31) - 1 - 65_535)))
            for number in range(1, 40, 2):
                frames.send(headers(number, call("Source"), END_HEADERS),
                            frame(DATA, END_STREAM, number, message))
            self.assertTrue(until(lambda: calls_open(self.node) > 0, BOUND))
            self.assert_calls_end()

    def test_more_streams_than_allowed(self):
        message = framed(stubs().probe.EchoRequest(delay_milliseconds=300).SerializeToString())
        calls = b"".join(
            headers(number, call(), END_HEADERS) + frame(DATA, END_STREAM, number, message)
            for number in range(1, 601, 2))
        with self.frames() as frames:
            # A client that has not acknowledged the limit cannot know it.
            frames.send(calls)
            ended, refused = set(), set()
            while len(ended) + len(refused) < 300:
                found = frames.next()
                self.assertIsNotNone(found, frames.summary())
                if found[0] == RST_STREAM and int.from_bytes(found[3], "big") == REFUSED_STREAM:
                    refused.add(found[2])
                elif found[0] == HEADERS and found[1] & END_STREAM:
                    ended.add(found[2])
            self.assertEqual((len(ended), len(refused)), (256, 44))
        with self.frames() as frames:
            frames.wait_for(SETTINGS)
            frames.send(UP, calls)
            self.assert_ends(frames, code=PROTOCOL_ERROR)
        self.assert_calls_end()

    def test_streams_that_make_us_reset_them_one_by_one(self):
        with self.frames() as frames:
            frames.wait_for(SETTINGS)
            frames.send(UP)
            for first in range(1, 8_000, 200):
                frames.send(b"".join(
                    headers(n, call("Mirror"), END_HEADERS)
                    + frame(WINDOW_UPDATE, 0, n, word((1 << 31) - 1))
                    for n in range(first, first + 200, 2)))
                with contextlib.suppress(AssertionError):
                    frames.wait_for(RST_STREAM, first + 198, 2)
                if frames.is_over:
                    break
            self.assertTrue(frames.is_over)
            self.assertEqual(frames.farewell, ENHANCE_YOUR_CALM)
        self.assert_calls_end()

    def test_headers_of_a_stream_that_is_past(self):
        with self.frames() as frames:
            frames.send(headers(5, request()), headers(3, request()), headers(7, request()))
            self.assertEqual(frames.finish(7)[1], b"ok\n")
            self.assertNotIn(3, [number for _, _, number, _ in frames.seen])

    def test_data_behind_a_refused_body_does_not_use_up_the_connection(self):
        with self.frames() as frames:
            frames.wait_for(SETTINGS)
            for number in range(1, 41, 2):
                frames.send(headers(number, call("Nothing"), END_HEADERS))
                # 1,000,000 bytes each, 20 million in all: five windows of the connection.
                for _ in range(62):
                    frames.send(frame(DATA, 0, number, bytes(16_000)))
                frames.finish(number)
                frames.send(frame(RST_STREAM, 0, number, word(CANCEL)))
            frames.send(headers(101, request()))
            self.assertEqual(frames.finish(101)[1], b"ok\n")

    def test_a_stream_that_depends_on_itself(self):
        with self.frames() as frames:
            frames.send(frame(PRIORITY, 0, 1, word(1) + b"\x10"),
                        headers(1, word(1) + b"\x10" + request(),
                                END_HEADERS | END_STREAM | PRIORITIZED))
            # RFC 9113 dropped priorities: to ignore it is right, and so is to refuse it.
            with contextlib.suppress(AssertionError):
                frames.finish(1)

    def test_unknown_frames_and_settings_are_ignored(self):
        with self.frames(settings=setting(0xF000, 7)) as frames:
            frames.send(frame(0xEE, 0xFF, 77, b"x" * 100) * 100, GET)
            self.assertEqual(frames.finish(1)[1], b"ok\n")

    def test_a_storm_of_goaways(self):
        with self.frames() as frames:
            frames.send(frame(GOAWAY, payload=word(0) + word(0) + b"storm") * 20_000)
            self.assert_ends(frames, 8)

    def test_a_storm_of_priorities_is_ignored(self):
        with self.frames() as frames:
            frames.send(frame(PRIORITY, 0, 1, b"\0\0\0\0\x10") * 20_000,
                        frame(PRIORITY, 0, 0, b"12345"), headers(3, request()))
            self.assertEqual(frames.finish(3)[1], b"ok\n")

    def test_a_storm_of_small_windows(self):
        with self.frames() as frames:
            frames.send(frame(WINDOW_UPDATE, 0, 0, word(1)) * 50_000, GET)
            with contextlib.suppress(AssertionError):
                frames.finish(1)

    def test_gone_in_the_middle(self):
        for sent in (PREFACE[:10], PREFACE, PREFACE + frame(SETTINGS) + opened(call("Mirror")),
                     PREFACE + frame(SETTINGS) + headers(1, request(), 0)):
            stream = self.node.connect(BOUND)
            stream.sendall(sent)
            stream.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            stream.close()
        self.assert_calls_end()

    def test_half_closed(self):
        with self.frames() as frames:
            frames.send(opened(call("Sink")))
            frames.stream.shutdown(socket.SHUT_WR)
            self.assert_ends(frames)
        self.assert_calls_end()

    def test_many_connections_that_reset_rapidly(self):
        attack = b"".join(headers(n, call("Mirror"), END_HEADERS)
                          + frame(RST_STREAM, 0, n, word(CANCEL)) for n in range(1, 2_000, 2))
        crowd = [self.frames() for _ in range(20)]
        for frames in crowd:
            frames.send(attack)
        self.assertEqual(self.node.healthz(), b"ok\n")
        for frames in crowd:
            frames.stream.close()
        self.assert_calls_end()


PROBE = dict(payload=b"hello")


def echo_bytes(**fields):
    return stubs().probe.EchoRequest(**fields).SerializeToString()


# Name, method, more header fields, body, the gRPC status expected.
LIES = [
    ("a length larger than the data", "Echo", [], lambda: b"\0\0\0\0\x64hello", 13),
    ("half a prefix", "Echo", [], lambda: b"\0\0\0", 13),
    ("no message", "Echo", [], lambda: b"", 13),
    ("two messages", "Echo", [], lambda: framed(echo_bytes(**PROBE)) * 2, 13),
    ("bytes behind the message", "Echo", [], lambda: framed(echo_bytes(**PROBE)) + b"x", 13),
    ("a length beyond the limit", "Echo", [], lambda: b"\0\x7f\xff\xff\xff", 8),
    ("a length of four gibibytes", "Sink", [], lambda: b"\0\xff\xff\xff\xff", 8),
    ("the flag seven", "Echo", [], lambda: b"\x07" + framed(echo_bytes(**PROBE))[1:], 13),
    ("compressed without saying how", "Echo", [],
     lambda: b"\x01" + framed(gzip.compress(echo_bytes(**PROBE)))[1:], 13),
    ("compressed in an unknown way", "Echo", [("grpc-encoding", "snappy")],
     lambda: b"\x01" + framed(echo_bytes(**PROBE))[1:], 12),
    ("gzip that is none", "Echo", [("grpc-encoding", "gzip")],
     lambda: b"\x01" + framed(b"not gzip at all")[1:], 13),
    ("gzip cut short", "Echo", [("grpc-encoding", "gzip")],
     lambda: b"\x01" + framed(gzip.compress(echo_bytes(payload=bytes(9999)))[:-12])[1:], 13),
    ("gzip that unpacks to 256 MiB", "Sink", [("grpc-encoding", "gzip")],
     lambda: b"\x01" + framed(gzip_bomb())[1:], 8),
    ("no protobuf", "Echo", [], lambda: framed(b"\xff" * 50), 3),
    ("protobuf with a length beyond its end", "Echo", [], lambda: framed(b"\x0a\xff\x01x"), 3),
    ("protobuf nested without end", "Echo", [], lambda: framed(b"\x0b" * 10_000), 3),
    ("a time-out that is none", "Echo", [("grpc-timeout", "soon")],
     lambda: framed(echo_bytes(**PROBE)), 3),
    ("a time-out too long to be one", "Echo", [("grpc-timeout", "999999999S")],
     lambda: framed(echo_bytes(**PROBE)), 3),
    ("a time-out that has passed", "Echo", [("grpc-timeout", "0n")],
     lambda: framed(echo_bytes(**PROBE)), 4),
    ("metadata that is no base64", "Echo", [("x-raw-bin", "%%%%")],
     lambda: framed(echo_bytes(**PROBE)), None),
    ("a delay beyond the limit", "Echo", [],
     lambda: framed(echo_bytes(delay_milliseconds=4_000_000_000)), 3),
    ("a method with its case changed", "echo", [], lambda: framed(b""), 12),
    ("a method with a query", "Echo?x=y", [], lambda: framed(b""), 12),
    ("a method with dots", "../Probe/Echo", [], lambda: framed(b""), 12),
]


def gzip_bomb():
    """A quarter of a mebibyte that unpacks to a thousand times as much."""
    import zlib
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    piece = bytes(1 << 20)
    return b"".join([packer.compress(piece) for _ in range(256)] + [packer.flush()])


@table(LIES, "check")
class Calls(HostileCase):
    def check(self, method, fields, body, expected):
        body = body()
        with Frames(self.node.connect(BOUND)) as frames:
            frames.wait_for(SETTINGS)
            frames.send(UP, opened(call(method, *fields)))
            pieces = [body[start:start + 16_000] for start in range(0, len(body), 16_000)] or [b""]
            for number, piece in enumerate(pieces):
                last = number == len(pieces) - 1
                frames.send(frame(DATA, END_STREAM if last else 0, 1, piece))
            blocks, _, code = frames.finish(1, 10)
            self.assertIsNone(code)
            status = grpc_status(blocks)
            if expected is None:
                self.assertIn(status, (0, 3, 13))
            else:
                self.assertEqual(status, expected)
            frames.send(headers(3, request()))
            self.assertEqual(frames.finish(3)[1], b"ok\n")


def grpc_status(blocks):
    """From the header blocks of one stream, in the order in which they came."""
    import hpack
    decoder = hpack.Decoder()
    fields = {}
    for encoded in blocks:
        fields |= dict(decoder.decode(encoded))
    return int(fields["grpc-status"])


class Lines(HostileCase):
    """gRPC over HTTP/1.1 is held to the same rules."""

    def test_a_lie_over_http_1(self):
        head = (b"POST /apus.probe.v1.Probe/Echo HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n"
                b"content-type: application/grpc\r\ncontent-length: 10\r\n\r\n")
        with self.node.connect(BOUND) as stream:
            answer = exchange(stream, head + b"\0\0\0\0\x64hello")
        self.assertEqual(statuses(answer), [200])
        self.assertIn(b"grpc-status: 13", answer)
