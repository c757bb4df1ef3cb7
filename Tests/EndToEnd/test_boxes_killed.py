"""Attempts while boxes and their node are killed at random: each kill costs what ran there and no
more, and nothing of it is left. `--long` makes ten thousand attempts."""

import collections
import os
import pathlib
import random
import signal
import threading
import time

import grpc

from support import IS_LONG, Node, figure, stubs, until
from test_boxes import ALLOW, LEAVE, WRITE, BoxCase, children, descendants, groups, is_alive, module

SEED = 2026
ATTEMPTS = 10_000 if IS_LONG else 300
NODE_KILLS = 50 if IS_LONG else 3
WORKERS = 4
# Of a hundred, how many looks of the killer end a box.
BOX_KILLS = 20
PROGRAMS = {
    "true": (["true"], ("exited", 0)),
    "status": (["sh", "-c", "exit 3"], ("exited", 3)),
    # They leave something behind that must not stay.
    "orphans": (["sh", "-c", "sleep 1000 & sleep 1000 & mkdir -p out/d; echo x > out/d/f"],
                ("exited", 0)),
    "signal": (["sh", "-c", "kill -9 $$"], ("signalled", 9)),
}


class Attempts:
    """What workers ask for, whichever life the node is in."""

    def __init__(self, case, count):
        self.case = case
        self.left = count
        self.lock = threading.Lock()
        self.serves = threading.Event()
        self.seen = collections.Counter()
        self.wrong = []

    @property
    def done(self):
        with self.lock:
            return self.seen.total()

    def work(self, number):
        drawn = random.Random(SEED + number)
        with grpc.insecure_channel(f"unix:{self.case.home}/apus.sock") as channel:
            stub = stubs().box_calls.BoxesStub(channel)
            while True:
                with self.lock:
                    if not self.left:
                        return
                    self.left -= 1
                self.serves.wait(60)
                kind = drawn.choice([*PROGRAMS, "wasm"])
                outcome = self.run(stub, kind, f"creator-{drawn.randrange(3)}")
                wanted = ("exited", 7) if kind == "wasm" else PROGRAMS[kind][1]
                with self.lock:
                    word = "well" if outcome == wanted else outcome[0]
                    self.seen[word] += 1
                    if word not in ("well", "killed", "lost"):
                        self.wrong.append((kind, outcome))

    def run(self, stub, kind, creator):
        request = stubs().boxes.RunRequest(creator=creator)
        if kind == "wasm":
            request.runtime, request.program, request.file = "wasm", "task", self.case.module
        else:
            request.runtime = "process"
            request.program, *rest = PROGRAMS[kind][0]
            request.arguments.extend(rest)
        try:
            for reply in stub.Run(request, timeout=60, wait_for_ready=True):
                if reply.HasField("end"):
                    return reply.end.kind, reply.end.status
        except grpc.RpcError as error:
            return "lost", f"{error.code()}: {error.details()}"
        return "no end", 0


class Killed(BoxCase):
    def setUp(self):
        super().setUp()
        self.need_wasm()
        self.module = self.file("task", module(WRITE + LEAVE))
        self.drawn = random.Random(SEED)
        self.box_kills = 0

    def start(self):
        node = Node(*ALLOW, "--set", "runtimes.warm-time=1s", home=self.home)
        self.addCleanup(node.close)
        return node

    def kill_node(self, node):
        """Its next life; nothing of the last is left."""
        inside = descendants(node.pid)
        node.process.kill()
        node.process.wait()
        self.assertTrue(until(lambda: not any(map(is_alive, inside)), 30), "boxes outlive a node")
        following = self.start()
        self.assertEqual(groups(node.pid), [])
        marks = os.listdir(self.home / "boxes")
        self.assertEqual([mark for mark in marks if mark.startswith(f"{node.pid}-")], [])
        self.assertNotIn(str(self.home), pathlib.Path("/proc/mounts").read_text())
        return following

    def kill_box(self, node):
        boxes = children(node.pid)
        if not boxes or self.drawn.randrange(100) >= BOX_KILLS:
            return
        try:
            os.kill(self.drawn.choice(boxes), signal.SIGKILL)
            self.box_kills += 1
        except ProcessLookupError:
            pass

    def idle(self, node):
        """No box is left on the shelf; what the node holds open then."""
        self.assertTrue(until(lambda: node.json("boxes") == [], 30), "boxes stay")
        self.assertTrue(until(lambda: not children(node.pid)), children(node.pid))
        self.assertTrue(until(lambda: os.listdir(self.home / "boxes") == [], 30), "folders stay")
        self.assertTrue(until(lambda: groups(node.pid) == [], 30), "control groups stay")
        return node.descriptors()

    def test_kills_cost_what_ran_and_leave_nothing(self):
        node = self.start()
        self.assertEqual(self.box("--warm", self.module).returncode, 7)
        attempts = Attempts(self, ATTEMPTS)
        attempts.serves.set()
        stubs()
        begun = time.monotonic()
        workers = [threading.Thread(target=attempts.work, args=(each,)) for each in range(WORKERS)]
        for worker in workers:
            worker.start()
        for life in range(NODE_KILLS):
            goal = ATTEMPTS * (life + 1) // (NODE_KILLS + 1)
            while attempts.done < goal and any(worker.is_alive() for worker in workers):
                self.kill_box(node)
                time.sleep(0.02)
            attempts.serves.clear()
            node = self.kill_node(node)
            attempts.serves.set()
        while any(worker.is_alive() for worker in workers):
            self.kill_box(node)
            time.sleep(0.02)
        seconds = time.monotonic() - begun
        seen = attempts.seen
        self.assertEqual((seen.total(), attempts.wrong), (ATTEMPTS, []))
        failed = seen["killed"] + seen["lost"]
        self.assertLessEqual(failed, self.box_kills + NODE_KILLS * WORKERS, seen)
        self.assertGreater(failed, 0)
        self.assert_no_growth(node)
        figure("attempts under kills",
               f"{seen.total()} in {seconds:.0f} s: {seen['well']} well, {seen['killed']} killed, "
               f"{seen['lost']} lost, {self.box_kills} kills of boxes, {NODE_KILLS} of the node")
        inside = descendants(node.pid)
        self.assertEqual(node.stop(), 0)
        self.assert_clean(node.pid, inside)

    def assert_no_growth(self, node):
        """Descriptors, after boxes were killed under it and when more have come and gone."""
        before = self.idle(node)
        attempts = Attempts(self, 40)
        attempts.serves.set()
        worker = threading.Thread(target=attempts.work, args=(99,))
        worker.start()
        while worker.is_alive():
            self.kill_box(node)
            time.sleep(0.01)
        self.idle(node)
        self.assertTrue(until(lambda: node.descriptors() <= before),
                        f"{before} descriptors have become {node.descriptors()}")
