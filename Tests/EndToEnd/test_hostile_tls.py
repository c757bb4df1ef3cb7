"""Hostile TLS: garbage, truth in the wrong place, and clients that stop half-way."""

import contextlib
import socket
import ssl
import struct
import subprocess
import time

from hostile import BOUND, HostileCase, table
from wire import PREFACE, SETTINGS, Frames, exchange, frame, headers, request, statuses
from support import drain, trusting_context

GET = b"GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n"


def record(kind, body, version=0x0301, length=None):
    size = len(body) if length is None else length
    return bytes([kind]) + struct.pack(">HH", version, size) + body


def client_hello(protocols=()):
    """What Python's TLS says first."""
    context = trusting_context()
    if protocols:
        context.set_alpn_protocols(list(protocols))
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    session = context.wrap_bio(incoming, outgoing, server_hostname="localhost")
    with contextlib.suppress(ssl.SSLWantReadError):
        session.do_handshake()
    return outgoing.read()


HELLO = client_hello()

# Name, bytes of a new connection. Each is refused: the connection ends, nothing is served.
GARBAGE = [
    ("a handshake of zeros", record(22, bytes(500))),
    ("a handshake of noise", record(22, bytes((n * 7919) % 256 for n in range(4_000)))),
    ("a record of 65535 bytes", record(22, b"x" * 1000, length=65_535)),
    ("a record larger than allowed", record(22, b"\x01" + b"x" * 18_000)),
    ("a record of nothing", record(22, b"")),
    ("records of nothing without end", record(22, b"") * 5_000),
    ("a handshake message of 16 MiB", record(22, b"\x01\xff\xff\xff" + b"x" * 1000)),
    ("a handshake in records without end", record(22, b"\x01\xff\xff\xff")
     + record(22, b"x" * 16_000) * 100),
    ("a hello cut short", record(22, HELLO[5:-20])),
    ("a hello with a byte too many", record(22, HELLO[5:] + b"x" * 5)),
    ("a hello with a broken length", HELLO[:6] + b"\0\0\x05" + HELLO[9:]),
    ("a hello of an unknown version", record(22, HELLO[5:9] + b"\x09\x09" + HELLO[11:], 0x0909)),
    ("a server's hello", record(22, b"\x02" + HELLO[6:])),
    ("a finished message first", record(22, b"\x14\0\0\x20" + bytes(32))),
    ("a record of application data first", b"\x16" + record(23, b"x" * 100)[1:]),
    ("an alert inside a handshake record", record(22, b"\x02\x28")),
    ("application data behind the hello", HELLO + record(23, GET, 0x0303)),
    ("a change of cipher without end", HELLO + record(20, b"\x01", 0x0303) * 500),
    ("a heartbeat behind the hello", HELLO + record(24, b"\x01\x40\x00" + b"x" * 20, 0x0303)),
    ("an alert behind the hello", HELLO + record(21, b"\x02\x28", 0x0303)),
    ("two hellos", HELLO + HELLO),
    ("plain HTTP behind the hello", HELLO + GET),
    ("the hello of SSL 2", b"\x80\x2e\x01\x00\x02\x00\x15\x00\x00\x00\x10" + bytes(37)),
    ("an alert first", record(21, b"\x02\x28")),
    ("application data first", record(23, b"x" * 100)),
]


@table(GARBAGE, "check")
class Garbage(HostileCase):
    def check(self, sent):
        with self.node.connect(BOUND) as stream:
            answer = exchange(stream, sent)
        self.assertEqual(statuses(answer), [])
        self.assertNotIn(b"ok\n", answer)


