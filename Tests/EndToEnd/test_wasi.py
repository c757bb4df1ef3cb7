"""WASI preview 1 as a guest in a box meets it. Each case is a program of its own (wasi/cases.c)
that must see what wasi/cases.txt says; the toolchain's interpreter runs it too and must see the
same, but for the cases of which DIFFERS tells in what it departs from the specification."""

import functools
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

from support import PROGRAM, environment
from test_boxes import TRAPPED, absence

FOLDER = pathlib.Path(__file__).parent / "wasi"
COMPILER = "/usr/bin/clang-19"
ARGUMENTS = ["one", "", "zwei ä", "--x=y"]
VARIABLES = ["A=1", "B=zwei"]
INPUT = b"some input"

# Why the interpreter sees something else: what it lacks, or where it is wrong.
DIFFERS = {
    "variables": "it counts bytes that no variable has",
    "exits_beyond": "it ends well with 256; a shell would take a failure for none",
    "slash_after_others": "it makes and removes no folder whose name ends in a slash",
    "times_of_links": "it sets no times of a link itself",
    "clocks": "its wall clock counts from 2001",
    "clocks_used": "it has no clocks of processes and threads, which WASI names",
    "clocks_none": "it says badf of a clock, and inval is for arguments that are none",
    "output": "it ends the guest where a descriptor cannot be read",
    "reads_unasked": "it ends the guest where a descriptor cannot be read",
    "writes_unasked": "it ends the guest where a descriptor cannot be written at a place",
    "reads_streams_at": "it ends the guest where a stream has no places",
    "faults": "it ends the guest for an address beyond memory; WASI has fault for that",
    "yields": "it has no sched_yield",
    "renumbers": "it has no fd_renumber",
    "renumbers_badly": "it has no fd_renumber",
    "lowest_number": "it counts on; every system gives the lowest free number",
    "sets_rights": "it has no fd_fdstat_set_rights",
    "allocates": "it has no fd_allocate",
    "sizes_badly": "it crashes",
    "opens": "it says badf of a path whose folder is none, for noent and notdir",
    "opens_nothing": "it opens the folder for an empty path; POSIX says noent",
    "slash_after_file": "it says noent of a new file with a slash; Linux says isdir",
    "closed_folder": "it says notdir of a descriptor that is closed, for badf",
    "file_as_folder": "it says badf of a file that is listed, for notdir",
    "creates_folders_by_opening": "it makes nothing and says noent; the two flags exclude another",
    "many_descriptors": "it has no limit",
    "illegal_names": "it takes bytes that are no text, and crashes for those beyond memory",
    "renames": "it has no path_rename",
    "links": "it has no path_link",
    "reads_links": "it has no path_readlink",
    "leaves_by_links": "it takes absolute links, and tells what a link out of the folder leads to",
    "read_only_inputs": "it has no folders that are only to be read",
    "waits": "it has no poll_oneoff",
    "waits_for_files": "it has no poll_oneoff",
    "waits_badly": "it has no poll_oneoff",
    "sockets": "it has no sockets, and says so of descriptors that are none",
}


def sections():
    """What each case must print, and how it must end when that is not well."""
    found = {}
    for part in re.split(r"^== ", (FOLDER / "cases.txt").read_text(), flags=re.M)[1:]:
        name, _, text = part.partition("\n")
        found[name] = text
    return found


WANTED = sections()


@functools.cache
def interpreter():
    path = shutil.which("wasmkit")
    if path:
        return path
    swift = shutil.which("swift")
    beside = pathlib.Path(swift).resolve().with_name("wasmkit") if swift else None
    return str(beside) if beside and beside.exists() else None


def need_compiler():
    """Boxes, what runs wasm in them and what builds it; else the tests are skipped."""
    walls, wasm = absence()
    missing = [path for path in (COMPILER, "/usr/lib/wasm32-wasi/libc.a")
               if not os.path.exists(path)]
    if walls or wasm or missing:
        raise unittest.SkipTest(walls or wasm or f"no {missing[0]}; run Scripts/setup --tests")


class Wasi(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        need_compiler()

    def setUp(self):
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="apus-"))
        self.addCleanup(shutil.rmtree, self.home, True)
        for folder in ("in", "work"):
            (self.home / folder).mkdir()
        (self.home / "in/seen").write_text("input data")
        (self.home / "secret").write_text("secret")

    def build(self, case):
        module = self.home / "case.wasm"
        subprocess.run(
            [COMPILER, "--target=wasm32-wasi", "-O1", "-Wno-unused-function", f"-DCASE={case}",
             FOLDER / "cases.c", "-o", module], check=True)
        return module

    def told(self, result, is_trap):
        text = result.stdout.decode()
        if is_trap:
            return text + "trapped\n"
        return text + (f"exit {result.returncode}\n" if result.returncode else "")

    def in_box(self, module):
        words = [word for text in VARIABLES for word in ("--env", text)]
        result = subprocess.run(
            [PROGRAM, "box", "run", "--stdin", "--input", self.home / "in", *words, module, "--",
             *ARGUMENTS],
            env=environment(self.home), input=INPUT, capture_output=True, timeout=120, check=False)
        return self.told(result, result.returncode == TRAPPED)

    def interpreted(self, module):
        words = [word for text in VARIABLES for word in ("--env", text)]
        # Where it crashes it would look for a debugger's symbols first.
        result = subprocess.run(
            [interpreter(), "run", "--dir", "work", *words, module, *ARGUMENTS], cwd=self.home,
            env={**os.environ, "SWIFT_BACKTRACE": "enable=no"}, input=INPUT, capture_output=True,
            timeout=120, check=False)
        return self.told(result, b"Trap:" in result.stderr)

    def check(self, case):
        module = self.build(case)
        self.assertEqual(self.in_box(module), WANTED[case])
        if not interpreter():
            return
        seen = self.interpreted(module)
        if case in DIFFERS:
            self.assertNotEqual(seen, WANTED[case], "it does not differ any more")
        else:
            self.assertEqual(seen, WANTED[case], "the interpreter sees something else")

    def test_every_case_is_asserted(self):
        named = re.findall(r"^static void ([a-z_]+)\(void\) {", (FOLDER / "cases.c").read_text(),
                           flags=re.M)
        self.assertEqual(named, list(WANTED))
        self.assertLessEqual(set(DIFFERS), set(WANTED))


def method(case):
    def test(self):
        self.check(case)
    return test


for each in WANTED:
    setattr(Wasi, f"test_{each}", method(each))

if __name__ == "__main__":
    unittest.main()
