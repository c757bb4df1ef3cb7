"""What the hostile suites share: a node with short patience, and what has to hold after each."""

import unittest

from support import Node, until
from test_grpc import calls_open

SETTINGS = ("loopback.probe=true", "http.header-timeout=1s", "http.body-timeout=1s",
            "http.idle-timeout=2s", "log.level=error")
BOUND = 5.0  # seconds, for whatever a node has to notice by itself
# What a whole suite may add to the memory: 100 streams with a shut window hold 256 KiB each.
GROWTH = 48 << 20


def words(settings):
    return [word for one in settings for word in ("--set", one)]


class HostileCase(unittest.TestCase):
    """A well-behaved client is served right after every attack; memory stays bounded."""

    @classmethod
    def setUpClass(cls):
        cls.node = Node(*words(SETTINGS))
        cls.addClassCleanup(cls.node.close)
        # What serving at all costs is paid before memory is looked at.
        for _ in range(50):
            cls.node.healthz()
        cls.resident = cls.node.resident_bytes()

    def tearDown(self):
        self.assertTrue(self.node.is_running, self.node.errors()[-2000:])
        self.assertEqual(self.node.healthz(), b"ok\n")

    @classmethod
    def tearDownClass(cls):
        grown = cls.node.resident_bytes() - cls.resident
        if grown > GROWTH:
            raise AssertionError(f"the node's memory grew by {grown >> 20} MiB")
        if not until(lambda: calls_open(cls.node) == 0, BOUND):
            raise AssertionError("calls of attackers are still open")
        if cls.node.stop() != 0:
            raise AssertionError("the node did not end in order")


def table(cases, method):
    """A class decorator that makes a test of every row: its name says which."""
    def install(case):
        for name, *row in cases:
            identifier = "test_" + "".join(c if c.isalnum() else "_" for c in name)
            if identifier in vars(case):
                raise AssertionError(f"two cases are called {name}")

            def test(self, row=row):
                getattr(self, method)(*row)

            test.__doc__ = name
            setattr(case, identifier, test)
        return case
    return install
