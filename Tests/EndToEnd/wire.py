"""HTTP/2 by hand: frames and header blocks as a hostile client makes them."""

import contextlib
import re
import struct
import time

from support import drain

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"

(DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS, PUSH_PROMISE, PING, GOAWAY, WINDOW_UPDATE,
 CONTINUATION) = range(10)
END_STREAM, ACK, END_HEADERS, PADDED, PRIORITIZED = 0x1, 0x1, 0x4, 0x8, 0x20

(NO_ERROR, PROTOCOL_ERROR, INTERNAL_ERROR, FLOW_CONTROL_ERROR, SETTINGS_TIMEOUT, STREAM_CLOSED,
 FRAME_SIZE_ERROR, REFUSED_STREAM, CANCEL, COMPRESSION_ERROR, CONNECT_ERROR, ENHANCE_YOUR_CALM,
 ) = range(12)


def frame(kind, flags=0, stream=0, payload=b"", length=None):
    size = len(payload) if length is None else length
    return size.to_bytes(3, "big") + bytes([kind, flags]) + struct.pack(">I", stream) + payload


def setting(identifier, value):
    return struct.pack(">HI", identifier, value)


def integer(value, bits, first=0):
    """HPACK's integers (RFC 7541, 5.1)."""
    limit = (1 << bits) - 1
    if value < limit:
        return bytes([first | value])
    out, value = bytearray([first | limit]), value - limit
    while value >= 128:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes(out) + bytes([value])


def literal(name, value, first=0x00):
    """A field that is not indexed; `first` 0x40 puts it into the table."""
    name, value = (text.encode("latin-1") if isinstance(text, str) else text
                   for text in (name, value))
    return bytes([first]) + integer(len(name), 7) + name + integer(len(value), 7) + value


def block(*fields):
    return b"".join(field if isinstance(field, bytes) else literal(*field) for field in fields)


def request(path="/healthz", *more, method="GET", scheme="http", authority="localhost"):
    return block((":method", method), (":scheme", scheme), (":path", path),
                 (":authority", authority), *more)


def call(name="Echo", *more):
    return request(f"/apus.probe.v1.Probe/{name}", ("content-type", "application/grpc"),
                   ("te", "trailers"), *more, method="POST")


def headers(stream, fields, flags=END_HEADERS | END_STREAM):
    return frame(HEADERS, flags, stream, fields)


class Frames:
    """A connection of frames: sends what it is told and gathers what comes."""

    def __init__(self, stream, settings=b"", preface=PREFACE, greets=True):
        self.stream = stream
        self.buffer = b""
        self.seen = []
        self.is_over = False
        if greets:
            self.send(preface, frame(SETTINGS, payload=settings))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stream.close()

    def send(self, *pieces):
        """A server that hangs up in the middle is what many cases are about."""
        with contextlib.suppress(OSError):
            self.stream.sendall(b"".join(pieces))

    def next(self, seconds=5.0):
        """The next frame as (kind, flags, stream, payload); nil once the connection is over."""
        deadline = time.monotonic() + seconds
        while True:
            if len(self.buffer) >= 9:
                size = int.from_bytes(self.buffer[:3], "big")
                if len(self.buffer) >= 9 + size:
                    kind, flags = self.buffer[3], self.buffer[4]
                    stream = struct.unpack(">I", self.buffer[5:9])[0]
                    found = (kind, flags, stream, self.buffer[9:9 + size])
                    self.buffer = self.buffer[9 + size:]
                    self.seen.append(found)
                    return found
            left = deadline - time.monotonic()
            if left <= 0:
                raise AssertionError(f"nothing came within {seconds} s; seen: {self.summary()}")
            self.stream.settimeout(left)
            try:
                piece = self.stream.recv(1 << 16)
            except TimeoutError:
                continue
            except OSError:
                piece = b""
            if not piece:
                self.is_over = True
                return None
            self.buffer += piece

    def wait_for(self, kind, stream=None, seconds=5.0):
        while found := self.next(seconds):
            if found[0] == kind and stream in (None, found[2]):
                return found
        raise AssertionError(f"the connection ended first; seen: {self.summary()}")

    def read_to_end(self, seconds=5.0):
        deadline = time.monotonic() + seconds
        while self.next(max(0.01, deadline - time.monotonic())):
            pass

    def finish(self, stream, seconds=5.0):
        """Reads until a stream ends: its header blocks and body, or the code of its reset."""
        blocks, body = [], b""
        while found := self.next(seconds):
            kind, flags, number, payload = found
            if number != stream:
                continue
            if kind == RST_STREAM:
                return blocks, body, int.from_bytes(payload, "big")
            if kind == HEADERS:
                blocks.append(payload)
            elif kind == DATA:
                body += payload
            if kind in (HEADERS, DATA) and flags & END_STREAM:
                return blocks, body, None
        raise AssertionError(f"the connection ended first; seen: {self.summary()}")

    @property
    def farewell(self):
        """The code of the last GOAWAY, if one came."""
        codes = [int.from_bytes(payload[4:8], "big")
                 for kind, _, _, payload in self.seen if kind == GOAWAY]
        return codes[-1] if codes else None

    def summary(self):
        return [(kind, flags, stream, payload[:40])
                for kind, flags, stream, payload in self.seen[-6:]]


def statuses(answer):
    """The status of every answer in the bytes of an HTTP/1.1 connection."""
    return [int(code) for code in re.findall(rb"HTTP/1\.[01] (\d{3}) ", answer)]


def exchange(stream, *pieces):
    """Sends over HTTP/1.1 and returns everything up to the end of the connection."""
    with contextlib.suppress(OSError):
        stream.sendall(b"".join(pieces))
    return drain(stream)
