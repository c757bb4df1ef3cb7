"""The one port as stock web clients meet it: curl, h2load, openssl, and bare sockets."""

import hashlib
import json
import pathlib
import re
import signal
import socket
import ssl
import subprocess
import tempfile
import unittest

from support import Node, drain, framed, stubs, until


def tool(*command, limit=60, **settings):
    return subprocess.run(
        command, stdin=settings.pop("stdin", subprocess.DEVNULL), capture_output=True,
        timeout=limit, check=False, **settings)


def curl(*words):
    """Status, version, header fields and body of one request."""
    result = tool("curl", "--silent", "--show-error", "--insecure", "--include", "--max-time", "20",
                  *words)
    if result.returncode:
        raise AssertionError(f"curl ended with {result.returncode}: {result.stderr.decode()}")
    head, _, body = result.stdout.partition(b"\r\n\r\n")
    while head.startswith(b"HTTP/1.1 100"):
        head, _, body = body.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    version, status = first.split()[:2]
    fields = dict(line.lower().split(": ", 1) for line in lines)
    return int(status), version, fields, body


class Answers:
    """Reads the answers of a bare HTTP/1.1 connection one by one."""

    def __init__(self, stream):
        self.stream, self.buffer = stream, b""

    def more(self):
        piece = self.stream.recv(1 << 16)
        if not piece:
            raise AssertionError(f"the connection ended after {self.buffer[:200]!r}")
        self.buffer += piece

    def line(self):
        while b"\r\n" not in self.buffer:
            self.more()
        line, _, self.buffer = self.buffer.partition(b"\r\n")
        return line.decode()

    def take(self, count):
        while len(self.buffer) < count:
            self.more()
        taken, self.buffer = self.buffer[:count], self.buffer[count:]
        return taken

    def fields(self):
        fields = {}
        while line := self.line():
            name, _, value = line.partition(":")
            fields[name.lower()] = value.strip()
        return fields

    def next(self, has_body=True):
        """Status, fields (trailers among them) and body."""
        status = int(self.line().split()[1])
        fields = self.fields()
        body = b""
        if status != 100 and has_body:
            if fields.get("transfer-encoding") == "chunked":
                while size := int(self.line(), 16):
                    body += self.take(size)
                    self.line()
                fields |= self.fields()
            else:
                body = self.take(int(fields.get("content-length", 0)))
        return status, fields, body


class HTTPCase(unittest.TestCase):
    settings = ("loopback.probe=true",)

    @classmethod
    def setUpClass(cls):
        cls.node = Node(*[word for setting in cls.settings for word in ("--set", setting)])
        cls.addClassCleanup(cls.node.close)
        cls.clear, cls.secure = f"http://{cls.node.target}", f"https://{cls.node.target}"

    def talk(self, *pieces, answers=1, heads=()):
        """Sends the pieces at once over a bare connection and reads that many answers."""
        with self.node.connect() as stream:
            stream.sendall(b"".join(pieces))
            reader = Answers(stream)
            return [reader.next(has_body=number not in heads) for number in range(answers)]


