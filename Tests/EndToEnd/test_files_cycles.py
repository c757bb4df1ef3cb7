"""Programs that come and go by the calls of zones leave nothing behind."""

import contextlib
import os
import pathlib
import sqlite3
import time

import grpc

from support import IS_LONG, figure, stubs, until
from test_files import FilesCase

CYCLES = 10_000 if IS_LONG else 1_000
PER_CONNECTION = 100
# What the first cycles take for good: the allocator's pages, the connection's buffers.
WARM_UP = 500
GROWN = 2 << 20  # bytes of memory that are no leak: a page here and there
LOGGED = 64 << 10  # bytes of the state folder that are: lines of the log


def rows(node):
    """How many there are in each table of the node."""
    counts = {}
    path = next(pathlib.Path(node.home).glob("*.db"))
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
        tables = [row[0] for row in database.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in tables:
            counts[table] = database.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0]
    return counts


def disk(node):
    return sum(path.lstat().st_size for path in pathlib.Path(node.home).rglob("*")
               if not path.is_socket())


class Cycles(FilesCase):
    def cycle(self, node, count):
        messages = stubs().zones
        for start in range(0, count, PER_CONNECTION):
            with grpc.insecure_channel(f"unix:{node.home}/apus.sock") as channel:
                calls = stubs().zone_calls.ZoneFilesStub(channel)
                for number in range(start, min(start + PER_CONNECTION, count)):
                    given = calls.Register(messages.RegisterRequest(
                        host=f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}",
                        port=1 + number % 65_535))
                    self.assertEqual(given.status, 0, given.message)
                    gone = calls.Unregister(messages.UnregisterRequest(id=given.id))
                    self.assertEqual(gone.status, 0, gone.message)
        with grpc.insecure_channel(f"unix:{node.home}/apus.sock") as channel:
            calls = stubs().zone_calls.ZoneFilesStub(channel)
            given = calls.Register(messages.RegisterRequest(host="10.0.0.1", port=1))
            calls.Unregister(messages.UnregisterRequest(id=given.id))
            reply = calls.PeersByZone(messages.PeersByZoneRequest(zone=given.zone))
            return len(reply.peers)

    def test_cycles_of_register_and_unregister_leak_nothing(self):
        node = self.start("desk")
        peers = self.cycle(node, WARM_UP)
        self.assertEqual(peers, 1)
        before = (node.resident_bytes(), node.descriptors(), rows(node), disk(node))
        started = time.monotonic()
        self.assertEqual(self.cycle(node, CYCLES), peers)
        seconds = time.monotonic() - started
        # A connection ends a moment after its client has.
        self.assertTrue(until(lambda: node.descriptors() <= before[1], 10), os.listdir(
            f"/proc/{node.pid}/fd"))
        grown = node.resident_bytes() - before[0]
        figure("register and unregister", f"{CYCLES} cycles, {CYCLES / seconds:.0f}/s; memory "
               f"{grown / 1024:+.0f} KiB, descriptors {node.descriptors() - before[1]:+d}, disk "
               f"{disk(node) - before[3]:+d} bytes")
        self.assertLess(grown, GROWN)
        self.assertEqual(rows(node), before[2])
        self.assertLess(disk(node) - before[3], LOGGED)
