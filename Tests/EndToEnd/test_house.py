"""The set-up, the Makefile and the scripts, as a newcomer meets them."""

import os
import pathlib
import re
import resource
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]


def run(*command, **settings):
    return subprocess.run(
        command, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120,
        check=False, **settings)


def path_with(folder, *tools):
    """A folder that stands for a whole PATH and holds only the named tools of this machine."""
    for tool in tools:
        found = next(
            place for place in ("/usr/bin", "/bin") if os.path.exists(f"{place}/{tool}"))
        os.symlink(f"{found}/{tool}", f"{folder}/{tool}")
    return folder


class Setup(unittest.TestCase):
    def test_costs_next_to_nothing_when_all_is_there(self):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        result = run("Scripts/setup", "--tests")
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(result.stdout, "", "there was something to install")
        # Work, not time: the machine may be busy with other things.
        spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        self.assertLess(spent, 0.5)

    def test_check_names_what_is_missing_and_why_and_installs_nothing(self):
        tools = "bash dirname basename sed grep cut awk id getent sort head".split()
        with tempfile.TemporaryDirectory() as folder:
            path_with(folder, *tools)
            # Stand-ins: a package database that knows one package, an apt-get that must not run.
            self.program(folder, "dpkg-query", 'echo "make installed"; exit 1')
            self.program(folder, "apt-get", f"touch {folder}/installed")
            self.program(folder, "swift", 'echo "Swift version 6.3.1 (release)"')
            result = run("Scripts/setup", "--check", env={"PATH": folder, "HOME": folder})
            self.assertEqual(result.returncode, 1)
            self.assertRegex(result.stdout, r"(?m)^  libssl-dev +OpenSSL 3")
            self.assertNotRegex(result.stdout, r"(?m)^  make ")
            self.assertFalse(os.path.exists(f"{folder}/installed"))

    def test_says_how_to_get_a_toolchain(self):
        for version, expected in [("5.10", "too old"), (None, "does not start")]:
            with self.subTest(version=version), tempfile.TemporaryDirectory() as folder:
                body = f'echo "Swift version {version} (release)"' if version else "exit 127"
                self.program(folder, "swift", body)
                path = f"{folder}:{os.environ['PATH']}"
                result = run("Scripts/setup", env={**os.environ, "PATH": path})
                self.assertEqual(result.returncode, 1)
                self.assertIn(expected, result.stderr)
                self.assertIn("swift.org", result.stderr)

    def test_refuses_an_unknown_argument(self):
        result = run("Scripts/setup", "--everything")
        self.assertEqual(result.returncode, 1)
        self.assertIn("--everything", result.stderr)
        self.assertIn("--tests", result.stderr)

    @staticmethod
    def program(folder, name, body):
        path = pathlib.Path(folder, name)
        path.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
        path.chmod(0o755)


class Makefile(unittest.TestCase):
    def test_help_lists_every_target(self):
        text = (ROOT / "Makefile").read_text(encoding="utf-8")
        targets = re.findall(r"^([a-z][a-z0-9-]*):", text, re.MULTILINE)
        listed = re.findall(r"^  ([a-z0-9-]+) +\S", run("make", "help").stdout, re.MULTILINE)
        self.assertGreater(len(targets), 10)
        self.assertEqual(sorted(targets), sorted(listed))

    def test_finds_the_toolchain_in_a_bare_environment(self):
        result = run("make", "-s", "version", env={"PATH": "/usr/bin:/bin"})
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertRegex(result.stdout, r"Swift version 6\.")


class Fuzz(unittest.TestCase):
    def test_names_the_targets_when_asked_for_one_that_is_not_there(self):
        result = run("Scripts/fuzz", "FuzzNothing")
        self.assertEqual(result.returncode, 1)
        self.assertIn("FuzzIdentifiers", result.stderr)

    def test_every_target_has_seeds(self):
        targets = run("Scripts/fuzz", "--list").stdout.split()
        self.assertIn("FuzzIdentifiers", targets)
        for target in targets:
            with self.subTest(target=target):
                self.assertTrue(any((ROOT / "Fuzz/corpus" / target).iterdir()))
