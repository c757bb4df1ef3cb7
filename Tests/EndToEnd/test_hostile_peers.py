"""Hostile nodes: keys, hellos, frames and tickets that no honest node would send."""

import contextlib
import socket
import ssl
import time
import unittest

import hpack

import peers
import wire
from hostile import table
from mesh import MeshCase, invite, reaches, sees, states
from peers import BULK, MAIN, Identity, attach, counted, greet, hello, link_frame, rest
from support import drain, framed, until
from wire import END_HEADERS, END_STREAM, HEADERS, PREFACE, SETTINGS, Frames, frame, request

BOUND = 12.0  # seconds: a hello has 10, a ticket 5
GROWTH = 48 << 20
MAGIC = b"\0apus/r1"
DENIED = 7  # permission


class HostileNodeCase(MeshCase):
    """After every attack the node answers, the network stands, and nothing is left behind."""

    @classmethod
    def setUpClass(cls):
        cls.desk, cls.attic, cls.evil = cls.network_for_all(
            "desk", "attic", "evil", words=("--set", "log.level=debug"))
        cls.other = cls.start_for_all("other")
        # A member that went bad: its key and its certificate are real.
        cls.member = Identity(cls.evil)
        cls.shown = peers.certificate_of(cls.evil)
        cls.stranger = Identity()
        for identity in (cls.member, cls.stranger):
            cls.addClassCleanup(identity.remove)
        cls.evil.stop()
        until(lambda: not sees(cls.desk, "evil", "alive", "suspect"), 20, 0.2)
        for _ in range(50):
            cls.desk.healthz()
        cls.resident, cls.open = cls.desk.resident_bytes(), cls.desk.descriptors()

    def tearDown(self):
        self.assertTrue(self.desk.is_running, self.desk.errors()[-2000:])
        self.assertEqual(self.desk.json("status")["id"], self.desk.id)
        self.assertTrue(reaches(self.desk, "attic"))
        self.assertTrue(reaches(self.attic, "desk"))

    @classmethod
    def tearDownClass(cls):
        if not until(lambda: cls.desk.descriptors() <= cls.open + 4, 15, 0.2):
            raise AssertionError(f"{cls.desk.descriptors()} descriptors, {cls.open} before")
        grown = cls.desk.resident_bytes() - cls.resident
        if grown > GROWTH:
            raise AssertionError(f"the node's memory grew by {grown >> 20} MiB")
        if cls.desk.stop() != 0:
            raise AssertionError("the node did not end in order")

    def refused(self, stream, seconds=3.0):
        """It ends soon; what came before is returned."""
        start = time.monotonic()
        with stream:
            said = rest(stream)
        self.assertLess(time.monotonic() - start, seconds)
        return said


