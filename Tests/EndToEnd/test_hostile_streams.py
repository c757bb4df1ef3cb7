"""Hostile HTTP/2 over time: what stops, trickles, floods or never comes."""

import contextlib
import socket
import struct
import time

from hostile import BOUND, HostileCase
from hostile_frames import GET, UP, opened, word
from support import framed, stubs, until
from test_grpc import calls_open
from wire import (
    CANCEL, CONTINUATION, DATA, END_HEADERS, END_STREAM, ENHANCE_YOUR_CALM, GOAWAY, HEADERS, PING,
    PREFACE, PRIORITIZED, PRIORITY, PROTOCOL_ERROR, REFUSED_STREAM, RST_STREAM, SETTINGS,
    WINDOW_UPDATE, Frames, call, exchange, frame, headers, literal, request, setting)


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
        message = framed(stubs().probe.DelayRequest(milliseconds=300).SerializeToString())
        calls = b"".join(
            headers(number, call("Delay"), END_HEADERS) + frame(DATA, END_STREAM, number, message)
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

    def test_priorities_are_ignored(self):
        with self.frames() as frames:
            frames.send(frame(PRIORITY, 0, 1, b"\0\0\0\0\x10") * 500,
                        frame(PRIORITY, 0, 0, b"12345"), headers(3, request()))
            self.assertEqual(frames.finish(3)[1], b"ok\n")

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
