"""Hostile HTTP/1.1: smuggling, damaged heads and bodies, and clients that take their time."""

import contextlib
import socket
import struct
import time
import unittest

from hostile import BOUND, HostileCase, table, words
from support import Node, framed, stubs, until
from test_grpc import calls_open
from wire import exchange, statuses

GET = b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n"
POST = b"POST /healthz HTTP/1.1\r\nhost: localhost\r\n"
CLOSE = b"GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n"
# Answered with 404 wherever it is taken for a request of its own.
SMUGGLED = b"GET /smuggled HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n"
CHUNKED = b"transfer-encoding: chunked\r\n"
SINK = (b"POST /apus.probe.v1.Probe/Sink HTTP/1.1\r\nhost: localhost\r\n"
        b"content-type: application/grpc\r\n")


def length(text):
    return GET + b"content-length: " + text + b"\r\n\r\nhello" + SMUGGLED


def coding(text):
    return GET + b"transfer-encoding:" + text + b"\r\n\r\n0\r\n\r\n" + SMUGGLED


def chunks(body):
    return GET + CHUNKED + b"\r\n" + body + SMUGGLED


# Name, what is sent, the statuses that come before the connection is closed.
LINES = [
    # Which length counts: whoever disagrees smuggles.
    ("length then coding", GET + b"content-length: 5\r\n" + CHUNKED + b"\r\n0\r\n\r\n" + SMUGGLED,
     [400]),
    ("coding then length", GET + CHUNKED + b"content-length: 5\r\n\r\n0\r\n\r\n" + SMUGGLED, [400]),
    ("coding twice", GET + CHUNKED + CHUNKED + b"\r\n0\r\n\r\n" + SMUGGLED, [400]),
    ("coding chunked then other", coding(b" chunked, identity"), [501]),
    ("coding other then chunked", coding(b" gzip, chunked"), [501]),
    ("coding in two lines", GET + b"transfer-encoding: identity\r\n" + CHUNKED + b"\r\n0\r\n\r\n"
     + SMUGGLED, [501]),
    ("coding misspelt", coding(b" xchunked"), [501]),
    ("coding in quotes", coding(b' "chunked"'), [501]),
    ("coding with a parameter", coding(b" chunked;q=1"), [501]),
    ("coding with a comma", coding(b" ,chunked"), [501]),
    ("coding empty", coding(b""), [501]),
    ("coding behind a vertical tab", coding(b"\x0bchunked"), [400]),
    ("coding behind a form feed", coding(b" \x0cchunked"), [400]),
    ("coding with a zero byte", coding(b" chunked\0"), [400]),
    ("coding with eight bits", coding(b" chunked\xff"), [501]),
    ("coding with a blank before the colon",
     GET + b"transfer-encoding : chunked\r\n\r\n0\r\n\r\n" + SMUGGLED, [400]),
    ("coding with a tab before the colon",
     GET + b"transfer-encoding\t: chunked\r\n\r\n0\r\n\r\n" + SMUGGLED, [400]),
    ("coding behind a bare line feed",
     GET + b"x: y\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n" + SMUGGLED, [400]),
    ("coding behind a bare return",
     GET + b"x: y\rtransfer-encoding: chunked\r\n\r\n0\r\n\r\n" + SMUGGLED, [400]),
    ("coding folded", GET + b"transfer-encoding:\r\n chunked\r\n\r\n0\r\n\r\n" + SMUGGLED, [501]),
    ("coding in HTTP 1.0",
     b"GET /healthz HTTP/1.0\r\nhost: localhost\r\n" + CHUNKED + b"\r\n0\r\n\r\n" + SMUGGLED,
     [400]),
    ("coding in any case is one", GET + b"tRANSFER-eNCODING:\tcHuNkEd\r\n\r\n0\r\n\r\n" + CLOSE,
     [200, 200]),
    ("lengths that differ", GET + b"content-length: 5\r\ncontent-length: 0\r\n\r\nhello" + SMUGGLED,
     [400]),
    ("lengths that agree", GET + b"content-length: 5\r\ncontent-length: 5\r\n\r\nhello" + SMUGGLED,
     [400]),
    ("length as a list", length(b"5, 5"), [400]),
    ("length with a plus", length(b"+5"), [400]),
    ("length with a minus", length(b"-5"), [400]),
    ("length in hexadecimal", length(b"0x5"), [400]),
    ("length with a point", length(b"5.0"), [400]),
    ("length with a blank inside", length(b"5 5"), [400]),
    ("length empty", length(b""), [400]),
    ("length in other digits", length("٥".encode()), [400]),
    ("length with an underscore", length(b"1_0"), [400]),
    ("length that overflows", length(b"99999999999999999999"), [413]),
    ("length that wraps to five", length(b"18446744073709551621"), [413]),
    ("length of the largest number", length(b"9223372036854775807"), [200]),
    ("a body that looks like a request",
     GET + b"content-length: %d\r\n\r\n" % len(SMUGGLED) + SMUGGLED + CLOSE, [200, 200]),
    # Chunks.
    ("chunk size no number", chunks(b"hello\r\n"), [200]),
    ("chunk size with a sign", chunks(b"+0\r\n\r\n"), [200]),
    ("chunk size with 0x", chunks(b"0x0\r\n\r\n"), [200]),
    ("chunk size behind a blank", chunks(b" 0\r\n\r\n"), [200]),
    ("chunk size before a blank", chunks(b"0 \r\n\r\n"), [200]),
    ("chunk size empty", chunks(b"\r\n\r\n"), [200]),
    ("chunk size before a bare line feed", chunks(b"0\n\r\n"), [200]),
    ("chunk size before a bare return", chunks(b"0\r\r\n\r\n"), [200]),
    ("chunk size that overflows", chunks(b"1" + b"0" * 16 + b"\r\n"), [200]),
    ("chunk size that wraps to zero", chunks(b"1" + b"0" * 32 + b"\r\n\r\n"), [200]),
    ("chunk longer than its size", chunks(b"2\r\nhello\r\n0\r\n\r\n"), [200]),
    ("chunk before a bare line feed", chunks(b"5\r\nhello\n0\r\n\r\n"), [200]),
    ("chunk size with endless zeros", chunks(b"0" * 100_000), [200]),
    ("chunk with an endless extension", chunks(b"0;" + b"x" * 100_000), [200]),
    ("chunk extension with a line feed", chunks(b"0;a\nb\r\n\r\n"), [200]),
    ("chunks with long extensions all", chunks((b"1;" + b"e" * 200 + b"\r\nx\r\n") * 500), [200]),
    ("trailer without end", chunks(b"0\r\n" + b"x-trailer: " + b"t" * 100_000), [200]),
    ("trailers without end", chunks(b"0\r\n" + b"x: y\r\n" * 10_000), [200]),
    ("trailer folded", chunks(b"0\r\nx: y\r\n z\r\n\r\n"), [200]),
    ("trailer with a bare line feed", chunks(b"0\r\nx: y\nz: w\r\n\r\n"), [200]),
    ("trailer that names a length is dropped",
     GET + CHUNKED + b"\r\n0\r\ncontent-length: 500\r\n\r\n" + CLOSE, [200, 200]),
    # Heads.
    ("bare line feeds", b"GET /healthz HTTP/1.1\nhost: a\n\n" + SMUGGLED, [400]),
    ("bare line feed at the end", GET + b"\n" + SMUGGLED, [400]),
    ("bare return in a value", GET + b"x: a\rb\r\n\r\n" + SMUGGLED, [400]),
    ("zero byte in the target", b"GET /\0 HTTP/1.1\r\nhost: localhost\r\n\r\n", [400]),
    ("zero byte in a name", GET + b"x\0: y\r\n\r\n", [400]),
    ("zero byte in a value", GET + b"x: \0\r\n\r\n", [400]),
    ("delete in a value", GET + b"x: \x7f\r\n\r\n", [400]),
    ("escape sequence in a value", GET + b"x: \x1b[2J\r\n\r\n", [400]),
    ("blank before the colon", GET + b"x : y\r\n\r\n", [400]),
    ("folded field", GET + b"x: y\r\n\tz\r\n\r\n", [400]),
    ("first field folded", b"GET /healthz HTTP/1.1\r\n host: localhost\r\n\r\n", [400]),
    ("field without a name", GET + b": y\r\n\r\n", [400]),
    ("field without a colon", GET + b"nothing\r\n\r\n", [400]),
    ("field with brackets in its name", GET + b"x[0]: y\r\n\r\n", [400]),
    ("no host", b"GET /healthz HTTP/1.1\r\n\r\n", [400]),
    ("two hosts", GET + b"host: b\r\n\r\n", [400]),
    ("the same host twice", GET + b"host: localhost\r\n\r\n", [400]),
    ("host with a path", b"GET /healthz HTTP/1.1\r\nhost: a/b\r\n\r\n", [400]),
    ("host with a user", b"GET /healthz HTTP/1.1\r\nhost: u@a\r\n\r\n", [400]),
    ("host with a blank", b"GET /healthz HTTP/1.1\r\nhost: a b\r\n\r\n", [400]),
    ("host with a list", b"GET /healthz HTTP/1.1\r\nhost: a, b\r\n\r\n", [400]),
    ("host with a port too large", b"GET /healthz HTTP/1.1\r\nhost: a:999999\r\n\r\n", [400]),
    ("target over-long", b"GET /" + b"a" * 9_000 + b" HTTP/1.1\r\nhost: localhost\r\n\r\n", [414]),
    ("target without end", b"GET /" + b"a" * 1_000_000, [414]),
    ("target with a blank", b"GET /a b HTTP/1.1\r\nhost: localhost\r\n\r\n", [400]),
    ("target with eight bits", b"GET /\xff HTTP/1.1\r\nhost: localhost\r\n\r\n", [400]),
    ("target with a fragment", b"GET /#a HTTP/1.1\r\nhost: localhost\r\n\r\n", [400]),
    ("target absolute",
     b"GET http://localhost/healthz HTTP/1.1\r\nhost: b\r\nconnection: close\r\n\r\n", [200]),
    ("target absolute of another scheme",
     b"GET ftp://a/ HTTP/1.1\r\nhost: localhost\r\n\r\n", [400]),
    ("target absolute with a user", b"GET http://u@a/ HTTP/1.1\r\nhost: localhost\r\n\r\n", [400]),
    ("target absolute without a host", b"GET http:/// HTTP/1.1\r\nhost: localhost\r\n\r\n", [400]),
    ("target an authority", b"GET a:80 HTTP/1.1\r\nhost: localhost\r\n\r\n", [400]),
    ("target a star for get", b"GET * HTTP/1.1\r\nhost: localhost\r\n\r\n", [400]),
    ("target a star for options",
     b"OPTIONS * HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n", [204]),
    ("target relative", b"GET healthz HTTP/1.1\r\nhost: localhost\r\n\r\n", [400]),
    ("target with dots is refused",
     b"GET /../../etc/passwd HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n", [400]),
    ("connect", b"CONNECT a:22 HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n", [421]),
    ("connect without a port", b"CONNECT a HTTP/1.1\r\nhost: localhost\r\n\r\n", [400]),
    ("trace gives nothing back",
     b"TRACE /healthz HTTP/1.1\r\nhost: localhost\r\nx: secret\r\nconnection: close\r\n\r\n",
     [405]),
    ("one field over-long", GET + b"x: " + b"y" * 40_000 + b"\r\n\r\n", [431]),
    ("one field without end", GET + b"x: " + b"y" * 2_000_000, [431]),
    ("a name without end", GET + b"x" * 2_000_000, [431]),
    ("too many fields", GET + b"".join(b"x-%d: y\r\n" % n for n in range(101)) + b"\r\n", [431]),
    ("fields without end", GET + b"x: y\r\n" * 100_000, [431]),
    ("empty lines without end", b"\r\n" * 10_000, None),
    ("empty lines behind a request", GET + b"\r\n\r\n\r\n" + SMUGGLED, [200, 400]),
    ("method without end", b"M" * 100_000, [501]),
    ("method with a slash", b"G/T / HTTP/1.1\r\nhost: localhost\r\n\r\n", [400]),
    ("method behind a blank", b" GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n", None),
    ("two blanks in the request line", b"GET  /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n", [400]),
    ("tabs in the request line", b"GET\t/healthz\tHTTP/1.1\r\nhost: localhost\r\n\r\n", [400]),
    ("version missing", b"GET /healthz\r\n\r\n", [400]),
    ("version in lower case", b"GET /healthz http/1.1\r\nhost: localhost\r\n\r\n", [400]),
    ("version 1.2", b"GET /healthz HTTP/1.2\r\nhost: localhost\r\n\r\n", [505]),
    ("version 2.0", b"GET /healthz HTTP/2.0\r\nhost: localhost\r\n\r\n", [505]),
    ("version with more digits", b"GET /healthz HTTP/1.10\r\nhost: localhost\r\n\r\n", [400]),
    ("blank behind the version", b"GET /healthz HTTP/1.1 \r\nhost: localhost\r\n\r\n", [400]),
    ("HTTP/2 behind a request", GET + b"\r\nPRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", [200, 505]),
    # Other protocols.
    ("a proxy's greeting", b"PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n" + CLOSE, [400]),
    ("ssh", b"SSH-2.0-OpenSSH_9.2p1\r\n", [400]),
    ("smtp", b"EHLO a\r\n", [400]),
    ("zero bytes", b"\0" * 1000, None),
    ("lower-case letters", b"hello\r\n", None),
]


