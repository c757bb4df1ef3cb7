"""What a node sends to whoever has proven nothing, against what it was sent."""

import concurrent.futures
import socket
import ssl
import time
import unittest

from mesh import MeshCase
from peers import Identity
from support import until
from wire import PREFACE

QUESTION = b"APE1\x01" + bytes(19) + b"sixteen bytes ok" + bytes(8)
MAGIC = b"\0apus/r1"


class Answers(MeshCase):
    @classmethod
    def setUpClass(cls):
        cls.desk = cls.start_for_all("desk")

    def tearDown(self):
        self.assertTrue(self.desk.is_running, self.desk.errors()[-2000:])
        self.assertEqual(self.desk.healthz(), b"ok\n")

    # Datagrams: whoever is named as their sender gets the answers.

    def flood(self, datagrams, seconds=1.0):
        """Bytes sent and bytes that came back."""
        sent = came = 0
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
            one.connect(("127.0.0.1", self.desk.port))
            for datagram in datagrams:
                sent += one.send(datagram)
            one.settimeout(seconds)
            try:
                while True:
                    came += len(one.recv(4096))
            except (TimeoutError, ConnectionRefusedError):
                return sent, came

    def test_questions_get_no_more_than_they_are_and_few_get_any(self):
        self.assertEqual(len(QUESTION), 48)
        # Whatever was answered before is forgiven meanwhile.
        time.sleep(2.5)
        sent, came = self.flood([QUESTION])
        self.assertEqual((sent, came), (48, 48))
        sent, came = self.flood([QUESTION] * 2000)
        print(f"datagrams: {sent} bytes in, {came} bytes out")
        self.assertLessEqual(came, 16 * 48)

    def test_what_is_no_question_is_not_answered(self):
        wrong = [b"", b"x", bytes(48), QUESTION[:-1], QUESTION + b"\0", QUESTION * 20,
                 b"APE1\x02" + QUESTION[5:], b"APE2" + QUESTION[4:], b"APUL" + bytes(140),
                 QUESTION[:-1] + b"x"]
        sent, came = self.flood(wrong * 20)
        print(f"other datagrams: {sent} bytes in, {came} bytes out")
        self.assertEqual(came, 0)

    # Connections: the address is proven, and still nothing large is said unasked.

    def said(self, data, seconds=12.0):
        """What comes until the end."""
        came = b""
        with self.desk.connect(seconds) as stream:
            stream.sendall(data)
            try:
                while piece := stream.recv(1 << 16):
                    came += piece
            except (TimeoutError, ConnectionResetError):
                pass
        return came

    def said_to_each(self, everything):
        """The same for many at once: each takes what time the node gives it."""
        with concurrent.futures.ThreadPoolExecutor(len(everything)) as crowd:
            return list(zip(everything, crowd.map(self.said, everything)))

    def test_whoever_shows_nothing_gets_nothing_or_little(self):
        tickets = [MAGIC + bytes(32), MAGIC + bytes(32) + bytes(500), b"\0" + bytes(100)]
        noise = [b"\xff" * 100, b"\x16" + b"\xff" * 200, b"\x16\x03\x01\x40\x00" + bytes(50),
                 b"~" * 1000]
        answers = self.said_to_each(tickets + noise + [PREFACE])
        for data, came in answers[:len(tickets)]:
            with self.subTest(ticket=len(data)):
                self.assertEqual(came, b"")
        for data, came in answers[len(tickets):-1]:
            with self.subTest(noise=data[:6]):
                self.assertLess(len(came), len(data))
        settings = answers[-1][1]
        print(f"HTTP/2: {len(PREFACE)} bytes in, {len(settings)} bytes out")
        self.assertLess(len(settings), 200)

    def hello(self, protocols, context):
        """What a client says before it has proven anything."""
        context.set_alpn_protocols(protocols)
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        session = context.wrap_bio(incoming, outgoing, server_hostname="localhost")
        with self.assertRaises(ssl.SSLWantReadError):
            session.do_handshake()
        return outgoing.read()

    def test_a_handshake_that_stops_gets_one_flight(self):
        identity = Identity()
        self.addCleanup(identity.remove)
        names = ("apus/1", "h2", "http/1.1")
        hellos = [self.hello([name], identity.context) for name in names]
        for name, (sent, came) in zip(names, self.said_to_each(hellos)):
            with self.subTest(protocol=name):
                print(f"TLS {name}: {len(sent)} bytes in, {len(came)} bytes out")
                # No more than an unproven address may be sent by QUIC (RFC 9000, 8.1), although
                # TCP has proven this one.
                self.assertLessEqual(len(came), 3 * len(sent) + 64)

    def test_handshakes_one_after_the_other_leave_nothing(self):
        before = self.desk.descriptors()
        crowd = [self.desk.connect() for _ in range(50)]
        for stream in crowd:
            stream.sendall(b"\x16")
            stream.close()
        self.assertTrue(until(lambda: self.desk.descriptors() <= before + 2, 15, 0.2))


if __name__ == "__main__":
    unittest.main()