class Versions(HTTPCase):
    WAYS = [
        ("1.1 in clear", ["--http1.1"], "clear", "HTTP/1.1"),
        ("1.0 in clear", ["--http1.0"], "clear", "HTTP/1.1"),
        ("2 in clear", ["--http2-prior-knowledge"], "clear", "HTTP/2"),
        ("1.1 over TLS", ["--http1.1"], "secure", "HTTP/1.1"),
        ("2 over TLS", ["--http2"], "secure", "HTTP/2"),
        ("no ALPN", ["--no-alpn"], "secure", "HTTP/1.1"),
    ]

    def test_curl_in_every_version(self):
        for name, words, way, expected in self.WAYS:
            with self.subTest(way=name):
                status, version, fields, body = curl(*words, f"{getattr(self, way)}/healthz")
                self.assertEqual((status, version, body), (200, expected, b"ok\n"))
                self.assertEqual(fields["content-length"], "3")

    def test_upgrade_to_h2c_is_not_taken_and_still_answered(self):
        # RFC 9113 dropped it; curl then goes on with HTTP/1.1.
        status, version, _, body = curl("--http2", f"{self.clear}/healthz")
        self.assertEqual((status, version, body), (200, "HTTP/1.1", b"ok\n"))

    def test_head_says_what_get_would(self):
        for words, way in ((["--http1.1"], self.clear), (["--http2"], self.secure)):
            with self.subTest(way=way):
                _, _, got, body = curl(*words, f"{way}/")
                status, _, headed, nothing = curl(*words, "--head", f"{way}/")
                self.assertEqual((status, nothing), (200, b""))
                self.assertEqual(headed["content-length"], str(len(body)))
                self.assertEqual(headed["content-type"], got["content-type"])

    def test_an_answer_before_the_body_is_seen(self):
        # curl takes a reset for a failure while it has something left to send.
        for size in (1, 100_000):
            for _ in range(10):
                status, _, _, _ = curl("--http2", "--data-binary", "x" * size,
                                       f"{self.secure}/nothing")
                self.assertEqual(status, 404)

    def test_errors(self):
        cases = [
            ("nothing there", ["/nothing"], 404, "notFound"),
            ("another method", ["/healthz", "-X", "DELETE"], 405, "methodNotAllowed"),
            ("a post", ["/healthz", "--data", "x"], 405, "methodNotAllowed"),
            ("an unknown coding", ["/healthz", "-H", "Transfer-Encoding: gzip", "--data", "x"],
             501, "notImplemented"),
            ("an over-long method", ["/healthz", "-X", "M" * 40], 501, "notImplemented"),
            ("an unknown expectation", ["/healthz", "-H", "Expect: wonders"], 417,
             "expectationFailed"),
        ]
        for name, (path, *words), expected, code in cases:
            with self.subTest(case=name):
                status, _, fields, body = curl("--http1.1", *words, self.clear + path)
                self.assertEqual(status, expected)
                self.assertEqual(fields["content-type"], "application/json")
                error = json.loads(body)["error"]
                self.assertEqual(error["code"], code)
                self.assertTrue(error["message"])
                if expected == 405:
                    self.assertEqual(fields["allow"], "get, head, options")

    def test_the_page_may_load_nothing(self):
        _, _, fields, body = curl(f"{self.secure}/")
        self.assertIn(b"Apus", body)
        self.assertIn("default-src 'none'", fields["content-security-policy"])
        self.assertEqual(fields["x-content-type-options"], "nosniff")


