"""What the tests of several nodes share: names, invites, and what each sees of the others."""

import base64
import hashlib
import json
import unittest

from support import Node, until

SOON = 5.0  # seconds within which all of a small network know of a change
APART = ("--set", "network.discovery=false")
# Several on one machine, and no word to its router.
TOGETHER = ("--set", "network.loopback=true", "--set", "network.port-mapping=false")


def named(name, *words, home=None):
    """A node of that name; no two networks of the tests find each other by multicast."""
    return Node("--set", f"node.name={name}", *APART, *words, home=home)


def invite(node, *words):
    return node.json("invite", *words)["invite"]


def join(node, text, *words):
    return node.json("join", text, *words)


def rows(node):
    return {row["name"]: row for row in node.json("nodes")}


def states(node):
    return {row["name"]: row["state"] for row in node.json("nodes")}


def sees(node, name, *wanted):
    """Whether a node shows another one in one of these states."""
    return states(node).get(name) in wanted


def ping(node, name, timeout="3s"):
    """One probe, behind one that makes the connection."""
    return node.run("ping", name, "-c", "1", "-t", timeout, "--json")


def reaches(node, name):
    return ping(node, name).returncode == 0


def misses(node, name):
    """Whether a probe fails where one would have come through long since."""
    return ping(node, name, "500ms").returncode != 0


class Altered:
    """An invite taken apart, so that its parts can be changed and its checksum be right."""

    PREFIX = "apus1-"

    def __init__(self, text):
        packed = text.removeprefix(self.PREFIX).upper()
        packed += "=" * (-len(packed) % 8)
        self.content = bytearray(base64.b32decode(packed)[:-4])

    # Field numbers 1 to 3, each of them bytes: a tag, a length, the value.
    network = property(lambda self: slice(2, 34))
    admin = property(lambda self: slice(36, 68))
    secret = property(lambda self: slice(70, 86))

    @property
    def text(self):
        packed = bytes(self.content) + hashlib.sha256(self.content).digest()[:4]
        return self.PREFIX + base64.b32encode(packed).decode().rstrip("=").lower()


class MeshCase(unittest.TestCase):
    """Nodes that end with their test, or with their class."""

    def start(self, name, *words, home=None):
        node = named(name, *words, home=home)
        self.addCleanup(node.close)
        return node

    @classmethod
    def start_for_all(cls, name, *words):
        node = named(name, *words)
        cls.addClassCleanup(node.close)
        return node

    @classmethod
    def network_for_all(cls, *names, words=()):
        """A network of nodes that all see each other; the first one is its admin."""
        nodes = [cls.start_for_all(name, *words) for name in names]
        cls.connect(nodes)
        return nodes

    def network(self, *names, words=()):
        nodes = [self.start(name, *words) for name in names]
        self.connect(nodes)
        return nodes

    @staticmethod
    def connect(nodes):
        text = invite(nodes[0], "--uses", str(len(nodes)))
        for node in nodes[1:]:
            join(node, text)
        for node in nodes:
            if not until(lambda: list(states(node).values()) == ["alive"] * len(nodes), 10, 0.2):
                raise AssertionError(f"{node.home} sees {states(node)}")

    def assert_ends(self, result, code, *texts):
        self.assertEqual(result.returncode, code, result.stdout + result.stderr)
        for text in texts:
            self.assertIn(text, result.stderr)

    def assert_soon(self, condition, seconds=SOON, what=None):
        self.assertTrue(until(condition, seconds, 0.1), what() if what else None)

    def restart(self, node, name, *words, kill=False):
        """The same state folder under a new process."""
        if kill:
            node.process.kill()
            node.process.wait()
        elif node.is_running:
            self.assertEqual(node.stop(), 0)
        return self.start(name, *words, home=node.home)


def lines(text):
    return [json.loads(line) for line in text.splitlines()]
