"""Attempts in containers, by an engine that the tests start: `apus box run --runtime container`
without a node, `apus boxes` and `apus sharing` against one, and what is left when either is
killed."""

import json
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

import engines
from support import PROGRAM, Node, end, environment, figure, run, until
from test_boxes import KILLED, OUT_OF_MEMORY, OUTPUT_LIMIT, REFUSED, TIMED_OUT

ALLOW = ("--set", "runtimes.container.allowed=any")
IMAGE = engines.Engine.image


class ContainerCase(unittest.TestCase):
    engine = None
    kind = "docker"

    @classmethod
    def setUpClass(cls):
        reason = engines.absence(cls.kind)
        if reason:
            print(f"tests of containers are left out: {reason}", flush=True)
            raise unittest.SkipTest(reason)
        cls.engine = cls.enterClassContext(engines.Engine(cls.kind))

    def setUp(self):
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="apus-"))
        self.addCleanup(shutil.rmtree, self.home, True)
        self.more = {"DOCKER_HOST": f"unix://{self.engine.socket}"}
        self.addCleanup(self.engine.clear)

    def box(self, *words, **settings):
        return run(self.home, "box", "run", "--runtime", "container", *ALLOW, *words,
                   more=self.more, **settings)

    def shell(self, script, *words):
        return self.box(*words, IMAGE, "--", "sh", "-c", script)

    def begin(self, *words):
        process = subprocess.Popen(
            [PROGRAM, "box", "run", "--runtime", "container", *words, IMAGE, "--", "sh", "-c",
             "sleep 1000 & echo now; sleep 1000"], env=environment(self.home, **self.more),
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.addCleanup(end, process)
        self.assertEqual(process.stdout.readline(), b"now\n", process.poll())
        return process

    def node(self, *words):
        node = Node(*ALLOW, *words, home=self.home, more=self.more)
        self.addCleanup(node.close)
        return node

    def assert_clean(self):
        self.assertTrue(until(lambda: not self.engine.containers()), self.engine.containers())
        self.assertTrue(until(lambda: not os.listdir(self.home / "containers")))
        self.assertNotIn(str(self.home), pathlib.Path("/proc/mounts").read_text())


class Commands(ContainerCase):
    def test_output_exit_variables_input_and_files_arrive(self):
        inputs = self.home / "inputs"
        (inputs / "below").mkdir(parents=True)
        (inputs / "below/a").write_text("A\n")
        begun = time.monotonic()
        result = subprocess.run(
            [PROGRAM, "box", "run", "-r", "container", *ALLOW, "--stdin", "--input", inputs,
             "--output", self.home / "results", "-e", "X=1", IMAGE, "--", "sh", "-c",
             "cat /in/below/a -; echo $0 $X; mkdir out/b; echo r > out/b/r; echo e >&2; exit 5",
             "zero"],
            env=environment(self.home, **self.more), input="in\n", capture_output=True, text=True,
            timeout=60, check=False)
        figure("an attempt in a container by command, ms", round(1000 * (time.monotonic() - begun)))
        self.assertEqual((result.returncode, result.stderr), (5, "e\n"))
        self.assertEqual(result.stdout, "A\nin\nzero 1\n")
        self.assertEqual((self.home / "results/b/r").read_text(), "r\n")
        self.assert_clean()

    def test_each_ending_has_a_word_and_an_exit_code(self):
        cases = [
            ("timedOut", TIMED_OUT, "sleep 100", ["--time", "1s"]),
            ("outOfMemory", OUT_OF_MEMORY,
             "cat /dev/zero | head -c 200m | tail -c 190m > /dev/null", ["--memory", "48MiB"]),
            ("outputLimit", OUTPUT_LIMIT, "yes", ["--max-output", "1KiB"]),
            ("exited", 0, "true", []), ("exited", 3, "exit 3", []),
        ]
        # As KILL shows to engines. Podman does not say whether memory was why, so it has to be
        # asked of the group while there is one.
        cases.append(("exited", 137, "sleep 1; exit 137" if self.kind == "podman" else "exit 137",
                      []))
        for kind, code, script, words in cases:
            with self.subTest(kind=kind):
                result = self.shell(script, "--json", *words)
                said = json.loads(result.stdout)
                self.assertEqual((said["ending"], said["exitCode"], result.returncode),
                                 (kind, code, code), said)
                self.assertEqual((said["runtime"], said["why"] is None),
                                 ("container", kind == "exited"))

    def test_it_has_no_network_no_rights_and_nothing_to_write_but_its_folders(self):
        result = self.shell(
            "ls /sys/class/net; id -u; touch /bin/x; touch /work/a /tmp/b && echo ok")
        self.assertEqual(result.stdout.split()[0], "lo", result)
        self.assertNotEqual(result.stdout.split()[1], "0")
        self.assertEqual(result.stdout.split()[2:], ["ok"])

    def test_output_comes_while_the_program_runs_and_an_interrupt_ends_it(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            process = self.begin(*ALLOW)
            self.assertEqual(len(self.engine.containers()), 1)
            process.send_signal(number)
            self.assertEqual(process.wait(30), -number)
            self.assert_clean()

    def test_images_are_off_until_their_owner_names_them(self):
        def limited(names, *words):
            return run(self.home, "box", "run", "-r", "container", "--set",
                       f"runtimes.container.allowed={names}", *words, more=self.more)

        off = run(self.home, "box", "run", "-r", "container", IMAGE, more=self.more)
        other = limited("busybox", IMAGE, "--", "true")
        for result in (off, other):
            self.assertEqual((result.returncode, result.stdout), (REFUSED, ""))
            self.assertIn("runtimes.container.allowed", result.stderr)
        named = limited("busybox,apus-test", IMAGE, "--", "echo", "x")
        self.assertEqual(named.stdout, "x\n", named.stderr)
        (self.home / "image.tar").write_bytes(engines.saved())
        self.assertEqual(limited("apus-test", str(self.home / "image.tar")).returncode, REFUSED)

    def test_an_image_comes_as_a_file_or_is_built_from_a_folder(self):
        (self.home / "image.tar").write_bytes(engines.saved())
        result = self.box("./image.tar", cwd=self.home)
        self.assertEqual((result.returncode, result.stdout), (0, "from the tar\n"), result.stderr)
        folder = self.home / "template"
        folder.mkdir()
        (folder / "Dockerfile").write_text(
            f"FROM {IMAGE}\nCOPY word /word\nCMD [\"cat\", \"/word\"]\n")
        (folder / "word").write_text("built\n")
        for _ in range(2):
            result = self.box("./template", cwd=self.home)
            self.assertEqual((result.returncode, result.stdout), (0, "built\n"), result.stderr)
        # The name that the file gave itself was not taken.
        tags = [tag for image in self.engine.ask("GET", "/images/json")
                for tag in image["RepoTags"] or []]
        self.assertFalse([tag for tag in tags if "evil" in tag], tags)

    def test_what_is_wrong_is_told_with_what_to_do(self):
        (self.home / "wrong.tar").write_bytes(b"x" * 10_000)
        (self.home / "empty").mkdir()
        cases = [
            (["localhost:1/no/such:1"], "docker save"), (["./nowhere.tar"], "nowhere.tar"),
            (["./wrong.tar"], "archive"), (["./empty"], "Dockerfile"), (["--", "UPPER:1:2:3"], ""),
            (["--memory", "3TiB", IMAGE], "runtimes.memory"),
            (["--set", "runtimes.container.engine=/nowhere.sock", IMAGE], "/nowhere.sock"),
            (["--set", "runtimes.container.engine=nonsense", IMAGE], "runtimes.container.engine"),
        ]
        for words, hint in cases:
            with self.subTest(words=words):
                result = self.box(*words, cwd=self.home)
                self.assertEqual((result.returncode, result.stdout), (REFUSED, ""), result.stderr)
                self.assertIn(hint, result.stderr)
        absent = self.shell("exec /no/such/program")
        self.assertEqual(absent.returncode, 127, absent)
        unknown = self.box(IMAGE, "--", "/no/such/program")
        self.assertNotEqual(unknown.returncode, 0)
        self.assertIn("/no/such/program", unknown.stderr)

    def test_the_doctor_says_which_engine_there_is(self):
        def finding(*settings):
            (self.home / "apus.toml").write_text("\n".join(["[runtimes.container]", *settings]))
            said = json.loads(run(self.home, "doctor", "--json", more=self.more).stdout)
            return next(one for one in said if one["check"] == "runtime container")

        self.assertIn("runtimes.container.allowed", finding()["summary"])
        on = finding('allowed = "any"')
        self.assertEqual(on["level"], "fine")
        self.assertIn(self.engine.socket, on["summary"])
        gone = finding('allowed = "any"', 'engine = "/nowhere.sock"')
        self.assertEqual(gone["level"], "warning")
        self.assertIn("/nowhere.sock", gone["remedy"])


class Keepers(ContainerCase):
    def test_a_command_that_is_killed_leaves_nothing_after_the_next(self):
        process = self.begin(*ALLOW)
        process.kill()
        process.wait()
        self.assertEqual(len(self.engine.containers()), 1)
        self.assertEqual(self.shell("echo next").stdout, "next\n")
        self.assert_clean()

    def test_a_program_of_another_runtime_cleans_up_too(self):
        process = self.begin(*ALLOW)
        process.kill()
        process.wait()
        run(self.home, "box", "run", "--set", "runtimes.process.allowed=any", "--set",
            "runtimes.process.ungrouped=true", "true", more=self.more)
        self.assert_clean()

    def test_a_command_and_a_node_leave_each_other_alone(self):
        process = self.begin(*ALLOW)
        node = self.node()
        self.assertEqual(self.shell("echo next").stdout, "next\n")
        ours = self.begin("--warm")
        self.assertEqual(len(self.engine.containers()), 2)
        self.assertEqual(self.shell("echo next").stdout, "next\n")
        self.assertIsNone(process.poll())
        self.assertEqual(node.stop(), 0)
        self.assertNotEqual(ours.wait(10), 0)
        self.assertEqual(len(self.engine.containers()), 1)
        process.send_signal(signal.SIGINT)
        process.wait(30)
        self.assert_clean()

    def test_a_node_that_is_killed_leaves_nothing_after_the_next_start(self):
        node = self.node("--set", "runtimes.warm-time=10m")
        self.begin("--warm")
        result = run(self.home, "box", "run", "--warm", "-r", "container", "--memory", "64MiB",
                     IMAGE, "--", "true", more=self.more)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(len(self.engine.containers()), 2)
        node.process.kill()
        node.process.wait()
        self.node()
        self.assert_clean()

    def test_a_node_that_may_not_run_any_cleans_up_too(self):
        process = self.begin(*ALLOW)
        process.kill()
        process.wait()
        node = Node(home=self.home, more=self.more)
        self.addCleanup(node.close)
        self.assert_clean()


class OfANode(ContainerCase):
    def setUp(self):
        super().setUp()
        self.server = self.node("--set", "runtimes.warm-time=10m")
        self.addCleanup(self.server.stop)

    def test_they_are_listed_kept_warm_ended_and_written_down(self):
        node = self.server
        for number in range(3):
            result = run(self.home, "box", "run", "--warm", "-r", "container", IMAGE, "--", "echo",
                         str(number), more=self.more)
            self.assertEqual((result.returncode, result.stdout), (0, f"{number}\n"), result.stderr)
        [box] = node.json("boxes")
        self.assertEqual((box["attempts"], box["work"], box["runtime"], box["creator"]),
                         (3, None, "container", "owner"))
        process = self.begin("--warm")
        [box] = node.json("boxes")
        self.assertEqual((box["work"]["program"], box["attempts"]), (IMAGE, 4))
        self.assertGreaterEqual(box["processes"], 3)
        self.assertGreater(box["pid"], 0)
        self.assertGreater(box["memoryBytes"], 0)
        top = node.run("boxes", "top", "--count", "2", "--interval", "100ms")
        self.assertEqual(top.stdout.count(box["name"]), 2, top)
        ended = node.json("boxes", "kill", box["name"][:6], "--reason", "it is late")
        self.assertEqual(ended, {"ended": [box["name"]]})
        self.assertEqual(process.wait(20), KILLED)
        self.assertIn(b"it is late", process.stderr.read())
        self.assertTrue(until(lambda: node.json("boxes") == []))
        self.assertTrue(until(lambda: len(node.json("boxes", "log")) >= 2))
        records = node.json("boxes", "log")
        self.assertEqual({record["runtime"] for record in records}, {"container"})
        self.assertIn("it is late", [record["why"] for record in records])

    def test_the_end_of_sharing_ends_it_with_the_reason(self):
        alice = self.begin("--warm", "--creator", "alice")
        bob = self.begin("--warm", "--creator", "bob")
        owner = self.begin("--warm")
        self.assertEqual(self.server.json("sharing", "set", "--creators", "bob")["ended"], 1)
        self.assertEqual(alice.wait(20), KILLED)
        self.assertIn(b"alice", alice.stderr.read())
        self.assertIsNone(bob.poll())
        said = self.server.json("sharing", "pause")
        self.assertEqual((said["ended"], said["isOpen"]), (1, False))
        self.assertEqual(bob.wait(20), KILLED)
        self.assertIn(b"paused", bob.stderr.read())
        self.assertIsNone(owner.poll())
        self.server.json("sharing", "resume")
        self.server.json("sharing", "set", "--runtimes", "wasm")
        refused = run(self.home, "box", "run", "--warm", "--creator", "bob", "-r", "container",
                      IMAGE, "--", "true", more=self.more)
        self.assertNotEqual(refused.returncode, 0)
        self.assertIn("container is not shared", refused.stderr)

    def test_cores_hold_for_what_comes_and_what_runs(self):
        if (os.cpu_count() or 1) < 2:
            self.skipTest("there is one processor")

        def allowed(container):
            process = self.engine.ask("GET", f"/containers/{container}/json")["State"]["Pid"]
            return pathlib.Path(f"/proc/{process}/status").read_text().partition(
                "Cpus_allowed_list:")[2].split()[0]

        self.begin("--warm", "--creator", "alice")
        [one] = self.engine.containers()
        before = allowed(one["Id"])
        self.server.json("sharing", "set", "--cores", "1")
        self.assertTrue(until(lambda: allowed(one["Id"]).isdigit()), allowed(one["Id"]))
        self.begin("--warm", "--creator", "bob")
        self.assertTrue(all(allowed(each["Id"]).isdigit() for each in self.engine.containers()))
        self.server.json("sharing", "set", "--cores", "all")
        self.assertTrue(until(lambda: allowed(one["Id"]) == before), allowed(one["Id"]))


class PodmanCommands(Commands):
    kind = "podman"


class PodmanKeepers(Keepers):
    kind = "podman"


class PodmanOfANode(OfANode):
    kind = "podman"


if __name__ == "__main__":
    unittest.main()