class Connections(HTTPCase):
    GET = b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n"

    def test_keep_alive(self):
        with self.node.connect() as stream:
            reader = Answers(stream)
            for _ in range(100):
                stream.sendall(self.GET)
                self.assertEqual(reader.next()[2], b"ok\n")

    def test_curl_keeps_a_connection(self):
        result = tool("curl", "--silent", "--http1.1", "--write-out", "%{num_connects}\n",
                      f"{self.clear}/healthz", f"{self.clear}/healthz")
        self.assertEqual(result.stdout.split(), [b"ok", b"1", b"ok", b"0"])

    def test_pipelined_answers_come_in_order(self):
        requests = [self.GET, b"HEAD / HTTP/1.1\r\nhost: localhost\r\n\r\n",
                    b"GET /nothing HTTP/1.1\r\nhost: localhost\r\n\r\n"] * 300
        answers = self.talk(*requests, answers=900, heads=range(1, 900, 3))
        self.assertEqual([answer[0] for answer in answers], [200, 200, 404] * 300)

    def test_a_pipeline_in_small_pieces(self):
        whole = self.GET * 5
        with self.node.connect() as stream:
            reader = Answers(stream)
            for index in range(len(whole)):
                stream.sendall(whole[index:index + 1])
            self.assertEqual([reader.next()[0] for _ in range(5)], [200] * 5)

    def test_close_is_honoured(self):
        with self.node.connect() as stream:
            stream.sendall(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")
            answer = drain(stream)
        self.assertIn(b"connection: close", answer.lower())
        self.assertTrue(answer.endswith(b"ok\n"))

    def test_half_close_behind_a_request_is_still_answered(self):
        with self.node.connect() as stream:
            stream.sendall(self.GET)
            stream.shutdown(socket.SHUT_WR)
            self.assertTrue(drain(stream).endswith(b"ok\n"))

    def test_many_connections_at_once(self):
        streams = [self.node.connect() for _ in range(300)]
        try:
            for stream in streams:
                stream.sendall(self.GET)
            for stream in streams:
                self.assertEqual(Answers(stream).next()[0], 200)
        finally:
            for stream in streams:
                stream.close()


class Bodies(HTTPCase):
    """Uploads go to the probe, which speaks gRPC over HTTP/1.1 as well."""

    HEAD = (b"POST /apus.probe.v1.Probe/Sink HTTP/1.1\r\nhost: localhost\r\n"
            b"content-type: application/grpc\r\nte: trailers\r\n")

    def check_sunk(self, answer, payload):
        status, fields, body = answer
        self.assertEqual((status, fields.get("grpc-status")), (200, "0"), fields)
        reply = stubs().probe.SinkReply.FromString(body[5:])
        self.assertEqual(reply.sha256, hashlib.sha256(payload).digest())

    def test_chunked_upload(self):
        payload = bytes(range(256)) * 400
        message = framed(stubs().probe.SinkRequest(payload=payload).SerializeToString())
        chunks = b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in (
            message[start:start + 1000] for start in range(0, len(message), 1000)))
        trailers = b"0\r\nx-trailer: t\r\n\r\n"
        first, second = self.talk(
            self.HEAD, b"transfer-encoding: chunked\r\n\r\n", chunks, trailers, Connections.GET,
            answers=2)
        self.check_sunk(first, payload)
        self.assertEqual(second[2], b"ok\n")

    def test_curl_uploads_in_chunks(self):
        payload = b"u" * 300_000
        message = framed(stubs().probe.SinkRequest(payload=payload).SerializeToString())
        with tempfile.NamedTemporaryFile() as file:
            file.write(message)
            file.flush()
            for version in ("--http1.1", "--http2-prior-knowledge"):
                with self.subTest(version=version):
                    status, _, _, body = curl(
                        version, "-X", "POST", "-H", "content-type: application/grpc",
                        "-H", "te: trailers", "-H", "Transfer-Encoding: chunked",
                        "--upload-file", file.name,
                        f"{self.clear}/apus.probe.v1.Probe/Sink")
                    self.assertEqual(status, 200)
                    reply = stubs().probe.SinkReply.FromString(
                        body[5:body.index(hashlib.sha256(payload).digest()) + 32])
                    self.assertEqual(reply.bytes, len(payload))

    def test_expect_continue(self):
        payload = b"e" * 1000
        message = framed(stubs().probe.SinkRequest(payload=payload).SerializeToString())
        with self.node.connect() as stream:
            reader = Answers(stream)
            stream.sendall(self.HEAD + b"content-length: %d\r\nexpect: 100-continue\r\n\r\n"
                           % len(message))
            self.assertEqual(reader.next()[0], 100)
            stream.sendall(message)
            self.check_sunk(reader.next(), payload)

    def test_expect_continue_is_not_asked_for_a_body_nobody_reads(self):
        with self.node.connect() as stream:
            stream.sendall(b"POST /healthz HTTP/1.1\r\nhost: localhost\r\ncontent-length: 1000\r\n"
                           b"expect: 100-continue\r\n\r\n")
            self.assertEqual(Answers(stream).next()[0], 405)

    def test_a_body_nobody_reads_is_skipped(self):
        first, second = self.talk(
            b"GET /healthz HTTP/1.1\r\nhost: localhost\r\ncontent-length: 5000\r\n\r\n",
            b"x" * 5000, Connections.GET, answers=2)
        self.assertEqual((first[0], second[0]), (200, 200))


