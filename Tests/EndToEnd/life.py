"""What the tests of a node's life share."""

import json
import pathlib
import queue
import re
import shutil
import signal
import tempfile
import unittest

from support import PROGRAM, Node, run, stubs

TERMINATED = 128 + signal.SIGTERM
IS_RELEASE = "/release/" in PROGRAM


def probing(*more):
    return Node("--set", "loopback.probe=true", *more)


def mirror(channel):
    """An open call both ways: what to put requests into, and the replies."""
    requests = queue.SimpleQueue()
    probe = stubs().probe_calls.ProbeStub(channel)
    return requests, probe.Mirror(iter(requests.get, None), timeout=60)


def records(text):
    return [json.loads(line) for line in text.splitlines() if line.startswith("{")]


def has_ended(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0] == "Z"
    except FileNotFoundError:
        return True


def key_id(home):
    """The id in the key file, or nil while there is none."""
    try:
        return re.search(r"^id (\S+)$", pathlib.Path(home, "node.key").read_text(), re.M)[1]
    except FileNotFoundError:
        return None


class HomeCase(unittest.TestCase):
    def setUp(self):
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="apus-"))
        self.addCleanup(shutil.rmtree, self.home, ignore_errors=True)

    def run_program(self, *words, **settings):
        return run(self.home, *words, **settings)

    def assert_ends(self, result, code, *texts):
        self.assertEqual(result.returncode, code, result.stderr)
        for text in texts:
            self.assertIn(text, result.stderr)


def refuses(node):
    try:
        node.connect(1).close()
    except OSError:
        return True
    return False


def answers(node):
    try:
        return node.healthz(1) == b"ok\n"
    except (OSError, AssertionError):
        return False
