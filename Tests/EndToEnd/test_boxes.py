"""Attempts in boxes: `apus box run` without a node, `apus boxes` against one, and what is left when
either is killed."""

import functools
import json
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

from support import PROGRAM, Node, drain, end, environment, figure, run, until

ALLOW = ("--set", "runtimes.process.allowed=any", "--set", "runtimes.process.ungrouped=true")
TRAPPED, OUT_OF_MEMORY, OUTPUT_LIMIT, TIMED_OUT, REFUSED, KILLED = range(121, 127)


# A module of WebAssembly, put together by hand: no compiler is needed for these.

def leb(number):
    answer = bytearray()
    while True:
        byte = number & 0x7F
        number >>= 7
        answer.append(byte | (0x80 if number else 0))
        if not number:
            return bytes(answer)


def section(kind, *items):
    body = leb(len(items)) + b"".join(items)
    return bytes([kind]) + leb(len(body)) + body


def name(text):
    return leb(len(text)) + text.encode()


def constant(number):
    """`i32.const`, for numbers that need no sign."""
    answer, more = bytearray([0x41]), True
    while more:
        byte = number & 0x7F
        number >>= 7
        more = number != 0 or byte & 0x40
        answer.append(byte | (0x80 if more else 0))
    return bytes(answer)


def module(code, text=b"hello\n", pages=1):
    """Its `_start` is `code`; function 0 is fd_write, 1 proc_exit, 2 random_get. The text lies at
    64, and at 8 a vector that names it."""
    wasi = name("wasi_snapshot_preview1")
    body = b"\0" + code + b"\x0b"
    vector = (64).to_bytes(4, "little") + len(text).to_bytes(4, "little")
    return b"".join([
        b"\0asm\1\0\0\0",
        section(1, b"\x60\x04\x7f\x7f\x7f\x7f\x01\x7f", b"\x60\x01\x7f\0", b"\x60\0\0",
                b"\x60\x02\x7f\x7f\x01\x7f"),
        section(2, wasi + name("fd_write") + b"\0\0", wasi + name("proc_exit") + b"\0\1",
                wasi + name("random_get") + b"\0\3"),
        section(3, b"\2"),
        section(5, b"\0" + leb(pages)),
        section(7, name("memory") + b"\2\0", name("_start") + b"\0\3"),
        section(10, leb(len(body)) + body),
        section(11, b"\0" + constant(8) + b"\x0b" + leb(8) + vector,
                b"\0" + constant(64) + b"\x0b" + leb(len(text)) + text),
    ])


WRITE = constant(1) + constant(8) + constant(1) + constant(0) + b"\x10\0\x1a"
LEAVE = constant(7) + b"\x10\1"
FOREVER = b"\x03\x40\x0c\0\x0b"
TRAP = b"\0"
# Sixteen random bytes, in place of the text.
DRAW = constant(64) + constant(16) + b"\x10\2\x1a" + WRITE
# Pages until there are no more, then a trap.
GROW = b"\x03\x40" + constant(64) + b"\x40\0" + constant(0) + b"\x4e\x0d\0\x0b\0"


@functools.cache
def absence():
    """Why boxes cannot be made here, and why wasm cannot be run; None where they can."""
    home = tempfile.mkdtemp(prefix="apus-")
    try:
        said = json.loads(run(home, "doctor", "--json").stdout)
    finally:
        shutil.rmtree(home)
    found = {finding["check"]: finding for finding in said}
    walls = [f"{check}: {found[check]['summary']}" for check in ("box namespaces", "box root")
             if found[check]["level"] != "fine"]
    wasm = found["runtime wasm"]
    return walls[0] if walls else None, None if wasm["level"] == "fine" else wasm["summary"]


def children(process):
    try:
        tasks = list(pathlib.Path(f"/proc/{process}/task").iterdir())
        return [int(word) for task in tasks for word in (task / "children").read_text().split()]
    except OSError:
        return []


def descendants(process):
    found = children(process)
    return found + [deeper for child in found for deeper in descendants(child)]


