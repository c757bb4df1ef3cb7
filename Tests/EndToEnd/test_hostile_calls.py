"""Lies in gRPC's framing and in what it frames."""

import gzip

from hostile import BOUND, HostileCase, table
from hostile_frames import UP, opened
from support import framed, stubs
from wire import (
    DATA, END_STREAM, SETTINGS, Frames, call, exchange, frame, headers, request, statuses)

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
    ("a delay beyond the limit", "Delay", [],
     lambda: framed(stubs().probe.DelayRequest(milliseconds=4_000_000_000).SerializeToString()),
     3),
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
        head = (b"POST /apus.probe.v1.Probe/Echo HTTP/1.1\r\nhost: localhost\r\n"
                b"connection: close\r\ncontent-type: application/grpc\r\n"
                b"content-length: 10\r\n\r\n")
        with self.node.connect(BOUND) as stream:
            answer = exchange(stream, head + b"\0\0\0\0\x64hello")
        self.assertEqual(statuses(answer), [200])
        self.assertIn(b"grpc-status: 13", answer)
