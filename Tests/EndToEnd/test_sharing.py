"""What of a machine others may use: `apus sharing`, and `apus boxes log`."""

import pathlib
import stat
import subprocess
import time
import unittest

from support import PROGRAM, Node, drain, environment, until
from test_boxes import ALLOW, KILLED, REFUSED, WRITE, BoxCase, module


class Sharing(BoxCase):
    def setUp(self):
        super().setUp()
        self.node = self.start()

    def start(self):
        node = Node(*ALLOW, "--set", "runtimes.warm-time=10m", home=self.home)
        self.addCleanup(node.close)
        return node

    def sharing(self, *words):
        return self.node.json("sharing", *words)

    def as_creator(self, name, *words):
        return self.box("--warm", "--creator", name, "--", *words)

    def attempt_of(self, name, *words):
        process = self.begin("box", "run", "--warm", "--creator", name, *words, "--", "sh", "-c",
                             "echo now; sleep 1000")
        self.assertEqual(process.stdout.readline(), b"now\n", process.poll())
        return process

    def refused(self, name="alice"):
        result = self.as_creator(name, "echo", "x")
        self.assertEqual((result.returncode, result.stdout), (REFUSED, ""))
        return result.stderr

    def test_without_rules_all_is_shared_and_says_so(self):
        said = self.sharing()
        self.assertTrue(said["isOpen"])
        self.assertEqual((said["rules"]["hours"], said["rules"]["creators"], said["pause"]),
                         ("always", None, None))
        self.assertEqual(self.as_creator("alice", "echo", "x").stdout, "x\n")
        text = self.node.run("sharing").stdout
        self.assertIn("everybody", text)

    def test_a_pause_ends_what_runs_and_holds_over_a_kill(self):
        process = self.attempt_of("alice")
        said = self.sharing("pause")
        self.assertEqual((said["ended"], said["isOpen"]), (1, False))
        self.assertEqual(process.wait(10), KILLED)
        self.assertIn(b"paused", process.stderr.read())
        self.assertIn("paused", self.refused())
        # What the owner runs is not shared.
        self.assertEqual(self.box("--warm", "--", "echo", "x").stdout, "x\n")
        self.node.process.kill()
        self.node.process.wait()
        self.node = self.start()
        self.assertIn("paused", self.refused())
        self.assertTrue(self.sharing("resume")["isOpen"])
        self.assertEqual(self.as_creator("alice", "echo", "x").stdout, "x\n")

    def test_a_pause_may_let_what_runs_finish(self):
        # More than all the pipes on its way take: it goes on until somebody reads.
        process = self.begin("box", "run", "--warm", "--creator", "alice", "--", "sh", "-c",
                             "echo now; yes | head -c 12000000; echo done; exit 4")
        self.assertEqual(process.stdout.readline(), b"now\n")
        said = self.sharing("pause", "--finish", "--for", "1h")
        self.assertEqual((said["ended"], said["attempts"]), (0, 1))
        self.assertIn(said["until"][:16], self.refused())
        self.assertIsNone(process.poll())
        self.assertEqual(process.communicate(timeout=30)[0][-5:], b"done\n")
        self.assertEqual(process.returncode, 4)

    def test_a_pause_ends_by_itself(self):
        self.assertFalse(self.sharing("pause", "--for", "1h")["isOpen"])
        self.sharing("pause", "--for", "1s")
        self.assertTrue(until(lambda: self.sharing()["isOpen"]))
        self.assertIsNone(self.sharing()["pause"])
        self.assertEqual(self.as_creator("alice", "echo", "x").stdout, "x\n")

    def test_a_change_of_rules_holds_for_what_runs(self):
        alice, bob = self.attempt_of("alice"), self.attempt_of("bob")
        self.assertEqual(self.sharing("set", "--creators", "bob,carol")["ended"], 1)
        self.assertEqual(alice.wait(10), KILLED)
        self.assertIsNone(bob.poll())
        self.assertIn("alice", self.refused())
        # 512 MiB are promised to one attempt: there is no room for another, nor at last for one.
        self.sharing("set", "--memory", "600MiB")
        self.assertIn("memory", self.refused("carol"))
        self.assertEqual(self.sharing("set", "--memory", "100MiB")["ended"], 1)
        self.assertEqual(bob.wait(10), KILLED)
        small = self.box("--warm", "--creator", "bob", "--memory", "64MiB", "--", "echo", "x")
        self.assertEqual(small.stdout, "x\n", small.stderr)
        said = self.sharing("set", "--creators", "all", "--memory", "all", "--runtimes", "wasm")
        self.assertEqual((said["rules"]["creators"], said["rules"]["memoryBytes"]), (None, None))
        self.assertIn("process", self.refused())

    def test_cores_hold_for_what_runs(self):
        process = self.begin(
            "box", "run", "--warm", "--creator", "alice", "--", "sh", "-c",
            "echo now; while sleep 0.05; do grep Cpus_allowed_list /proc/self/status; done")
        self.assertEqual(process.stdout.readline(), b"now\n")
        before = process.stdout.readline().split()[1]
        if before.isdigit():
            self.skipTest("there is one processor only")
        self.sharing("set", "--cores", "1")
        self.assertTrue(until(lambda: process.stdout.readline().split()[1].isdigit()))
        new = self.as_creator("bob", "grep", "Cpus_allowed_list", "/proc/self/status")
        self.assertTrue(new.stdout.split()[1].isdigit(), new)
        own = self.box("--warm", "--", "grep", "Cpus_allowed_list", "/proc/self/status")
        self.assertEqual(own.stdout.split()[1].encode(), before)

    def test_hours_close_and_say_when_they_open(self):
        process = self.attempt_of("alice")
        # A day that is neither today nor a neighbour of it, wherever midnight is.
        far = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"][(time.gmtime().tm_wday + 3) % 7]
        said = self.sharing("schedule", f"{far} 22:00-06:00", f"{far} 7:00-8:00")
        self.assertEqual((said["ended"], said["isOpen"]), (1, False))
        self.assertEqual(process.wait(10), KILLED)
        self.assertIn(far, self.refused())
        self.assertRegex(said["until"], r"^\d{4}-\d\d-\d\dT")
        self.assertEqual(self.sharing("schedule"),
                         {"hours": f"{far} 22:00-06:00; {far} 07:00-08:00"})
        self.assertTrue(self.sharing("schedule", "always")["isOpen"])

    def test_wrong_words_say_what_is_right(self):
        cases = [(["set"], 2, "help"), (["set", "--cores", "0"], 2, "--cores"),
                 (["set", "--memory", "x"], 2, "4GiB"), (["schedule", "mon 8-9"], 2, "mon-fri"),
                 (["set", "--runtimes", "cobol"], 2, "container"),
                 (["set", "--idle", "1s"], 2, "10s"), (["set", "--network", "all"], 2, "anything"),
                 (["set", "--creators", ""], 2, "none"), (["set", "--runtimes", ","], 2, "none"),
                 (["set", "--creators", "all,bob"], 2, "alone"),
                 (["set", "--creators", "owner"], 2, "owner"),
                 (["set", "--memory", "1KiB"], 2, "pause"), (["pause", "--for", "0"], 2, "--for")]
        before = self.sharing()
        for words, code, hint in cases:
            with self.subTest(words=words):
                result = self.node.run("sharing", *words)
                self.assertEqual(result.returncode, code, result.stderr)
                self.assertIn(hint, result.stderr)
        self.assertEqual(self.sharing()["rules"], before["rules"])
        self.assertEqual(self.box("--creator", "alice", "--", "true").returncode, 2)

    def test_who_asks_for_nothing_gets_what_the_node_allows(self):
        self.assertEqual(self.node.stop(), 0)
        node = Node(*ALLOW, "--set", "runtimes.memory=256MiB", "--set", "runtimes.wasm.steps=1000",
                    home=self.home)
        self.addCleanup(node.close)
        self.assertEqual(self.box("--warm", "--", "echo", "x").stdout, "x\n")
        large = self.box("--warm", "--memory", "300MiB", "--", "echo", "x")
        self.assertEqual(large.returncode, REFUSED)
        self.need_wasm()
        small = self.box("--warm", self.file("a.wasm", module(WRITE)))
        self.assertEqual((small.returncode, small.stdout), (0, "hello\n"), small.stderr)

    def test_standard_input_that_no_message_takes_is_told_what_to_do(self):
        most = 15 << 20
        for size, code in ((most, 0), (most + 1, REFUSED)):
            with self.subTest(size=size):
                result = subprocess.run(
                    [PROGRAM, "box", "run", "--warm", "--stdin", "--", "wc", "-c"],
                    env=environment(self.home), input=bytes(size), capture_output=True,
                    timeout=60, check=False)
                self.assertEqual(result.returncode, code, result.stderr)
                said = (result.stderr + result.stdout).decode()
                self.assertIn("--input" if code else f"{size}", said)

    def test_an_attempt_that_finds_no_node_could_not_be_run(self):
        self.assertEqual(self.node.stop(), 0)
        self.assertEqual(self.as_creator("alice", "true").returncode, REFUSED)

    def test_the_log_says_what_ran_for_whom(self):
        self.as_creator("alice", "sh", "-c", "exit 3")
        for _ in range(3):
            self.as_creator("bob", "true")
        self.attempt_of("alice", "--memory", "100MiB").kill()
        self.assertTrue(until(lambda: len(self.log("--creator", "alice")) == 2))
        [first, last] = self.log("--creator", "alice")
        self.assertEqual((first["ending"], first["status"], first["program"]), ("exited", 3, "sh"))
        self.assertEqual(last["ending"], "killed")
        self.assertGreater(first["seconds"], 0)
        bobs = self.log("--creator", "bob", "--since", "1h")
        self.assertEqual(sum(record["attempts"] for record in bobs), 3)
        self.assertEqual(self.log("--since", "2100-01-01T00:00:00Z"), [])
        self.assertEqual(len(self.log("--count", "1")), 1)
        # It is there after the next start, and for nobody else to read.
        self.assertEqual(self.node.stop(), 0)
        file = pathlib.Path(self.home / "audit/attempts.log")
        self.assertEqual(stat.S_IMODE(file.stat().st_mode), 0o600)
        self.node = self.start()
        self.assertEqual(len(self.log("--creator", "alice")), 2)
        self.assertIn("exited 3", self.node.run("boxes", "log").stdout)
        self.assertEqual(self.node.run("boxes", "log", "--since", "x").returncode, 2)

    def log(self, *words):
        return self.node.json("boxes", "log", *words)

    def test_the_owner_alone_decides(self):
        for call in ("Sharing/Show", "Sharing/Set", "Sharing/Pause", "Sharing/Resume", "Boxes/Log"):
            with self.subTest(call=call), self.node.connect() as stream:
                stream.sendall(
                    f"POST /apus.boxes.v1.{call} HTTP/1.1\r\nhost: localhost\r\n".encode()
                    + b"content-type: application/grpc\r\nconnection: close\r\n"
                    + b"content-length: 5\r\n\r\n\0\0\0\0\0")
                self.assertIn(b"grpc-status: 7", drain(stream))


if __name__ == "__main__":
    unittest.main()
