"""First starts and later ones: private files, refusals, crashes at any moment."""

import json
import os
import random
import re
import socket
import stat
import subprocess
import time

from life import HomeCase, has_ended, key_id, records
from support import PROGRAM, Node, end, environment, until


class Starting(HomeCase):
    def test_the_first_start_makes_private_files(self):
        home = self.home / "deep/er"
        # Others may do all that the umask does not take away: the node has to see to it itself.
        mask = os.umask(0)
        try:
            home.parent.mkdir()
            process = subprocess.Popen(
                [PROGRAM, "up", "--json", "--listen", "127.0.0.1:0"], env=environment(home),
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        finally:
            os.umask(mask)
        self.addCleanup(end, process)
        said = json.loads(process.stdout.readline())
        self.assertEqual(stat.S_IMODE(home.stat().st_mode), 0o700)
        found = {path.name: path for path in home.iterdir()}
        self.assertLessEqual(
            {"apus.db", "apus.lock", "apus.sock", "node.key", "status", "web.pem"}, set(found))
        # The log is written behind what it tells of.
        self.assertTrue(until((home / "apus.log").exists))
        found["apus.log"] = home / "apus.log"
        for name, path in found.items():
            with self.subTest(file=name):
                self.assertEqual(stat.S_IMODE(path.stat().st_mode) & 0o077, 0)
        status = json.loads(found["status"].read_text())
        self.assertEqual((status["id"], status["pid"]), (said["id"], process.pid))

    def test_a_second_node_is_refused_and_told_who_is_there(self):
        with Node() as node:
            result = node.run("up", "--listen", "127.0.0.1:0")
            self.assert_ends(result, 4, f"process {node.pid}", "apus down")
            detached = node.run("up", "--detach", "--listen", "127.0.0.1:0")
            self.assert_ends(detached, 4, f"process {node.pid}")
            self.assertEqual(node.healthz(), b"ok\n")

    def test_an_exposed_key_is_refused_and_can_be_mended(self):
        with Node(home=self.home) as node:
            first = node.id
            self.assertEqual(node.stop(), 0)
        for mode in (0o644, 0o640, 0o602):
            with self.subTest(mode=oct(mode)):
                (self.home / "node.key").chmod(mode)
                result = self.run_program("up", "--listen", "127.0.0.1:0")
                self.assert_ends(result, 1, "node.key", "chmod 600")
        mend = re.search(r'chmod 600 [^\s"]+', result.stderr)[0]
        subprocess.run(mend.split(), check=True)
        with Node(home=self.home) as node:
            self.assertEqual(node.id, first)

    def test_a_damaged_key_is_refused_and_kept(self):
        with Node(home=self.home) as node:
            self.assertEqual(node.stop(), 0)
        key = self.home / "node.key"
        for damaged in (b"", b"apus-node-key 1\n", key.read_bytes()[:-2], b"x" * 5000):
            with self.subTest(damaged=damaged[:20]):
                key.write_bytes(damaged)
                self.assert_ends(self.run_program("up", "--listen", "127.0.0.1:0"), 1, "node.key")
                self.assertEqual(key.read_bytes(), damaged)

    def test_a_port_in_use(self):
        with socket.create_server(("127.0.0.1", 0)) as other:
            address = f"127.0.0.1:{other.getsockname()[1]}"
            for words in (["up"], ["up", "--detach"]):
                with self.subTest(words=words):
                    result = self.run_program(*words, "--listen", address)
                    self.assert_ends(result, 1, address, "another program", "--listen")

    def test_detached(self):
        result = self.run_program("up", "--detach", "--json", "--listen", "127.0.0.1:0")
        self.assertEqual(result.returncode, 0, result.stderr)
        status = json.loads(result.stdout)
        try:
            self.assertEqual(os.getsid(status["pid"]), status["pid"])
            self.assertEqual(json.loads(self.run_program("status", "--json").stdout)["id"],
                             status["id"])
        finally:
            down = self.run_program("down")
        self.assertEqual(down.returncode, 0, down.stderr)
        # Its lock is free just before it ends, and its number until whoever inherits it looks.
        self.assertTrue(until(lambda: has_ended(status["pid"])))
        self.assertFalse((self.home / "apus.sock").exists())
        self.assertFalse((self.home / "status").exists())


class Crashing(HomeCase):
    def test_killed_at_any_moment_of_the_first_start(self):
        seed = random.randrange(1 << 32)
        chance = random.Random(seed)
        acknowledged = 0
        start = time.monotonic()
        with Node():
            # On a busy machine the interesting moments lie further apart.
            longest = max(0.120, 1.5 * (time.monotonic() - start))
        for attempt in range(40):
            home = self.home / str(attempt)
            home.mkdir()
            delay = chance.uniform(0, longest)
            process = subprocess.Popen(
                [PROGRAM, "up", "--json", "--listen", "127.0.0.1:0"], env=environment(home),
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
            time.sleep(delay)
            process.kill()
            said = process.communicate()[0]
            known = {json.loads(said)["id"]} if said.endswith(b"\n") else set()
            acknowledged += bool(known)
            known |= {key_id(home)} - {None}
            with self.subTest(seed=seed, delay=delay):
                with Node(home=home) as node:
                    known.add(node.id)
                    self.assertEqual(node.healthz(), b"ok\n")
                    self.assertEqual(node.stop(), 0)
                with Node(home=home) as node:
                    known.add(node.id)
                self.assertEqual(len(known), 1, "the node has changed its identity")
                leftovers = [path.name for path in home.iterdir()
                             if path.name.endswith((".new", ".tmp")) or "~" in path.name]
                self.assertEqual(leftovers, [])
        self.assertGreater(acknowledged, 0)
        self.assertLess(acknowledged, 40)

    def test_killed_while_it_ran(self):
        with Node(home=self.home) as node:
            first = node.id
            self.assertNotIn("did not end in order", node.errors())
            node.process.kill()
            node.process.wait()
        self.assertTrue((self.home / "apus.sock").exists())
        result = self.run_program("status")
        self.assertEqual(result.returncode, 3, result.stderr)
        with Node(home=self.home) as node:
            self.assertEqual(node.id, first)
            warnings = [record["message"] for record in records(node.errors())
                        if record["level"] == "warning"]
            self.assertEqual(len([text for text in warnings if "did not end in order" in text]), 1)
            self.assertIn("did not end in order", node.run("logs", "--level", "warning").stdout)
            self.assertEqual(node.stop(), 0)
        (self.home / "errors").unlink()
        with Node(home=self.home) as node:
            self.assertNotIn("did not end in order", node.errors())
