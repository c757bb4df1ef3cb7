"""Files between real nodes: copies, fetching from others, and nodes that die."""

import pathlib
import signal
import subprocess
import time

from mesh import sees, states
from support import PROGRAM, environment, until
from test_files import CHUNK, FilesCase, drawn, fetch_bytes

LOOPBACK = ("--set", "network.loopback=true")
COPIED = 30  # seconds within which copies are made on a busy machine


def holders(node, name):
    shown = node.json("files", "show", name)
    return sorted(one["name"] for one in shown["holders"] if one["state"] == "alive")


class ThreeNodes(FilesCase):
    @classmethod
    def setUpClass(cls):
        cls.nodes = cls.network_for_all("ada", "bob", "cyd", words=LOOPBACK)
        cls.ada, cls.bob, cls.cyd = cls.nodes

    def copied(self, node, name, count):
        self.assert_soon(lambda: len(holders(node, name)) >= count, COPIED,
                         lambda: str(node.json("files", "show", name)))

    def test_a_file_is_found_and_fetched_from_another_node(self):
        data = drawn(5 * CHUNK + 3, 21)
        self.add(self.ada, self.write("far", data), "--replicas", "1")
        found = self.cyd.json("files", "find", "far")
        self.assertEqual([(one["name"], one["ownerName"], one["isHere"]) for one in found],
                         [("far", "ada", False)])
        self.assertEqual(fetch_bytes(self.cyd, "far"), data)
        again = self.cyd.json("files", "get", "far", "--to", str(self.folder / "again"))
        self.assertEqual(again["sparedBytes"], len(data))
        self.assertEqual((self.folder / "again").read_bytes(), data)

    def same(self, one, other):
        same = subprocess.run(
            ["diff", "-r", str(one), str(other)], capture_output=True, check=False)
        self.assertEqual(same.returncode, 0, same.stdout)

    def test_a_folder_is_fetched_in_part_and_whole(self):
        for number in range(200):
            self.write(f"many/{number % 7}/file-{number}", drawn(4096, number))
        self.write("many/large", drawn(3 * CHUNK + 1, 22))
        self.add(self.ada, self.folder / "many", "--replicas", "1")
        self.bob.json("files", "get", "many", "--part", "3", "--to", str(self.folder / "part"))
        self.same(self.folder / "many" / "3", self.folder / "part")
        self.assertFalse(self.bob.json("files", "show", "many")["isHere"])
        self.bob.json("files", "get", "many", "--to", str(self.folder / "back"))
        self.same(self.folder / "many", self.folder / "back")

    def test_copies_are_made_on_as_many_nodes_as_wanted(self):
        self.add(self.ada, self.write("copied", drawn(2 * CHUNK, 23)), "--replicas", "3")
        self.copied(self.ada, "copied", 3)
        self.copied(self.cyd, "copied", 3)

    def test_only_the_owner_removes_a_file_and_then_it_is_gone_everywhere(self):
        self.add(self.ada, self.write("owned", drawn(CHUNK, 24)), "--replicas", "3")
        self.copied(self.ada, "owned", 3)
        self.assert_ends(self.bob.run("files", "rm", "owned"), 4, "belongs to ada")
        self.ada.json("files", "rm", "owned")
        for node in (self.bob, self.cyd):
            self.assert_soon(
                lambda: node.run("files", "get", "owned", "--to", "/dev/null").returncode == 5,
                COPIED)

    def test_a_pinned_file_is_fetched_and_stays(self):
        self.add(self.ada, self.write("pinned", drawn(CHUNK, 25)), "--replicas", "1")
        self.assertTrue(self.cyd.json("files", "pin", "pinned")["isPinned"])
        self.cyd.json("files", "gc", "--to", "0")
        self.assertTrue(self.cyd.json("files", "show", "pinned")["isHere"])
        self.assertFalse(self.cyd.json("files", "unpin", "pinned")["isPinned"])
        self.assert_ends(self.cyd.run("files", "unpin", "pinned"), 5, "not pinned")

    def test_what_is_damaged_is_fetched_anew(self):
        data = drawn(4 * CHUNK, 26)
        self.add(self.ada, self.write("mended", data), "--replicas", "3")
        self.copied(self.ada, "mended", 3)
        for pack in pathlib.Path(self.bob.home, "blobs").iterdir():
            with open(pack, "r+b") as file:
                file.write(b"rot")
        self.assertGreater(len(self.bob.json_of(1, "files", "verify")["damages"]), 0)
        report = self.bob.json("files", "repair")
        self.assertEqual([one["isRepaired"] for one in report["damages"]],
                         [True] * len(report["damages"]))
        self.assertEqual(self.bob.json("files", "verify")["damages"], [])


class Dying(FilesCase):
    def test_a_file_outlives_its_owner(self):
        nodes = self.network("ada", "bob", "cyd", words=LOOPBACK)
        ada, bob, cyd = nodes
        data = drawn(3 * CHUNK + 9, 31)
        self.add(ada, self.write("kept", data), "--replicas", "2", "--tag", "kept")
        self.assert_soon(lambda: len(holders(ada, "kept")) == 2, COPIED)
        ada.process.kill()
        ada.process.wait()
        self.assert_soon(lambda: not sees(bob, "ada", "alive"), 30, lambda: states(bob))
        for node in (bob, cyd):
            self.assertEqual([one["name"] for one in node.json("files", "find", "--tag", "kept")],
                             ["kept"])
            self.assertEqual(fetch_bytes(node, "kept"), data)

    def test_what_was_added_is_there_after_a_kill(self):
        node = self.start("ada")
        data = drawn(2 * CHUNK + 1, 32)
        self.add(node, self.write("safe", data))
        node = self.restart(node, "ada", kill=True)
        self.assertEqual(fetch_bytes(node, "safe"), data)
        self.assertEqual(node.json("files", "verify")["damages"], [])
        self.assertEqual([one["name"] for one in node.json("files", "ls")], ["safe"])

    def test_an_interrupted_fetch_goes_on_where_it_stopped(self):
        ada, bob = self.network("ada", "bob", words=LOOPBACK)
        data = drawn(96 * CHUNK, 33)
        self.add(ada, self.write("long", data), "--replicas", "1")
        target = self.folder / "target"
        fetch = subprocess.Popen(
            [PROGRAM, "files", "get", "long", "--to", str(target)], env=environment(bob.home),
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        came = until(lambda: fetch.poll() is not None or bob.json("files", "usage")["bytes"]
                     >= 8 * CHUNK, 60)
        self.assertTrue(came)
        if fetch.poll() is None:
            fetch.send_signal(signal.SIGINT)
            _, errors = fetch.communicate(timeout=30)
            self.assertEqual(fetch.returncode, -signal.SIGINT)
            self.assertIn("goes on where this one stopped", errors)
        bob = self.restart(bob, "bob", *LOOPBACK, kill=True)
        # Nothing, or all when it was there just before.
        if target.exists():
            self.assertEqual(target.read_bytes(), data)
            target.unlink()
        self.assert_soon(lambda: sees(bob, "ada", "alive"), 20)
        started = time.monotonic()
        done = bob.json("files", "get", "long", "--to", str(target))
        self.assertEqual(target.read_bytes(), data, time.monotonic() - started)
        self.assertGreaterEqual(done["sparedBytes"], 7 * CHUNK)
        self.assertEqual([one.name for one in self.folder.glob(".*.apus-part")], [])