# Name, who says it ("stranger" or "member"), what it says first of all.
HELLOS = [
    ("an endless hello", "stranger", lambda case: counted(b"x" * 100, 0xFFFF_FFFF)),
    ("a hello a byte too long", "stranger", lambda case: counted(b"\0" * 8193)),
    ("an empty hello", "stranger", lambda case: counted(b"")),
    ("noise for a hello", "stranger", lambda case: counted(b"\xff" * 300)),
    ("HTTP instead of a hello", "stranger", lambda case: b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    ("a link without a certificate", "stranger", lambda case: hello()),
    ("an unknown purpose", "stranger", lambda case: hello(purpose=9)),
    ("a certificate of noise", "stranger", lambda case: hello(b"\x0a\x05hello")),
    ("another node's certificate", "stranger", lambda case: hello(case.shown)),
    ("another node's certificate for bulk", "stranger",
     lambda case: hello(case.shown, BULK)),
    ("a certificate with a bit flipped", "member",
     lambda case: hello(case.shown[:40] + bytes([case.shown[40] ^ 1]) + case.shown[41:])),
    ("a certificate cut short", "member", lambda case: hello(case.shown[:-1])),
    ("a lane without room", "member", lambda case: hello(case.shown, lane=0)),
    ("three lanes", "member",
     lambda case: hello(case.shown, more=b"\x3a\x03\x01\x02\x03")),
]


@table(HELLOS, "check")
class Hellos(HostileNodeCase):
    def check(self, who, make):
        stream = getattr(self, who).dial(self.desk)
        with contextlib.suppress(OSError):
            stream.sendall(make(self))
        self.refused(stream)
        self.assert_soon(lambda: "a node was turned away" in self.desk.errors())


class Keys(HostileNodeCase):
    def test_a_key_of_another_kind(self):
        identity = Identity(kind="P-256")
        self.addCleanup(identity.remove)
        with self.assertRaises((ssl.SSLError, OSError, ConnectionError)):
            with identity.dial(self.desk) as stream:
                greet(stream, hello(purpose=BULK))

    def test_no_certificate_at_all(self):
        for sent in (PREFACE + frame(SETTINGS), hello(self.shown), hello(purpose=BULK)):
            with self.subTest(sent=sent), contextlib.suppress(OSError):
                with self.desk.connect_tls(["apus/1"], 5) as stream:
                    stream.sendall(sent)
                    self.assertEqual(rest(stream), b"")

    def test_a_member_of_another_network(self):
        identity = Identity(self.other)
        self.addCleanup(identity.remove)
        certificate = peers.certificate_of(self.other)
        for purpose in (MAIN, BULK):
            stream = identity.dial(self.desk)
            greet(stream, hello(certificate, purpose))
            self.refused(stream)
        self.assertEqual(sorted(states(self.desk)), ["attic", "desk", "evil"])

    def test_a_node_is_no_web_client_and_no_other_way_round(self):
        with self.desk.connect_tls(["h2"], 5, self.member.context) as stream:
            with Frames(stream) as frames:
                frames.send(frame(HEADERS, END_HEADERS, 1, call("apus.table.v1.Gossip/Exchange")))
                frames.send(frame(wire.DATA, END_STREAM, 1, framed(b"")))
                self.assertEqual(Status(frames).of(1), DENIED)


class Status:
    """Reads gRPC's status of the streams of one connection, which share a table of headers."""

    def __init__(self, frames):
        self.frames, self.decoder = frames, hpack.Decoder()

    def of(self, stream):
        fields = {}
        for encoded in self.frames.finish(stream)[0]:
            fields |= dict(self.decoder.decode(encoded))
        return int(fields["grpc-status"])


def call(path):
    return request("/" + path, ("content-type", "application/grpc"), ("te", "trailers"),
                   method="POST", scheme="https")


CALLS = ("apus.table.v1.Gossip/Exchange", "apus.table.v1.Records/Reconcile",
         "apus.network.v1.Membership/Revocations", "apus.network.v1.NetworkAdmin/CreateInvite",
         "apus.node.v1.Node/Stop", "apus.nodes.v1.Nodes/List", "apus.relay.v1.Relay/Reserve",
         "apus.topics.v1.TopicExchange/Exchange", "apus.topics.v1.Topics/Publish",
         "apus.zones.v1.Zones/Exchange", "apus.probe.v1.Probe/Echo",
         "apus.traversal.v1.Traversal/Punch")


class Strangers(HostileNodeCase):
    """A key without a certificate may ask to join, and nothing else."""

    def answers(self, identity, certificate, *calls):
        """The status of each call of one session."""
        stream = identity.dial(self.desk)
        greet(stream, hello(certificate, BULK))
        with Frames(stream) as frames:
            status = Status(frames)
            for index, (path, body) in enumerate(calls):
                number = 2 * index + 1
                frames.send(frame(HEADERS, END_HEADERS, number, call(path)),
                            frame(wire.DATA, END_STREAM, number, framed(body)))
                yield path, status.of(number)

    def test_nothing_but_joining_is_answered(self):
        calls = [(path, b"") for path in CALLS]
        for path, status in self.answers(self.stranger, b"", *calls):
            with self.subTest(path=path):
                self.assertEqual(status, DENIED)
        # A member may, with the same bytes.
        [(_, status)] = self.answers(self.member, self.shown, ("apus.probe.v1.Probe/Echo", b""))
        self.assertEqual(status, 0)

    def test_joining_with_noise(self):
        bodies = [b"", b"\xff" * 50, b"\x0a\x20" + b"n" * 32 + b"\x12\x10" + b"s" * 16,
                  b"\x0a\x20" + b"n" * 32 + b"\x12\x10" + b"s" * 16 + b"\x1a\x01n"]
        calls = [("apus.network.v1.Membership/Join", body) for body in bodies]
        found = [status for _, status in self.answers(self.stranger, b"", *calls)]
        # The last one is a request like any other, but for another network.
        self.assertEqual(found[-1], 9)
        self.assertNotIn(0, found)
        self.assertNotIn(DENIED, found)

    def test_a_crowd_of_strangers_keeps_nobody_out_for_long(self):
        crowd = []
        try:
            for _ in range(100):
                stream = self.stranger.dial(self.desk)
                crowd.append(stream)
                with contextlib.suppress(OSError):
                    stream.sendall(hello(purpose=BULK))
            # Members are none of them.
            self.assertTrue(reaches(self.attic, "desk"))
        finally:
            for stream in crowd:
                stream.close()
        guest = self.start("guest")
        text = invite(self.desk)
        self.assert_soon(lambda: guest.run("join", text).returncode == 0, 10)
        guest.json("leave", "--force")


# What a member sends on a carrier that is attached. Each ends the carrier as a violation.
FRAMES = [
    ("noise", b"\xff" * 5000),
    ("zeros", bytes(5000)),
    ("an unknown kind", link_frame(200)),
    ("data beyond a gap", link_frame(peers.DATA, 0, b"x" * 100, 1 << 20)),
    ("data at the end of all offsets", link_frame(peers.DATA, 0, b"x" * 100, (1 << 64) - 50)),
    ("data on a lane that is none", link_frame(peers.DATA, 7, b"x")),
    ("empty data", link_frame(peers.DATA)),
    ("a frame larger than allowed", link_frame(peers.DATA, 0, b"x" * 40_000)),
    ("an ack beyond what was sent", link_frame(peers.ACK, 1, b"", 1 << 40)),
    ("an ack on a lane that is none", link_frame(peers.ACK, 3)),
    ("a ping with a payload", link_frame(peers.PING, 0, b"x" * 64)),
    ("an attach cut short", link_frame(peers.ATTACH, 1, b"x" * 10)),
    ("an attach of link 0", attach(9, 0, True)),
    ("a link given up that is in use", link_frame(peers.GONE, 0, b"", 1)),
]


class AttachedCase(HostileNodeCase):
    def carrier(self):
        """A carrier of the member's, with its link's epoch and number."""
        stream = self.member.dial(self.desk)
        self.addCleanup(stream.close)
        return stream, *peers.attached(stream, self.evil.id, self.desk.id, self.shown)

    def assert_violation(self, stream, *reasons):
        kind, _, _, reason = peers.last_frame(stream)
        self.assertEqual(kind, peers.CLOSE)
        self.assertIn(reason, reasons or [peers.VIOLATION])


@table(FRAMES, "check")
class CarrierFrames(AttachedCase):
    def check(self, sent):
        stream, _, _ = self.carrier()
        stream.sendall(link_frame(peers.PING, 0, b"", 77))
        # What is in order is answered.
        self.assertEqual(peers.wait_for(stream, peers.PONG)[3], 77)
        with contextlib.suppress(OSError):
            stream.sendall(sent)
        self.assert_violation(stream)


# What a member says to make another one believe that it was revoked, and how that is called.
LIES = [
    ("no proof", b"", "does not prove it"),
    ("noise", b"\xff" * 40, "a proof that is none"),
    ("a revocation of noise", peers.field(1, b"\xff" * 40), "a proof that is none"),
    ("a certificate for a revocation", None, "a proof that is none"),
]


@table(LIES, "check")
class Farewells(AttachedCase):
    def check(self, proof, said):
        stream, _, _ = self.carrier()
        proof = peers.field(1, self.shown) if proof is None else proof
        before = self.desk.errors().count(said)
        stream.sendall(link_frame(peers.CLOSE, 0, proof, peers.REVOKED))
        self.refused(stream)
        self.assert_soon(lambda: self.desk.errors().count(said) > before)
        self.assertEqual(self.desk.json("status")["membership"]["health"], "ok")


class Offsets(AttachedCase):
    def test_a_farewell_without_end(self):
        stream, _, _ = self.carrier()
        stream.sendall(link_frame(peers.CLOSE, 0, b"x", peers.REVOKED, length=8193))
        self.assert_violation(stream)

    def test_the_clock_of_another_changes_nothing(self):
        stream, _, _ = self.carrier()
        stream.sendall(link_frame(peers.CLOSE, 0, b"", peers.EXPIRED))
        self.refused(stream)
        self.assert_soon(lambda: "the clock of one of the two is wrong" in self.desk.errors())

    def test_a_resume_of_bytes_never_sent(self):
        stream, epoch, link = self.carrier()
        stream.sendall(attach(epoch + 1, link, False, 1 << 40))
        self.assert_violation(stream)

    def test_lanes_without_HTTP_2(self):
        stream, _, _ = self.carrier()
        for lane in (0, 1):
            stream.sendall(link_frame(peers.DATA, lane, b"x" * 100))
        self.assert_violation(stream, peers.VIOLATION, peers.LANE_ENDED)


class Floods(AttachedCase):
    def test_pings_whose_answers_nobody_reads(self):
        stream, _, _ = self.carrier()
        stream.settimeout(1)
        with contextlib.suppress(OSError), stream:
            for _ in range(2_000):
                stream.sendall(link_frame(peers.PING) * 500)

    def test_hellos_again_and_again(self):
        for number in range(100):
            with self.member.dial(self.desk) as stream:
                greet(stream, hello(self.shown, boot=number))

    def test_many_carriers_at_once(self):
        crowd = []
        for _ in range(50):
            stream = self.member.dial(self.desk)
            crowd.append(stream)
            greet(stream, hello(self.shown))
        for stream in crowd:
            stream.close()

    def test_tickets_that_nobody_gave(self):
        crowd = [self.desk.connect(BOUND) for _ in range(200)]
        start = time.monotonic()
        for number, stream in enumerate(crowd):
            stream.sendall(MAGIC + number.to_bytes(32, "big") + b"x" * 1000)
        self.desk.json("status")
        for stream in crowd:
            with stream:
                self.assertEqual(drain(stream), b"")
        self.assertLess(time.monotonic() - start, BOUND)

    def test_words_that_are_no_magic(self):
        for sent in (b"\0apus/r2" + bytes(32), bytes(40), b"\0GET / HTTP/1.1\r\n\r\n", b"\0\x16"):
            with self.subTest(sent=sent), self.desk.connect(2) as stream:
                stream.sendall(sent)
                self.assertEqual(drain(stream), b"")
        self.assert_soon(lambda: "showed no ticket" in self.desk.errors())


class Patience(HostileNodeCase):
    def test_whoever_is_slow_is_not_waited_for(self):
        """All at once, since each takes what time it is given."""
        crowd = []
        for sent in (b"", hello(self.shown)[:3], hello(self.shown)[:-1], hello(self.shown)[:200]):
            stream = self.member.dial(self.desk, BOUND)
            stream.sendall(sent)
            crowd.append(stream)
        for sent in (b"\0", MAGIC, MAGIC + bytes(31), MAGIC + bytes(32)):
            stream = self.desk.connect(BOUND)
            stream.sendall(sent)
            crowd.append(stream)
        # A byte now and then does not count as progress.
        dribbler = self.desk.connect(BOUND)
        dribbler.sendall(b"\0")
        start = time.monotonic()
        with contextlib.suppress(OSError), dribbler:
            for byte in MAGIC[1:] + bytes(20):
                time.sleep(0.4)
                dribbler.sendall(bytes([byte]))
                dribbler.settimeout(0.001)
                with contextlib.suppress(TimeoutError, socket.timeout):
                    if not dribbler.recv(1):
                        break
        self.assertLess(time.monotonic() - start, 8)
        for stream in crowd:
            with stream:
                rest(stream)
        self.assertLess(time.monotonic() - start, BOUND + 1)


if __name__ == "__main__":
    unittest.main()