class Pages(HTTPCase):
    settings = ()

    def test_healthz_says_only_ok(self):
        _, _, fields, body = curl(f"{self.clear}/healthz")
        self.assertEqual(body, b"ok\n")
        self.assertEqual(set(fields) - {"date"},
                         {"content-type", "cache-control", "content-length"})

    def test_readyz_says_why_only_to_those_who_may_know(self):
        self.assertEqual(curl(f"{self.clear}/readyz")[3], b"ready\n")
        self.assertEqual(curl(f"{self.secure}/readyz")[3], b"ready\n")
        owner = curl("--unix-socket", self.node.socket_path, "http://localhost/readyz")[3]
        self.assertEqual(json.loads(owner)["ready"], True)
        with Node("--set", "loopback.readiness=true") as open_node:
            details = json.loads(curl(f"http://{open_node.target}/readyz")[3])
        self.assertEqual((details["ready"], details["stopping"]), (True, False))

    def test_metrics_are_prometheus_text(self):
        status, _, fields, body = curl(f"{self.clear}/metrics")
        self.assertEqual(status, 200)
        self.assertIn("text/plain; version=0.0.4", fields["content-type"])
        samples = read_prometheus(body.decode())
        self.assertGreater(samples["apus_resident_bytes"], 1e6)
        self.assertGreaterEqual(samples["apus_connections_open"], 1)

    def test_metrics_are_refused_where_they_are_switched_off(self):
        with Node("--set", "loopback.metrics=false") as closed:
            for way in ("http", "https"):
                status, _, _, body = curl(f"{way}://{closed.target}/metrics")
                self.assertEqual(status, 403)
                self.assertIn("loopback.metrics", json.loads(body)["error"]["message"])
            owner = curl("--unix-socket", closed.socket_path, "http://localhost/metrics")
            self.assertEqual(owner[0], 200)

    def test_cleartext_is_refused_where_it_is_switched_off(self):
        with Node("--set", "http.cleartext=never") as closed:
            status, _, fields, body = curl("--http1.1", f"http://{closed.target}/healthz")
            self.assertEqual(status, 426)
            self.assertIn("TLS/1.3".lower(), fields["upgrade"])
            self.assertIn(b"https://", body)
            result = tool("curl", "--silent", "--http2-prior-knowledge",
                          f"http://{closed.target}/healthz")
            self.assertNotEqual(result.returncode, 0)
            self.assertEqual(curl(f"https://{closed.target}/healthz")[3], b"ok\n")
            self.assertEqual(closed.run("status").returncode, 0)


def read_prometheus(text):
    """Samples by name with labels; raises where the text is not what Prometheus takes."""
    if not text.endswith("\n"):
        raise AssertionError("the last line has no end")
    types, samples = {}, {}
    name = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
    label = r'[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*"'
    sample = re.compile(
        rf"({name})(\{{{label}(?:,{label})*\}})? ([-+]?(?:[0-9.]+(?:e[-+]?[0-9]+)?|Inf|NaN))$")
    for line in text.splitlines():
        if line.startswith("# HELP "):
            continue
        if line.startswith("# TYPE "):
            _, _, family, kind = line.split()
            if kind not in ("counter", "gauge", "histogram") or family in types:
                raise AssertionError(line)
            types[family] = kind
            continue
        found = sample.match(line)
        if not found:
            raise AssertionError(f"no sample: {line!r}")
        family = re.sub(r"_(bucket|sum|count)$", "", found[1])
        if found[1] not in types and types.get(family) != "histogram":
            raise AssertionError(f"no type before {line!r}")
        key = found[1] + (found[2] or "")
        if key in samples:
            raise AssertionError(f"twice: {key}")
        samples[key] = float(found[3])
    return samples


class Load(HTTPCase):
    def h2load(self, *words):
        result = tool("h2load", "-n", "20000", "-c", "10", "-m", "10", *words, limit=120)
        text = result.stdout.decode(errors="replace")
        found = re.search(
            r"requests: (\d+) total, .* (\d+) succeeded, (\d+) failed, (\d+) errored, "
            r"(\d+) timeout", text)
        self.assertIsNotNone(found, text + result.stderr.decode())
        self.assertEqual([int(number) for number in found.groups()], [20000, 20000, 0, 0, 0])
        self.assertIn("status codes: 20000 2xx, 0 3xx, 0 4xx, 0 5xx", text)
        return int(re.search(r"\((\d+)\) data", text)[1])

    def test_h2load_on_a_page(self):
        for name, words in (("in clear", [f"{self.clear}/healthz"]),
                            ("over TLS", [f"{self.secure}/healthz"]),
                            ("HTTP/1.1", ["--h1", f"{self.clear}/healthz"])):
            with self.subTest(way=name):
                self.assertEqual(self.h2load(*words), 20000 * 3)

    def test_h2load_on_calls(self):
        message = framed(stubs().probe.EchoRequest(payload=b"p" * 100).SerializeToString())
        with tempfile.NamedTemporaryFile() as file:
            file.write(message)
            file.flush()
            data = self.h2load(
                "-H", "content-type: application/grpc", "-H", "te: trailers", "-d", file.name,
                f"{self.clear}/apus.probe.v1.Probe/Echo")
        # A call that fails has the status 200 as well, but no message.
        self.assertEqual(data, 20000 * len(message))