class Handshakes(HostileCase):
    def test_a_client_that_stops_half_way(self):
        openings = [b"\x16", HELLO[:5], HELLO[:-1], HELLO]
        streams = [self.node.connect(BOUND) for _ in openings]
        for stream, sent in zip(streams, openings):
            stream.sendall(sent)
        for stream in streams:
            with stream:
                drain(stream)  # Ends, or the connection's own time-out fails the test.

    def test_a_hello_byte_by_byte_is_fine(self):
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        session = trusting_context().wrap_bio(incoming, outgoing, server_hostname="localhost")
        with self.node.connect(BOUND) as stream:
            while True:
                try:
                    session.do_handshake()
                    break
                except ssl.SSLWantReadError:
                    for byte in outgoing.read():
                        stream.sendall(bytes([byte]))
                    incoming.write(stream.recv(1))
            session.write(GET)
            for byte in outgoing.read():
                stream.sendall(bytes([byte]))
            incoming.write(drain(stream))
            self.assertIn(b"ok\n", session.read(4096))

    def test_many_handshakes_left_open(self):
        crowd = [self.node.connect(BOUND) for _ in range(300)]
        try:
            for stream in crowd:
                stream.sendall(HELLO)
            self.assertEqual(self.node.healthz(), b"ok\n")
            for stream in crowd:
                drain(stream)
        finally:
            for stream in crowd:
                stream.close()

    def test_older_versions_only(self):
        for version in ("-tls1_2", "-tls1_1", "-tls1", "-no_tls1_3"):
            with self.subTest(version=version):
                result = subprocess.run(
                    ["openssl", "s_client", "-connect", self.node.target, version, "-cipher",
                     "ALL@SECLEVEL=0"], stdin=subprocess.DEVNULL, capture_output=True, timeout=20,
                    check=False)
                self.assertNotEqual(result.returncode, 0)

    def test_no_common_cipher_or_curve(self):
        for words in (["-ciphersuites", "TLS_AES_128_CCM_8_SHA256"], ["-curves", "brainpoolP512r1"],
                      ["-sigalgs", "RSA+SHA256"]):
            with self.subTest(words=words):
                result = subprocess.run(
                    ["openssl", "s_client", "-connect", self.node.target, "-tls1_3", *words],
                    stdin=subprocess.DEVNULL, capture_output=True, timeout=20, check=False)
                self.assertNotEqual(result.returncode, 0)

    def test_a_protocol_nobody_speaks(self):
        for offered in (["spdy/3"], ["apus/2"], ["h2c"], ["http/1.0"]):
            with self.subTest(offered=offered), self.assertRaises((ssl.SSLError, OSError)):
                self.node.connect_tls(offered, BOUND).close()

    def typed(self, *lines):
        """What s_client prints when these lines are typed into it, each once it has printed what
        stands before it."""
        client = subprocess.Popen(
            ["openssl", "s_client", "-connect", self.node.target, "-tls1_3", "-alpn", "http/1.1"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        output = b""
        try:
            for awaited, line in lines:
                seen = len(output)
                while awaited not in output[seen:]:
                    piece = client.stdout.read1()
                    self.assertTrue(piece, output)
                    output += piece
                client.stdin.write(line)
                client.stdin.flush()
            # At the end of its input it would leave without waiting for the answer.
            return output + client.stdout.read()
        finally:
            client.kill()
            client.communicate()

    def test_new_keys_are_agreed_in_the_middle(self):
        output = self.typed((b"Verify return code", b"K\n"), (b"KEYUPDATE", b"k\n"),
                            (b"KEYUPDATE", b"K\n"), (b"KEYUPDATE", GET))
        self.assertIn(b"HTTP/1.1 200 OK", output)

    def test_renegotiation(self):
        output = self.typed((b"Verify return code", b"R\n"))
        self.assertIn(b"RENEGOTIATING", output)
        self.assertIn(b"wrong ssl version", output)


class Inside(HostileCase):
    """The handshake was right; what follows is not."""

    def raw(self, stream):
        """The socket below a TLS session."""
        return socket.socket(fileno=stream.detach())

    def test_plaintext_behind_the_handshake(self):
        with self.raw(self.node.connect_tls(timeout=BOUND)) as stream:
            stream.settimeout(BOUND)
            answer = exchange(stream, GET)
        self.assertEqual(statuses(answer), [])

    def test_noise_in_a_record_behind_the_handshake(self):
        with self.raw(self.node.connect_tls(timeout=BOUND)) as stream:
            stream.settimeout(BOUND)
            exchange(stream, record(23, b"x" * 200, 0x0303))

    def test_a_huge_record_behind_the_handshake(self):
        with self.raw(self.node.connect_tls(timeout=BOUND)) as stream:
            stream.settimeout(BOUND)
            exchange(stream, record(23, b"x" * 20_000, 0x0303, length=65_535))

    def test_gone_without_a_goodbye(self):
        with self.raw(self.node.connect_tls(timeout=BOUND)) as stream:
            stream.settimeout(BOUND)
            stream.shutdown(socket.SHUT_WR)
            drain(stream)

    def test_half_a_request_and_gone(self):
        stream = self.node.connect_tls(timeout=BOUND)
        stream.sendall(b"GET /hea")
        with self.raw(stream) as bare:
            bare.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def test_TLS_inside_TLS(self):
        with self.node.connect_tls(timeout=BOUND) as stream:
            self.assertEqual(statuses(exchange(stream, HELLO)), [400])

    def test_TLS_behind_plaintext(self):
        keep = GET.replace(b"connection: close\r\n", b"")
        with self.node.connect(BOUND) as stream:
            self.assertEqual(statuses(exchange(stream, keep + HELLO)), [200, 400])

    def test_HTTP_1_where_h2_was_agreed(self):
        with self.node.connect_tls(["h2"], BOUND) as stream:
            self.assertEqual(statuses(exchange(stream, GET)), [])

    def test_HTTP_2_where_http_1_was_agreed(self):
        with self.node.connect_tls(["http/1.1"], BOUND) as stream:
            answer = exchange(stream, PREFACE + frame(SETTINGS) + headers(1, request()))
        self.assertEqual([code for code in statuses(answer) if code < 400], [])

    def test_HTTP_2_where_nothing_was_agreed(self):
        with self.node.connect_tls(timeout=BOUND) as stream:
            answer = exchange(stream, PREFACE + frame(SETTINGS) + headers(1, request()))
        self.assertEqual([code for code in statuses(answer) if code < 400], [])

    def test_smuggling_is_refused_here_too(self):
        with self.node.connect_tls(["http/1.1"], BOUND) as stream:
            answer = exchange(
                stream, b"GET / HTTP/1.1\r\nhost: localhost\r\ncontent-length: 5\r\n"
                b"transfer-encoding: chunked\r\n\r\n0\r\n\r\n" + GET)
        self.assertEqual(statuses(answer), [400])

    def test_a_slow_head(self):
        with self.node.connect_tls(["http/1.1"], BOUND) as stream:
            self.assertEqual(statuses(exchange(stream, b"GET / HTTP/1.1\r\n")), [408])

    def test_a_reader_that_takes_nothing(self):
        with self.node.connect_tls(["http/1.1"], BOUND) as stream:
            stream.settimeout(0.5)
            start = time.monotonic()
            keep = GET.replace(b"connection: close\r\n", b"") * 200
            with contextlib.suppress(ConnectionError, ssl.SSLError):
                while time.monotonic() - start < 10:
                    with contextlib.suppress(TimeoutError):
                        stream.sendall(keep)
                self.fail("still open")

    def test_frames_over_TLS_are_held_to_the_same(self):
        with Frames(self.node.connect_tls(["h2"], BOUND)) as frames:
            frames.send(frame(SETTINGS) * 5_000)
            frames.read_to_end(BOUND)
            self.assertTrue(frames.is_over)
