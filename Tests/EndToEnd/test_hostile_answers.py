"""What a node sends to whoever has proven nothing, against what it was sent."""

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

    def test_a_ticket_that_nobody_gave_gets_nothing(self):
        for data in (MAGIC + bytes(32), MAGIC + bytes(32) + bytes(500), b"\0" + bytes(100)):
            with self.subTest(length=len(data)):
                self.assertEqual(self.said(data), b"")

    def test_noise_gets_less_than_it_is(self):
        for data in (b"\xff" * 100, b"\x16" + b"\xff" * 200, b"\x16\x03\x01\x40\x00" + bytes(50),
                     b"~" * 1000):
            with self.subTest(data=data[:6]):
                self.assertLess(len(self.said(data)), len(data))

    def first_flight(self, protocols, context):
        """Bytes of a ClientHello, and all that comes before the client proves anything."""
        context.set_alpn_protocols(protocols)
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        session = context.wrap_bio(incoming, outgoing, server_hostname="localhost")
        with self.assertRaises(ssl.SSLWantReadError):
            session.do_handshake()
        begin = outgoing.read()
        return len(begin), len(self.said(begin))

    def test_a_handshake_that_stops_gets_one_flight(self):
        identity = Identity()
        self.addCleanup(identity.remove)
        for protocols in (["apus/1"], ["h2"], ["http/1.1"]):
            with self.subTest(protocols=protocols):
                sent, came = self.first_flight(protocols, identity.context)
                print(f"TLS {protocols[0]}: {sent} bytes in, {came} bytes out")
                # No more than an unproven address may be sent by QUIC (RFC 9000, 8.1), although
                # TCP has proven this one.
                self.assertLessEqual(came, 3 * sent + 64)

    def test_HTTP_2_that_stops_gets_its_settings(self):
        came = self.said(PREFACE)
        print(f"HTTP/2: {len(PREFACE)} bytes in, {len(came)} bytes out")
        self.assertLess(len(came), 200)

    def test_handshakes_one_after_the_other_leave_nothing(self):
        before = self.desk.descriptors()
        crowd = [self.desk.connect() for _ in range(50)]
        for stream in crowd:
            stream.sendall(b"\x16")
            stream.close()
        self.assertTrue(until(lambda: self.desk.descriptors() <= before + 2, 15, 0.2))


if __name__ == "__main__":
    unittest.main()