@table(LINES, "check")
class Lines(HostileCase):
    def check(self, sent, expected):
        with self.node.connect(BOUND) as stream:
            answer = exchange(stream, sent)
        self.assertEqual(statuses(answer), expected or [], answer[:500])
        self.assertNotIn(b"/smuggled", answer)
        self.assertNotIn(b"secret", answer)
        if expected and expected[-1] >= 400:
            self.assertIn(b"connection: close", answer.lower())


class Slowness(HostileCase):
    """Whoever takes too long is cut off, and holds nothing meanwhile."""

    def trickle(self, head, piece, seconds=BOUND):
        """Sends a byte now and then; returns the answer and how long the node put up with it."""
        start = time.monotonic()
        with self.node.connect(BOUND) as stream:
            stream.sendall(head)
            stream.settimeout(0.1)
            while time.monotonic() - start < seconds:
                try:
                    answer = stream.recv(1 << 16)
                    return answer, time.monotonic() - start
                except TimeoutError:
                    pass
                except OSError:
                    return b"", time.monotonic() - start
                with contextlib.suppress(OSError):
                    stream.sendall(piece)
        self.fail(f"still open after {seconds} s")

    def test_a_head_byte_by_byte(self):
        answer, seconds = self.trickle(b"G", b"E")
        self.assertEqual(statuses(answer), [408])
        self.assertLess(seconds, 3)

    def test_fields_one_by_one(self):
        answer, seconds = self.trickle(GET, b"x: y\r\n")
        self.assertEqual(statuses(answer), [408])
        self.assertLess(seconds, 3)

    def test_the_second_head_of_a_connection(self):
        with self.node.connect(BOUND) as stream:
            answer = exchange(stream, GET + b"\r\n" + b"GET /hea")
        self.assertEqual(statuses(answer), [200, 408])

    def test_a_body_that_stops(self):
        with self.node.connect(BOUND) as stream:
            start = time.monotonic()
            answer = exchange(stream, SINK + b"content-length: 1000\r\n\r\nabc")
        self.assertLess(time.monotonic() - start, 4)
        self.assertNotIn(b"grpc-status: 0", answer)
        self.assertTrue(until(lambda: calls_open(self.node) == 0, BOUND))

    def test_a_chunk_that_stops(self):
        with self.node.connect(BOUND) as stream:
            answer = exchange(stream, SINK + CHUNKED + b"\r\nff\r\nabc")
        self.assertNotIn(b"grpc-status: 0", answer)
        self.assertTrue(until(lambda: calls_open(self.node) == 0, BOUND))

    def test_a_body_nobody_reads_that_never_comes(self):
        with self.node.connect(BOUND) as stream:
            self.assertEqual(
                statuses(exchange(stream, GET + b"content-length: 100000\r\n\r\n")), [200])

    def test_connections_without_a_request_are_closed(self):
        with self.node.connect(BOUND) as stream:
            start = time.monotonic()
            self.assertEqual(statuses(exchange(stream, GET + b"\r\n")), [200])
        self.assertGreater(time.monotonic() - start, 1.5)

    def test_many_connections_without_a_byte(self):
        streams = [self.node.connect(BOUND) for _ in range(500)]
        try:
            self.assertEqual(self.node.healthz(), b"ok\n")
            for stream in streams:
                self.assertEqual(stream.recv(100), b"")
        finally:
            for stream in streams:
                stream.close()

    def test_a_reader_that_takes_nothing(self):
        streams = []
        message = framed(stubs().probe.SourceRequest(
            messages=1_000_000, bytes=10_000).SerializeToString())
        head = SINK.replace(b"Sink", b"Source") + b"content-length: %d\r\n\r\n" % len(message)
        try:
            for _ in range(20):
                stream = socket.socket()
                stream.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
                stream.connect(("127.0.0.1", self.node.port))
                stream.sendall(head + message)
                streams.append(stream)
            self.assertTrue(until(lambda: calls_open(self.node) > 0, BOUND))
            self.assertTrue(until(lambda: calls_open(self.node) == 0, BOUND))
        finally:
            for stream in streams:
                stream.close()

    def test_half_closed_in_the_middle(self):
        for name, sent in (("head", b"GET /hea"), ("fields", GET), ("nothing", b""),
                           ("body", SINK + b"content-length: 50\r\n\r\nabc"),
                           ("chunk", SINK + CHUNKED + b"\r\n50\r\nabc")):
            with self.subTest(where=name), self.node.connect(BOUND) as stream:
                stream.sendall(sent)
                stream.shutdown(socket.SHUT_WR)
                answer = exchange(stream)
                self.assertNotIn(200, statuses(answer.replace(b"HTTP/1.1 200 OK\r\n", b"")))
                self.assertNotIn(b"grpc-status: 0\r\n", answer)

    def test_reset_in_the_middle(self):
        for sent in (b"", b"GET", GET, SINK + CHUNKED + b"\r\n50\r\nabc", GET * 200):
            stream = self.node.connect(BOUND)
            stream.sendall(sent)
            stream.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            stream.close()
        self.assertTrue(until(lambda: calls_open(self.node) == 0, BOUND))

    def test_a_pipeline_without_a_reader_is_cut_off(self):
        with self.node.connect(BOUND) as stream:
            stream.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            stream.settimeout(0.5)
            start, sent = time.monotonic(), 0
            with contextlib.suppress(ConnectionError):
                while time.monotonic() - start < 8:
                    with contextlib.suppress(TimeoutError):
                        sent += stream.send((GET + b"\r\n") * 500)
                self.fail(f"still open after {sent} bytes")


class Crowds(unittest.TestCase):
    def test_more_connections_than_there_may_be_wait_their_turn(self):
        with Node(*words(["http.max-connections=20"])) as node:
            held = [node.connect() for _ in range(50)]
            try:
                for stream in held:
                    stream.sendall(GET + b"\r\n")
                for stream in held[:20]:
                    self.assertEqual(statuses(stream.recv(1000)), [200])
                held[40].settimeout(0.3)
                with self.assertRaises(TimeoutError):
                    held[40].recv(1000)
                before = node.processor_ticks()
                time.sleep(0.5)
                self.assertLessEqual(node.processor_ticks() - before, 10)
                for stream in held[:30]:
                    stream.close()
                for stream in held[30:]:
                    stream.settimeout(BOUND)
                    self.assertEqual(statuses(stream.recv(1000)), [200])
            finally:
                for stream in held:
                    stream.close()
            self.assertEqual(node.healthz(), b"ok\n")
