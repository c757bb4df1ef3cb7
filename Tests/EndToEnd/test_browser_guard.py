"""What a page of another site can make a visitor's browser do to a node on loopback: nothing."""

import json

from support import Node
from test_http import HTTPCase, curl
from wire import HEADERS, Frames, call, headers, request

CALL = "/apus.probe.v1.Probe/Echo"


def posted(*fields):
    words = ["-X", "POST", "--data-binary", "", "-H", "content-type: application/grpc"]
    return words + [word for field in fields for word in ("-H", field)]


class Rebinding(HTTPCase):
    """A name of the attacker's that suddenly leads to 127.0.0.1."""

    WAYS = [["--http1.1"], ["--http2-prior-knowledge"]]

    def rebound(self, path, *words, way="clear"):
        resolve = f"evil.example:{self.node.port}:127.0.0.1"
        scheme = getattr(self, way).partition(":")[0]
        return curl("--resolve", resolve, *words, f"{scheme}://evil.example:{self.node.port}{path}")

    def test_a_name_led_here_reaches_nothing(self):
        for words in self.WAYS:
            for path in ("/", "/healthz", "/readyz", "/metrics", "/nothing"):
                with self.subTest(way=words, path=path):
                    status, _, _, body = self.rebound(path, *words)
                    self.assertEqual(status, 421)
                    error = json.loads(body)["error"]
                    self.assertEqual(error["code"], "misdirectedRequest")
                    self.assertIn("http.hosts", error["message"])
                    self.assertIn(f"evil.example:{self.node.port}", error["message"])

    def test_calls_and_tls_are_no_way_around(self):
        for words in self.WAYS:
            with self.subTest(way=words):
                self.assertEqual(self.rebound(CALL, *words, *posted())[0], 421)
        self.assertEqual(self.rebound("/metrics", "--http2", way="secure")[0], 421)
        self.assertEqual(self.rebound("/metrics", "--http1.1", way="secure")[0], 421)

    def test_an_absolute_target_is_what_counts(self):
        line = b"GET http://evil.example/metrics HTTP/1.1\r\nhost: localhost\r\n\r\n"
        [(status, _, _)] = self.talk(line)
        self.assertEqual(status, 421)

    def test_the_names_of_this_machine_are_answered(self):
        for host in ("localhost", f"localhost:{self.node.port}", "127.0.0.1", "127.0.0.1:1",
                     "[::1]:4747", "LOCALHOST.", "page.localhost"):
            with self.subTest(host=host):
                self.assertEqual(curl("-H", f"Host: {host}", f"{self.clear}/healthz")[0], 200)

    def test_names_of_the_settings_are_answered(self):
        with Node("--set", "http.hosts=node.example,other.example", "--name", "kitchen") as node:
            url = f"http://{node.target}/healthz"
            for host, expected in (("node.example", 200), ("other.example:443", 200),
                                   ("kitchen", 200), ("kitchen.local:1", 200),
                                   ("node.example.evil.example", 421)):
                with self.subTest(host=host):
                    self.assertEqual(curl("-H", f"Host: {host}", url)[0], expected)


class Origins(HTTPCase):
    def answer(self, origin, *words):
        status, _, fields, _ = curl("-H", f"Origin: {origin}", *words, f"{self.clear}{CALL}")
        return status, fields

    def test_a_page_elsewhere_changes_nothing(self):
        for origin in ("http://evil.example", "null", "https://localhost",
                       f"http://127.0.0.1:{self.node.port + 1}",
                       f"http://localhost:{self.node.port}"):
            for words in (["--http1.1"], ["--http2-prior-knowledge"]):
                with self.subTest(origin=origin, way=words):
                    self.assertEqual(self.answer(origin, *words, *posted())[0], 403)

    def test_a_page_of_ours_may(self):
        status, fields = self.answer(self.clear, *posted())
        self.assertEqual((status, fields["content-type"]), (200, "application/grpc"))

    def test_looking_is_free_and_yet_not_readable(self):
        status, _, fields, _ = curl("-H", "Origin: http://evil.example", f"{self.clear}/healthz")
        self.assertEqual(status, 200)
        self.assertFalse([name for name in fields if name.startswith("access-control")])


class TwoHosts(HTTPCase):
    def test_an_authority_and_a_host_that_differ_are_refused(self):
        cases = [(request("/healthz", ("host", "localhost")), b"200"),
                 (request("/healthz", ("host", "other")), b"400"),
                 (call("Echo", ("host", "evil.example")), b"400")]
        with Frames(self.node.connect()) as frames:
            for number, (fields, expected) in enumerate(cases):
                stream = 2 * number + 1
                frames.send(headers(stream, fields))
                found = frames.wait_for(HEADERS, stream)
                self.assertEqual(status_of(found[3]), expected)


def status_of(payload):
    """The status in a header block: an index of HPACK's static table, or a literal."""
    known = {0x88: b"200", 0x8c: b"400", 0x8d: b"404", 0x8e: b"500"}
    return known.get(payload[0], payload[:8])
