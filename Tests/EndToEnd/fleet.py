"""Many nodes on one machine: with keys that put as many as wanted into each zone."""

import base64
import concurrent.futures
import contextlib
import hashlib
import os
import pathlib
import shutil
import subprocess
import tempfile

import grpc

from mesh import TOGETHER, invite, named, states
from support import stubs, until

MODEST = (*TOGETHER, "--set", "node.loops=1")
ATTEMPTS = 2_000  # keys that are drawn for one network
AT_ONCE = 4  # commands


def drawn_key():
    """Seed and id of a fresh node."""
    made = subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-outform", "DER"],
                          capture_output=True, check=True).stdout
    public = subprocess.run(["openssl", "pkey", "-inform", "DER", "-pubout", "-outform", "DER"],
                            input=made, capture_output=True, check=True).stdout
    return made[-32:], public[-32:]


def prefix(key, length):
    """The first bits of a key: the name of a zone of that length."""
    return f"{int.from_bytes(key[:8], 'big'):064b}"[:length]


def write_key(home, seed, public):
    text = base64.b32encode(public).decode().rstrip("=").lower()
    path = pathlib.Path(home, "node.key")
    path.write_text(f"apus-node-key 1\nid {text}\nseed {seed.hex()}\n")
    path.chmod(0o600)


def homes(bits, each):
    """Folders with keys: so many in each zone of 2^bits."""
    wanted = {f"{number:0{bits}b}": each for number in range(1 << bits)}
    made = []
    for _ in range(ATTEMPTS):
        if not any(wanted.values()):
            return made
        seed, public = drawn_key()
        zone = prefix(public, bits)
        if wanted[zone] == 0:
            continue
        wanted[zone] -= 1
        home = pathlib.Path(tempfile.mkdtemp(prefix="apus-"))
        write_key(home, seed, public)
        made.append(home)
    raise AssertionError(f"{ATTEMPTS} keys did not fill the zones: {wanted}")


def name_key(name):
    """Where the index has a file of this name: as `ShareTerm` says."""
    return hashlib.sha256(f"name:{name.lower()}".encode()).digest()


class Fleet:
    """Nodes of one network in zones of their own."""

    def __init__(self, bits, each, cleanup):
        self.bits, self.cleanup = bits, cleanup
        self.channels = {}
        self.nodes = []
        self.names = {}
        folders = homes(bits, each)
        for home in folders:
            cleanup(shutil.rmtree, home, ignore_errors=True)
        with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
            self.nodes = list(pool.map(self.start, range(len(folders)), folders))
        text = invite(self.nodes[0], "--uses", str(len(self.nodes) + 64))
        self.invite = text
        with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(lambda node: node.json("join", text), self.nodes[1:]))

    def start(self, number, home):
        node = named(f"n{number}", *MODEST, home=home)
        self.cleanup(node.close)
        self.names[node.id] = f"n{number}"
        return node

    def zone(self, node):
        return prefix(base64.b32decode(node.id.upper() + "===="), self.bits)

    def wait_for_members(self, seconds):
        count = len(self.nodes)
        for node in self.nodes:
            if not until(lambda: list(states(node).values()).count("alive") == count, seconds, 0.3):
                raise AssertionError(f"{node.home} sees {states(node)}")

    def wait_for_zones(self, seconds):
        """Until all know that they are in the zones of their keys."""
        wanted = {node.id: self.zone(node) for node in self.nodes}

        def have_split():
            shown = {row["id"]: row["zone"] for row in self.nodes[0].json("nodes")}
            return shown == wanted

        if not until(have_split, seconds, 0.5):
            raise AssertionError(f"the zones are {self.nodes[0].json('nodes')}")
        self.wait_for_index(seconds)

    def wait_for_index(self, seconds):
        """Until all have what their zones have: before, searches may ask more widely."""
        unsettled = [node for node in self.nodes if node.is_running]

        def have_settled():
            unsettled[:] = [node for node in unsettled if not node.metric("apus_zone_settled")]
            return not unsettled

        if not until(have_settled, seconds, 0.5):
            raise AssertionError(f"not settled: {[self.names[node.id] for node in unsettled]}")

    def files(self, node):
        """Calls of a node's files."""
        if node.id not in self.channels:
            channel = grpc.insecure_channel(f"unix:{node.home}/apus.sock")
            self.cleanup(channel.close)
            self.channels[node.id] = stubs().file_calls.FilesStub(channel)
        return self.channels[node.id]

    def find(self, node, name, wide=False):
        """The names that were found, and how many other nodes were asked."""
        request = stubs().files.FindRequest(name=name, wide=wide, limit=16)
        reply = self.files(node).Find(request, timeout=20)
        return [share.name for share in reply.shares], reply.contacts

    def kill(self, node):
        node.process.kill()
        node.process.wait()
        self.channels.pop(node.id, None)

    def revive(self, node):
        """The same state folder under a new process, in the old one's place."""
        place = self.nodes.index(node)
        self.nodes[place] = self.start(self.names[node.id][1:], node.home)
        return self.nodes[place]


def wipe(home):
    """All that a node had, but its key."""
    for entry in os.scandir(home):
        if entry.name == "node.key":
            continue
        if entry.is_dir():
            shutil.rmtree(entry.path)
        else:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(entry.path)
