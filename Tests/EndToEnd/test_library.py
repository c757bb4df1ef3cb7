"""The library as a stranger's program has it: Examples/FiveLines, built beside the program."""

import os
import pathlib
import pty
import shutil
import signal
import subprocess
import tempfile
import unittest
import urllib.request

from support import PROGRAM, end, environment, run

EXAMPLE = str(pathlib.Path(PROGRAM).with_name("FiveLines"))


@unittest.skipUnless(os.path.exists(EXAMPLE), "the example is not built")
class FiveLines(unittest.TestCase):
    def setUp(self):
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="apus-"))
        self.addCleanup(shutil.rmtree, self.home, ignore_errors=True)

    def start(self, **more):
        """Its first line, said to a terminal since to a pipe it would wait for more of them."""
        terminal, other = pty.openpty()
        self.process = subprocess.Popen(
            [EXAMPLE], env=environment(self.home, APUS_LISTEN="127.0.0.1:0", **more),
            stdin=subprocess.DEVNULL, stdout=other, stderr=subprocess.PIPE, text=True)
        self.addCleanup(end, self.process)
        os.close(other)
        with open(terminal, encoding="utf-8") as stream:
            try:
                return stream.readline()
            except OSError:  # It has ended.
                return ""

    def test_a_program_of_one_call_is_a_whole_node(self):
        said = self.start()
        web = said.rpartition("the page is ")[2].strip()
        self.assertRegex(web, r"^https://127\.0\.0\.1:\d+/$")
        plain = web.replace("https:", "http:")
        with urllib.request.urlopen(f"{plain}healthz", timeout=10) as answer:
            self.assertEqual(answer.read(), b"ok\n")
        # The command line finds it, and can stop it.
        status = run(self.home, "status")
        self.assertIn(said.split()[0], status.stdout)
        self.assertEqual(run(self.home, "down").returncode, 0)
        self.assertEqual(self.process.wait(20), 0)

    def test_its_signals_are_its_own(self):
        self.assertTrue(self.start())
        self.process.send_signal(signal.SIGTERM)
        self.assertEqual(self.process.wait(20), -signal.SIGTERM)
        # What was cut off starts again.
        self.assertTrue(self.start())

    def test_what_is_wrong_is_said_in_words(self):
        self.assertEqual(self.start(APUS_NODE_LOOPS="many"), "")
        _, errors = self.process.communicate(timeout=20)
        self.assertNotEqual(self.process.returncode, 0)
        self.assertIn("node.loops", errors)
