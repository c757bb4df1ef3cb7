"""Nodes that are killed in the middle of adding, fetching, collecting and repairing."""

import hashlib
import json
import pathlib
import random
import subprocess
import time

from mesh import TOGETHER, sees
from support import IS_LONG, PROGRAM, end, environment, figure, until
from test_files import CHUNK, FilesCase, drawn

SEED = 2026
KILLS = 50 if IS_LONG else 6  # of each kind
# What a killed fetch may bring twice of what it has received, from each source: the chunk that was
# coming, one that was not written yet, and one that two sources sent towards the end.
REPEATED = 3 * CHUNK


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def given(node):
    """Bytes of files that a node has given to others since it started."""
    return node.metric("apus_files_given_bytes")


def received(node):
    return node.metric("apus_files_received_bytes")


class Killed(FilesCase):
    """Of every kill: what was acknowledged is whole, and nothing half written is given."""

    def setUp(self):
        super().setUp()
        self.drawn = random.Random(SEED)
        # Names and hashes of what was acknowledged.
        self.kept = {}
        # Names of what was taken out of the network, and that was acknowledged.
        self.gone = set()

    def begin(self, node, *words):
        return subprocess.Popen(
            [PROGRAM, "files", *words, "--json"], env=environment(node.home),
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def strike(self, node, name, command, moment):
        """Kills the node so long after the command began; the node's next life, and what the
        command said if it was done before."""
        time.sleep(moment)
        node.process.kill()
        node.process.wait()
        said, _ = command.communicate(timeout=60)
        said = json.loads(said) if command.returncode == 0 else None
        return self.start(name, *TOGETHER, home=node.home), said

    def check(self, node, attempts):
        """All that was acknowledged is there; what was not is there as it should be, or not at
        all."""
        verified = node.json("files", "verify")
        self.assertEqual(verified["damages"], [])
        listed = {one["name"] for one in node.json("files", "ls")}
        self.assertLessEqual(set(self.kept), listed)
        self.assertEqual(self.gone & listed, set())
        for name in self.drawn.sample(sorted(listed), min(4, len(listed))):
            self.compare(node, name, self.kept.get(name) or attempts[name])

    def check_all(self, node):
        for name, digest in self.kept.items():
            self.compare(node, name, digest)

    def compare(self, node, name, digest):
        result = subprocess.run(
            [PROGRAM, "files", "get", name, "--to", "-"], env=environment(node.home),
            capture_output=True, timeout=120, check=False)
        self.assertEqual(result.returncode, 0, f"{name}: {result.stderr}")
        self.assertEqual(sha256(result.stdout), digest, name)

    def timed(self, run):
        started = time.monotonic()
        run()
        return time.monotonic() - started

    def test_killed_while_adding(self):
        node = self.start("ada", *TOGETHER)
        attempts = {}
        whole = self.timed(lambda: self.add(node, self.write("first", drawn(12 * CHUNK, 1))))
        self.kept["first"] = sha256(drawn(12 * CHUNK, 1))
        acknowledged = 0
        for number in range(KILLS):
            name = f"added-{number}"
            data = drawn(self.drawn.choice((3_000, CHUNK, 12 * CHUNK + number)), 100 + number)
            attempts[name] = sha256(data)
            command = self.begin(node, "add", str(self.write(name, data)))
            node, said = self.strike(node, "ada", command, self.drawn.uniform(0, 1.3 * whole))
            if said:
                acknowledged += 1
                self.kept[name] = attempts[name]
                self.assertIn(name, {one["name"] for one in node.json("files", "ls")})
            self.check(node, attempts)
            # What was interrupted goes on, or is there.
            again = node.run("files", "add", str(self.folder / name))
            self.assertIn(again.returncode, (0, 4), again.stderr)
            self.kept[name] = attempts[name]
            (self.folder / name).unlink()
        self.check_all(node)
        figure("killed while adding", f"{KILLS} times, {acknowledged} of them acknowledged")

    def test_killed_while_collecting(self):
        node = self.start("ada", *TOGETHER)
        self.kept["stays"] = sha256(drawn(3 * CHUNK + 5, 2))
        self.add(node, self.write("stays", drawn(3 * CHUNK + 5, 2)))
        done = 0
        attempts = {}
        for number in range(KILLS):
            name = f"goes-{number}"
            attempts[name] = sha256(drawn(6 * CHUNK, 200 + number))
            self.add(node, self.write(name, drawn(6 * CHUNK, 200 + number)))
            small = f"small-{number}"
            self.add(node, self.write(small, drawn(20_000, 300 + number)))
            self.kept[small] = sha256(drawn(20_000, 300 + number))
            (self.folder / name).unlink()
            words = [("rm", name), ("gc",), ("gc", "--to", "0")][number % 3]
            if words[0] == "gc":
                node.json("files", "rm", name)
                self.gone.add(name)
            command = self.begin(node, *words)
            node, said = self.strike(node, "ada", command, self.drawn.uniform(0, 0.12))
            done += said is not None
            if said and words[0] == "rm":
                self.gone.add(name)
            self.check(node, attempts)
        node.json("files", "gc")
        self.check_all(node)
        figure("killed while collecting", f"{KILLS} times, {done} of them done")

    def test_killed_while_fetching(self):
        ada, bob, cyd = self.network("ada", "bob", "cyd", words=TOGETHER)
        # Bytes that were fetched again for each source: of those that had come, and of those that
        # the sources had sent.
        again, sent = [], []
        for number in range(KILLS):
            name, size = f"fetched-{number}", 40 * CHUNK + number
            data = drawn(size, 400 + number)
            path = self.write(name, data)
            sources = [ada, bob] if number % 2 else [ada]
            self.add(ada, path, "--replicas", "1")
            if len(sources) == 2:
                bob.json("files", "get", name, "--to", str(self.folder / "bobs"), "--overwrite")
            before = sum(given(node) for node in sources)
            wanted = received(cyd) + int(self.drawn.uniform(0.01, 0.95) * size)
            target = self.folder / "target"
            base, came = received(cyd), 0

            def has_come():
                nonlocal came
                came = received(cyd)
                return came >= wanted or command.poll() is not None

            command = self.begin(cyd, "get", name, "--to", str(target))
            until(has_come, 60, 0.001)
            cyd, said = self.strike(cyd, "cyd", command, 0)
            came -= base
            self.assertEqual(cyd.json("files", "verify")["damages"], [])
            given_first = sum(given(node) for node in sources) - before
            if said is None:
                self.assertFalse(target.exists() and target.stat().st_size not in (0, size))
                self.assert_soon(lambda: sees(cyd, "ada", "alive") and sees(cyd, "bob", "alive"),
                                 30)
                done = cyd.json("files", "get", name, "--to", str(target), "--overwrite")
                again.append((came - done["sparedBytes"]) / len(sources))
                sent.append((given_first - done["sparedBytes"]) / len(sources))
                self.assertLessEqual(again[-1], REPEATED, f"{came} had come, {done}")
            self.assertEqual(sha256(target.read_bytes()), sha256(data), name)
            target.unlink()
            path.unlink()
            for node in (ada, bob, cyd):
                node.run("files", "rm", name)
                node.run("files", "gc", "--to", "0")
        self.assertGreater(len(again), 0, "no fetch was cut off")
        figure("killed while fetching", f"{KILLS} times, {len(again)} of them in the middle")
        for what, values in (("had come", sorted(again)), ("were sent", sorted(sent))):
            least, median, most = values[0], values[len(values) // 2], values[-1]
            figure(f"bytes that {what} and were fetched again, for each source",
                   f"{least / 1024:.0f} KiB at least, median {median / 1024:.0f}, "
                   f"most {most / 1024:.0f}")

    def test_killed_while_repairing(self):
        ada, bob = self.network("ada", "bob", words=TOGETHER)
        size = 12 * CHUNK
        for number in range(3):
            name = f"kept-{number}"
            data = drawn(size, 500 + number)
            self.kept[name] = sha256(data)
            self.add(ada, self.write(name, data), "--replicas", "1")
            bob.json("files", "pin", name)
        whole = self.timed(lambda: bob.json("files", "repair"))
        repaired = 0
        for number in range(KILLS):
            for pack in pathlib.Path(bob.home, "blobs").iterdir():
                with open(pack, "r+b") as file:
                    for _ in range(4):
                        place = self.drawn.randrange(max(1, pack.stat().st_size))
                        file.seek(place)
                        file.write(b"rot")
            command = self.begin(bob, "repair")
            bob, said = self.strike(bob, "bob", command, self.drawn.uniform(0, 2 * whole))
            repaired += said is not None
            self.assert_soon(lambda: sees(bob, "ada", "alive"), 30)
            # Bytes that are damaged are never given; repairing goes on where it was.
            for name, digest in self.kept.items():
                result = subprocess.run(
                    [PROGRAM, "files", "get", name, "--to", "-"], env=environment(bob.home),
                    capture_output=True, timeout=60, check=False)
                if result.returncode == 0:
                    self.assertEqual(sha256(result.stdout), digest, name)
            self.assertEqual(bob.run("files", "repair").returncode, 0)
            self.assertEqual(bob.json("files", "verify")["damages"], [])
            self.check_all(bob)
        figure("killed while repairing", f"{KILLS} times, {repaired} of them done")
