"""A folder of very many small files, from one node to another."""

import contextlib
import hashlib
import os
import pathlib
import subprocess
import time

from mesh import TOGETHER
from support import IS_LONG, PROGRAM, environment, figure
from test_files import FilesCase

FILES = 100_000 if IS_LONG else 5_000
PER_FOLDER = 250
SIZE = 4_096
# What so many may take at most, beyond a node that does nothing.
RESIDENT = (1 << 30) if IS_LONG else (160 << 20)


def peak(pid):
    """The most memory that a process has held, in bytes."""
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    raise AssertionError("no VmHWM")


def tree_hash(folder):
    """One hash over the names and bytes of all files."""
    whole = hashlib.sha256()
    for place, folders, files in os.walk(folder):
        folders.sort()
        for name in sorted(files):
            path = os.path.join(place, name)
            whole.update(os.path.relpath(path, folder).encode() + b"\0")
            with open(path, "rb") as file:
                whole.update(hashlib.sha256(file.read()).digest())
    return whole.hexdigest()


class Many(FilesCase):
    def command(self, node, *words):
        """Seconds that a command took, and the most memory it held."""
        started = time.monotonic()
        child = subprocess.Popen(
            [PROGRAM, "files", *words, "--json"], env=environment(node.home),
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        most = 0
        while child.poll() is None:
            with contextlib.suppress(OSError, AssertionError):
                most = max(most, peak(child.pid))
            time.sleep(0.01)
        seconds = time.monotonic() - started
        said, errors = child.communicate()
        self.assertEqual(child.returncode, 0, said + errors)
        return seconds, most

    def measure(self, what, node, *words):
        node_before = peak(node.pid)
        seconds, command = self.command(node, *words)
        resident = peak(node.pid)
        figure(f"{what} {FILES} files of {SIZE} bytes", f"{FILES / seconds:.0f} files/s in "
               f"{seconds:.1f} s; most memory: node {resident >> 20} MiB, command "
               f"{command >> 20} MiB")
        self.assertLess(resident - node_before, RESIDENT, what)
        return seconds

    def test_a_folder_of_very_many_small_files(self):
        source = self.folder / "many"
        data = hashlib.sha256(b"many").digest() * (SIZE // 32)
        for number in range(FILES):
            place = source / f"{number // PER_FOLDER % 20}" / f"{number // PER_FOLDER}"
            if number % PER_FOLDER == 0:
                place.mkdir(parents=True)
            (place / f"file-{number}").write_bytes(number.to_bytes(8, "big") + data[8:])
        expected = tree_hash(source)
        ada, bob = self.network("ada", "bob", words=TOGETHER)
        first = self.measure("adding", ada, "add", str(source), "--replicas", "1")
        again = self.measure("adding again", ada, "add", str(source), "--name", "again",
                             "--replicas", "1")
        self.measure("fetching", bob, "get", "many", "--to", str(self.folder / "back"))
        self.assertEqual(tree_hash(self.folder / "back"), expected)
        self.measure("writing once more", bob, "get", "many", "--to", str(self.folder / "more"))
        self.assertEqual(tree_hash(self.folder / "more"), expected)
        listed = bob.run("files", "ls", "many", "--json", timeout=120)
        self.assertEqual(listed.stdout.count('"path"') >= FILES, True)
        self.assertLess(again, first * 1.5 + 1)
