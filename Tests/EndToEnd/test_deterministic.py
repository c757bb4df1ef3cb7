"""Deterministic attempts: the same bytes and the same steps every time, in a cold box and a warm
one, and of every build of the program. `--long` makes a thousand runs of each."""

import collections
import hashlib
import json
import os
import shutil
import subprocess
import tempfile
import unittest

from support import IS_LONG, PROGRAM, ROOT, Node, environment, figure
from test_wasi import COMPILER, FOLDER, need_compiler

COUNT = 1000 if IS_LONG else 6
# The other build of the same sources, where there is one.
BUILDS = [path for path in (ROOT / ".build/debug/apus", ROOT / ".build/release/apus")
          if path.exists()]


class Deterministic(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        need_compiler()
        cls.home = tempfile.mkdtemp(prefix="apus-")
        cls.addClassCleanup(shutil.rmtree, cls.home, True)
        cls.module = os.path.join(cls.home, "seeded.wasm")
        subprocess.run(
            [COMPILER, "--target=wasm32-wasi", "-O1", "-Wno-unused-function",
             FOLDER / "seeded.c", "-lm", "-o", cls.module], check=True)

    def said(self, *words, seed=7, program=PROGRAM, home=None):
        result = subprocess.run(
            [program, "box", "run", "--deterministic", "--seed", str(seed), "--json", *words,
             self.module],
            env=environment(home or self.home), capture_output=True, text=True, timeout=120,
            check=False)
        self.assertEqual(result.returncode, 0, result.stderr)
        answer = json.loads(result.stdout)
        text = json.dumps([answer["output"], answer["errors"], answer["files"]])
        return hashlib.sha256(text.encode()).hexdigest(), answer["usage"]["steps"]

    def warm(self, count):
        with Node("--set", "runtimes.warm-time=10m") as node:
            return collections.Counter(
                self.said("--warm", home=node.home) for _ in range(count))

    def test_cold_and_warm_runs_give_the_same_bytes_and_steps(self):
        seen = collections.Counter(self.said() for _ in range(COUNT))
        warm = self.warm(COUNT)
        self.assertEqual(len(seen + warm), 1, (seen, warm))
        self.assertEqual(seen.total() + warm.total(), 2 * COUNT)
        [(name, steps)] = seen
        self.assertGreater(steps, 1000)
        figure("deterministic runs alike, cold and warm", seen.total() + warm.total())
        figure("their bytes and steps", f"{name[:16]} {steps}")

    def test_another_build_and_a_fresh_node_give_the_same(self):
        wanted = self.said()
        for program in BUILDS:
            with self.subTest(program=program):
                # Its own key, and nothing compiled before.
                with tempfile.TemporaryDirectory(prefix="apus-") as home:
                    self.assertEqual(self.said(program=program, home=home), wanted)

    def test_another_seed_gives_other_bytes(self):
        self.assertNotEqual(self.said()[0], self.said(seed=8)[0])
        free = subprocess.run(
            [PROGRAM, "box", "run", self.module], env=environment(self.home),
            capture_output=True, text=True, timeout=120, check=True)
        again = subprocess.run(
            [PROGRAM, "box", "run", self.module], env=environment(self.home),
            capture_output=True, text=True, timeout=120, check=True)
        self.assertNotEqual(free.stdout, again.stdout)


if __name__ == "__main__":
    unittest.main()