class Handshakes(HTTPCase):
    def s_client(self, *words):
        result = tool("openssl", "s_client", "-connect", self.node.target, "-brief", *words)
        return result.returncode, result.stderr.decode()

    def test_older_versions_are_refused(self):
        for version in ("-tls1", "-tls1_1", "-tls1_2"):
            with self.subTest(version=version):
                status, text = self.s_client(version, "-cipher", "DEFAULT@SECLEVEL=0")
                self.assertNotEqual(status, 0)
                self.assertRegex(text, r"alert protocol version|unsupported protocol")

    def test_each_alpn(self):
        for offered, expected in (("h2", "h2"), ("http/1.1", "http/1.1"),
                                  ("http/1.1,h2", "h2"), ("zzz,http/1.1", "http/1.1")):
            with self.subTest(offered=offered):
                result = tool("openssl", "s_client", "-connect", self.node.target, "-tls1_3",
                              "-alpn", offered)
                self.assertEqual(result.returncode, 0)
                text = result.stdout.decode(errors="replace")
                self.assertIn(f"ALPN protocol: {expected}\n", text)
                self.assertIn("TLSv1.3", text)

    def test_an_unknown_alpn_is_refused(self):
        with self.assertRaises(ssl.SSLError):
            self.node.connect_tls(["spdy/3"]).close()

    def test_the_name_of_nodes_needs_a_key(self):
        with self.assertRaises((ssl.SSLError, ConnectionResetError)):
            with self.node.connect_tls(["apus/1"]) as stream:
                # In TLS 1.3 a client learns only with its first read that it was refused.
                stream.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
                self.assertEqual(stream.recv(100), b"")
                raise ConnectionResetError

    def test_no_tickets_and_no_early_data(self):
        result = tool("openssl", "s_client", "-connect", self.node.target, "-tls1_3",
                      "-alpn", "http/1.1", "-ign_eof", limit=20,
                      stdin=None, input=b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n"
                                        b"connection: close\r\n\r\n")
        text = result.stdout.decode(errors="replace")
        self.assertIn("ok\n", text)
        self.assertNotIn("New Session Ticket", text)
        self.assertNotIn("Max Early Data: 1", text)

    def test_the_certificate_outlives_a_restart(self):
        with tempfile.TemporaryDirectory(prefix="apus-") as home:
            with Node(home=home) as node:
                first = node.certificate()
                self.assertEqual(node.stop(), 0)
            self.assertEqual(pathlib.Path(home, "web.pem").stat().st_mode & 0o777, 0o600)
            with Node(home=home) as node:
                self.assertEqual(node.certificate(), first)


class RenewedCertificate(unittest.TestCase):
    """The files of tls.certificate change while the node runs."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="apus-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.chain, self.key = self.folder / "chain.pem", self.folder / "key.pem"
        self.make("one.example")
        self.node = Node("--set", f"tls.certificate={self.chain}", "--set", f"tls.key={self.key}")
        self.addCleanup(self.node.close)

    def make(self, name):
        """A certificate and its key, each put in place as a whole."""
        result = tool(
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
            "-nodes", "-days", "2", "-subj", f"/CN={name}", "-keyout", f"{self.key}.new",
            "-out", f"{self.chain}.new")
        self.assertEqual(result.returncode, 0, result.stderr)
        for path in (self.key, self.chain):
            pathlib.Path(f"{path}.new").replace(path)

    def shows(self):
        return self.node.certificate() == self.chain.read_text()

    def test_new_handshakes_see_the_new_one_and_open_connections_go_on(self):
        self.assertTrue(self.shows())
        with self.node.connect_tls(["http/1.1"]) as old:
            first = old.getpeercert(binary_form=True)
            self.make("two.example")
            self.node.process.send_signal(signal.SIGHUP)
            self.assertTrue(until(self.shows), self.node.errors())
            self.assertNotEqual(first, ssl.PEM_cert_to_DER_cert(self.node.certificate()))
            old.sendall(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")
            self.assertIn(b"200 OK", drain(old))

    def test_a_broken_one_leaves_the_old_and_says_so(self):
        good = self.node.certificate()
        for broken in ("nothing like a certificate", ""):
            self.chain.write_text(broken)
            self.node.process.send_signal(signal.SIGHUP)
            self.assertTrue(until(lambda: "the old one stays" in self.node.errors()))
            self.assertEqual(self.node.certificate(), good)
        self.assertTrue(self.node.is_running)
        self.make("three.example")
        self.node.process.send_signal(signal.SIGHUP)
        self.assertTrue(until(self.shows), self.node.errors())