def is_alive(process):
    try:
        state = pathlib.Path(f"/proc/{process}/stat").read_text().rpartition(") ")[2][0]
    except OSError:
        return False
    return state not in "ZX"


def groups(keeper):
    """The control groups that a process made for its boxes."""
    found = []
    for folder, names, _ in os.walk("/sys/fs/cgroup"):
        found += [f"{folder}/{name}" for name in names if name.startswith(f"apus-{keeper}-")]
    return found


class BoxCase(unittest.TestCase):
    def setUp(self):
        walls, wasm = absence()
        if walls:
            self.skipTest(walls)
        self.no_wasm = wasm
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="apus-"))
        self.addCleanup(shutil.rmtree, self.home, True)

    def need_wasm(self):
        if self.no_wasm:
            self.skipTest(self.no_wasm)

    def file(self, name, data):
        path = self.home / name
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        return str(path)

    def box(self, *words, **settings):
        return run(self.home, "box", "run", *words, **settings)

    def program(self, *words, **settings):
        return self.box(*ALLOW, *words, **settings)

    def said(self, *words):
        result = self.box("--json", *words)
        self.assertTrue(result.stdout, result.stderr)
        answer = json.loads(result.stdout)
        self.assertEqual(answer["exitCode"], result.returncode)
        return answer

    def begin(self, *words, program=PROGRAM):
        process = subprocess.Popen(
            [program, *words], env=environment(self.home), stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.addCleanup(end, process)
        return process

    def assert_clean(self, keeper, inside):
        """Nothing is left of the boxes of a keeper that is gone."""
        self.assertTrue(until(lambda: not any(map(is_alive, inside))), f"{inside} live")
        self.assertTrue(until(lambda: not groups(keeper)), groups(keeper))
        self.assertEqual(os.listdir(self.home / "boxes"), [])
        self.assertNotIn(str(self.home), pathlib.Path("/proc/mounts").read_text())


class Wasm(BoxCase):
    def setUp(self):
        super().setUp()
        self.need_wasm()

    def test_a_module_runs_and_its_output_and_exit_arrive(self):
        path = self.file("task", module(WRITE + LEAVE))
        begun = time.monotonic()
        first = self.box(path)
        between = time.monotonic()
        second = self.box("--runtime", "wasm", path, "--", "word")
        figure("a module by command, compiled first, ms", round(1000 * (between - begun)))
        figure("a module by command, from the cache, ms",
               round(1000 * (time.monotonic() - between)))
        for result in (first, second):
            self.assertEqual((result.returncode, result.stdout, result.stderr), (7, "hello\n", ""))
        self.assertEqual(len(os.listdir(self.home / "wasm")), 1)
        self.assertEqual(os.listdir(self.home / "boxes"), [])

    def test_a_forged_compiled_module_is_compiled_anew(self):
        path = self.file("task", module(WRITE))
        self.assertEqual(self.box(path).stdout, "hello\n")
        kept = next((self.home / "wasm").iterdir())
        good = kept.read_bytes()
        for place in (0, 40, len(good) - 1):
            bad = bytearray(good)
            bad[place] ^= 1
            kept.write_bytes(bad)
            self.assertEqual(self.box(path).stdout, "hello\n")
            self.assertEqual(kept.read_bytes()[:32], good[:32])
        # A good one under another module's name is no good there.
        other = self.file("other", module(WRITE, b"other\n"))
        self.box(other)
        theirs = next(file for file in (self.home / "wasm").iterdir() if file != kept)
        theirs.write_bytes(good)
        self.assertEqual(self.box(other).stdout, "other\n")

    def test_each_ending_has_a_word_and_an_exit_code(self):
        cases = [
            ("trapped", TRAPPED, TRAP, []), ("timedOut", TIMED_OUT, FOREVER, ["--time", "300ms"]),
            ("trapped", TRAPPED, FOREVER, ["--fuel", "1000"]),
            ("outOfMemory", OUT_OF_MEMORY, GROW, ["--memory", "32MiB"]),
            ("outputLimit", OUTPUT_LIMIT, b"\x03\x40" + WRITE + b"\x0c\0\x0b",
             ["--max-output", "1KiB"]),
            ("exited", 0, WRITE, []), ("exited", 7, LEAVE, []),
        ]
        for kind, code, body, words in cases:
            with self.subTest(kind=kind, words=words):
                said = self.said(*words, self.file("task", module(body)))
                self.assertEqual((said["ending"], said["exitCode"]), (kind, code), said)
                self.assertEqual(said["why"] is None, kind == "exited")

    def test_what_is_no_module_is_refused_with_what_to_do(self):
        for data in (b"\0asm", b"\0asm\1\0\0\0\xff", module(WRITE)[:-3], b"\0asm" + b"\xff" * 4000):
            result = self.box(self.file("bad", data))
            self.assertEqual(result.returncode, REFUSED, result)
            self.assertEqual(result.stdout, "")
        self.assertEqual(os.listdir(self.home / "wasm"), [])
        missing = self.box("--runtime", "wasm", "/nowhere/task.wasm")
        self.assertEqual(missing.returncode, REFUSED)
        self.assertIn("/nowhere/task.wasm", missing.stderr)

    def test_a_deterministic_attempt_gives_the_same_again(self):
        path = self.file("draw", module(DRAW, b"0123456789abcdef"))
        said = [self.said("--deterministic", "--seed", "5", path) for _ in range(3)]
        texts = {json.dumps([one["output"], one["usage"]["steps"]]) for one in said}
        self.assertEqual(len(texts), 1)
        other = self.said("--deterministic", "--seed", "6", path)
        free = [self.said(path)["output"] for _ in range(2)]
        self.assertEqual(len({json.dumps(one) for one in [said[0]["output"], other["output"],
                                                          *free]}), 4)

    def test_without_the_library_it_says_where_to_get_it(self):
        path = self.file("task", module(WRITE))
        fake = self.file("libwasmtime.so", b"no library")
        absent = self.box("--set", "runtimes.wasm.library=/nowhere", path)
        wrong = self.box("--set", f"runtimes.wasm.library={fake}", path)
        for result in (absent, wrong):
            self.assertEqual(result.returncode, REFUSED, result)
            self.assertRegex(result.stderr, "runtimes.wasm.library")


class PoorMachine(BoxCase):
    """A machine that gives boxes less: here one that is made so for a command."""

    def poor(self, how, *words):
        return subprocess.run(
            ["unshare", *how[0], "sh", "-c", how[1] + ' && exec "$@"', "sh", *words],
            env=environment(self.home), stdin=subprocess.DEVNULL, capture_output=True, text=True,
            timeout=60, check=False)

    def machine(self, flags, script):
        how = (flags, script)
        tried = self.poor(how, "true")
        if tried.returncode != 0:
            self.skipTest(f"no such machine can be made: {tried.stderr}")
        return how

    def runtimes(self, how):
        said = json.loads(self.poor(how, PROGRAM, "doctor", "--json").stdout)
        found = {finding["check"]: finding for finding in said}
        return found, {word: (found[f"runtime {word}"]["level"],
                              found[f"runtime {word}"]["summary"])
                       for word in ("wasm", "js", "process")}

    def allow(self, more=""):
        (self.home / "apus.toml").write_text(
            f'[runtimes.js]\nallowed = true\n[runtimes.process]\nallowed = "any"\n{more}')

    def test_without_control_groups_programs_and_scripts_are_off(self):
        how = self.machine(["-m"], "mount -t tmpfs none /sys/fs/cgroup")
        self.allow()
        found, runtimes = self.runtimes(how)
        self.assertEqual(found["box control group"]["level"], "warning")
        self.assertIn("Delegate=yes", found["box control group"]["remedy"])
        for word in ("js", "process"):
            level, summary = runtimes[word]
            self.assertEqual(level, "broken", word)
            self.assertIn("control group missing", summary)
        self.assertNotEqual(runtimes["wasm"][0], "broken")
        refused = self.poor(how, PROGRAM, "box", "run", "echo", "x")
        self.assertEqual(refused.returncode, REFUSED)
        self.assertIn("control group", refused.stderr)
        self.allow("ungrouped = true\n")
        self.assertEqual(self.runtimes(how)[1]["process"][0], "fine")
        self.assertEqual(self.poor(how, PROGRAM, "box", "run", "echo", "x").stdout, "x\n")

    def test_without_user_namespaces_nothing_runs(self):
        how = self.machine(["-Ur"], "echo 0 > /proc/sys/user/max_user_namespaces")
        self.allow("ungrouped = true\n")
        found, runtimes = self.runtimes(how)
        self.assertIn("user.max_user_namespaces", found["box namespaces"]["remedy"])
        for word, (level, summary) in runtimes.items():
            self.assertEqual(level, "broken", word)
            self.assertIn("namespaces missing", summary)
        refused = self.poor(how, PROGRAM, "box", "run", "echo", "x")
        self.assertEqual((refused.returncode, refused.stdout), (REFUSED, ""))
        self.assertIn("user.max_user_namespaces", refused.stderr)


class Programs(BoxCase):
    def test_programs_are_off_until_their_owner_allows_them(self):
        off = self.box("echo", "x")
        self.assertEqual((off.returncode, off.stdout), (REFUSED, ""))
        self.assertIn("runtimes.process.allowed", off.stderr)
        (self.home / "apus.toml").write_text(
            '[runtimes.process]\nallowed = ["echo"]\nungrouped = true\n')
        self.assertEqual(self.box("echo", "x").stdout, "x\n")
        for words in (["cat", "/etc/passwd"], ["-e", "PATH=/in", "echo"],
                      [self.file("echo", "#!/bin/sh\n")]):
            self.assertEqual(self.box(*words).returncode, REFUSED, words)

    def test_files_variables_and_input_arrive(self):
        inputs = self.home / "inputs"
        (inputs / "below").mkdir(parents=True)
        (inputs / "below/a").write_text("A\n")
        script = "cat /in/below/a -; echo $0 $X $HOME; mkdir out/b; echo r > out/b/r; exit 5"
        result = subprocess.run(
            [PROGRAM, "box", "run", *ALLOW, "--stdin", "--input", inputs, "--output",
             self.home / "results", "-e", "X=1", "--", "/bin/sh", "-c", script, "zero"],
            env=environment(self.home), input="in\n", capture_output=True, text=True, timeout=60,
            check=False)
        self.assertEqual((result.returncode, result.stderr), (5, ""))
        self.assertEqual(result.stdout, "A\nin\nzero 1 /work\n")
        self.assertEqual((self.home / "results/b/r").read_text(), "r\n")

    def test_a_program_of_ones_own_is_carried_in(self):
        path = self.file("tool", "#!/bin/sh\necho $# $1; echo err >&2; exit 3\n")
        result = self.program(path, "a b")
        self.assertEqual(
            (result.returncode, result.stdout, result.stderr), (3, "1 a b\n", "err\n"))

    def test_limits_hold_and_say_which_it_was(self):
        cases = [
            (["--time", "300ms", "sleep", "100"], TIMED_OUT, "--time"),
            (["--memory", "48MiB", "--", "python3", "-c", "x = b'x' * 10**9"], OUT_OF_MEMORY,
             "--memory"),
            (["--max-output", "1KiB", "yes"], OUTPUT_LIMIT, "--max-output"),
            (["--", "sh", "-c", "kill -11 $$"], 128 + 11, "signal 11"),
            (["--", "sh", "-c", "exec no-such-program-here"], 127, None),
            (["no-such-program-here"], REFUSED, "no-such-program-here"),
            (["--memory", "3TiB", "true"], REFUSED, "runtimes.memory"),
        ]
        for words, code, word in cases:
            with self.subTest(words=words):
                result = self.program(*words)
                self.assertEqual(result.returncode, code, result.stderr)
                if word:
                    self.assertIn(word, result.stderr)
        self.assertEqual(os.listdir(self.home / "boxes"), [])

    def test_a_disk_and_processes_have_an_end(self):
        full = self.program("--disk", "1MiB", "--", "sh", "-c",
                            "head -c 4000000 /dev/zero > f || exit 9")
        self.assertEqual(full.returncode, 9, full)
        # A fork bomb of which all is gone when its first process is.
        bomb = self.program("--processes", "20", "--time", "5s", "--", "python3", "-c", """
import os
made = 0
for _ in range(60):
    try:
        if os.fork() == 0:
            import time; time.sleep(100)
        made += 1
    except OSError:
        pass
print(made, flush=True)
""")
        self.assertLess(int(bomb.stdout), 21, bomb)

    def test_nothing_of_the_machine_is_seen(self):
        secret = self.file("secret", "secret")
        script = (f"cat {secret} /etc/shadow; ls /home /root /var; "
                  "ls /proc | grep -c '^[0-9]'; id -u")
        result = self.program("--", "sh", "-c", script)
        self.assertEqual(result.stdout.split()[-1], "0", result)
        self.assertNotIn("secret\n", result.stdout)
        self.assertLess(int(result.stdout.split()[-2]), 10)
        # No way out but loopback, which is down.
        net = self.program("--", "python3", "-c", "import socket; socket.create_connection"
                           "(('127.0.0.1', 1), 2)")
        self.assertEqual(net.returncode, 1)

    def test_output_comes_while_the_program_runs(self):
        process = self.begin("box", "run", *ALLOW, "--", "sh", "-c", "echo now; sleep 100")
        self.assertEqual(process.stdout.readline(), b"now\n")
        self.assertIsNone(process.poll())

    def test_a_reader_that_goes_away_ends_it(self):
        process = self.begin("box", "run", *ALLOW, "yes")
        process.stdout.read(10)
        process.stdout.close()
        self.assertEqual(process.wait(10), 128 + signal.SIGPIPE)
        self.assertEqual(os.listdir(self.home / "boxes"), [])


class Ends(BoxCase):
    def sleeping(self, *words):
        """A command in the middle of an attempt, with the processes of its box."""
        process = self.begin(
            "box", "run", *ALLOW, *words, "--", "sh", "-c", "sleep 1000 & echo now; sleep 1000")
        self.assertEqual(process.stdout.readline(), b"now\n", process.poll())
        inside = descendants(process.pid)
        self.assertGreaterEqual(len(inside), 3)
        return process, inside

    def test_an_interrupt_ends_it_cleanly(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            process, inside = self.sleeping()
            process.send_signal(number)
            self.assertEqual(process.wait(10), -number)
            self.assert_clean(process.pid, inside)

    def test_a_command_that_is_killed_leaves_nothing_after_the_next(self):
        process, inside = self.sleeping()
        process.kill()
        process.wait()
        self.assertTrue(until(lambda: not any(map(is_alive, inside))))
        self.assertEqual(len(os.listdir(self.home / "boxes")), 1)
        self.assertEqual(self.program("echo", "next").stdout, "next\n")
        self.assert_clean(process.pid, inside)

    def test_a_command_leaves_the_boxes_of_others_alone(self):
        process, inside = self.sleeping()
        self.assertEqual(self.program("echo", "next").stdout, "next\n")
        self.assertTrue(all(map(is_alive, inside)))
        process.send_signal(signal.SIGINT)
        process.wait(10)
        self.assert_clean(process.pid, inside)


class OfANode(BoxCase):
    def node(self, *words):
        node = Node(*ALLOW, "--set", "runtimes.warm-time=10m", *words, home=self.home)
        self.addCleanup(node.close)
        return node

    def attempt(self, *words):
        process = self.begin("box", "run", "--warm", "--", *words)
        self.assertEqual(process.stdout.readline(), b"now\n", process.poll())
        return process

    def test_boxes_are_listed_kept_warm_and_ended(self):
        node = self.node()
        self.assertEqual(node.json("boxes", "ls"), [])
        for number in range(3):
            result = self.box("--warm", "--", "echo", str(number))
            self.assertEqual((result.returncode, result.stdout), (0, f"{number}\n"))
        [box] = node.json("boxes")
        self.assertEqual((box["attempts"], box["work"], box["runtime"], box["creator"]),
                         (3, None, "process", "owner"))
        self.assertLess(box["memoryBytes"], box["memoryLimitBytes"])
        figure("memory of an idle box for programs, KiB", box["memoryBytes"] >> 10)

        process = self.attempt("sh", "-c", "echo now; sleep 1000")
        [box] = node.json("boxes", "ls")
        self.assertEqual((box["work"]["program"], box["processes"]), ("sh", 3))
        top = node.run("boxes", "top", "--count", "2", "--interval", "100ms")
        self.assertEqual(top.stdout.count(box["name"]), 2, top)
        ended = node.json("boxes", "kill", box["name"][:6], "--reason", "it is late")
        self.assertEqual(ended, {"ended": [box["name"]]})
        self.assertEqual(process.wait(10), KILLED)
        self.assertIn(b"it is late", process.stderr.read())
        self.assertEqual(node.json("boxes"), [])
        self.assertEqual(node.run("boxes", "kill", "0000").returncode, 5)

    def test_a_warm_module_is_no_slower_than_starting_one(self):
        self.need_wasm()
        node = self.node()
        path = self.file("task", module(WRITE + LEAVE))
        for _ in range(3):
            result = self.box("--warm", path)
            self.assertEqual((result.returncode, result.stdout), (7, "hello\n"))
        boxes = [box for box in node.json("boxes") if box["runtime"] == "wasm"]
        # One for both: the compiler's box is gone.
        self.assertEqual([box["attempts"] for box in boxes], [3])
        figure("memory of an idle box for wasm, KiB", boxes[0]["memoryBytes"] >> 10)

    def test_the_owner_alone_asks_for_boxes(self):
        node = self.node()
        with node.connect() as stream:
            stream.sendall(
                b"POST /apus.boxes.v1.Boxes/List HTTP/1.1\r\nhost: localhost\r\n"
                b"content-type: application/grpc\r\nconnection: close\r\ncontent-length: 5\r\n\r\n"
                b"\0\0\0\0\0")
            answer = drain(stream)
        self.assertIn(b"grpc-status: 7", answer)

    def test_a_caller_that_goes_away_ends_its_attempt(self):
        node = self.node()
        process = self.attempt("sh", "-c", "echo now; sleep 1000")
        process.kill()
        process.wait()
        self.assertTrue(until(lambda: node.json("boxes") == []), node.json("boxes"))

    def test_a_node_that_stops_waits_for_what_runs_and_no_longer(self):
        node = self.node("--set", "runtimes.drain=1s")
        short = self.attempt("sh", "-c", "echo now; sleep 0.5; echo done; exit 4")
        long = self.attempt("sh", "-c", "echo now; sleep 1000")
        inside = descendants(node.pid)
        begun = time.monotonic()
        self.assertEqual(node.stop(), 0)
        self.assertLess(time.monotonic() - begun, 15)
        self.assertEqual(short.stdout.read(), b"done\n")
        self.assertNotEqual(long.wait(10), 0)
        self.assert_clean(node.pid, inside)

    def test_a_node_that_is_killed_leaves_nothing_after_the_next_start(self):
        node = self.node()
        self.attempt("sh", "-c", "sleep 1000 & echo now; sleep 1000")
        self.box("--warm", "--memory", "100MiB", "--", "true")
        inside = descendants(node.pid)
        self.assertGreaterEqual(len(inside), 4)
        self.assertEqual(len(os.listdir(self.home / "boxes")), 2)
        node.process.kill()
        node.process.wait()
        self.assertTrue(until(lambda: not any(map(is_alive, inside))), "they die with their node")
        self.node()
        self.assert_clean(node.pid, inside)


if __name__ == "__main__":
    unittest.main()
