"""Files in a network of several zones: who is asked, who dies, who comes later."""

import random
import time

from fleet import Fleet, name_key, prefix, wipe
from mesh import sees
from support import IS_LONG, figure
from test_files import FilesCase, drawn, fetch_bytes

BITS, EACH = (3, 8) if IS_LONG else (1, 8)
KILLS = 16 if IS_LONG else 2
MISSES = 64 if IS_LONG else 16
SETTLED = 90  # seconds within which zones have split and caught up
COPIED = 60  # seconds within which copies are made


class InZones(FilesCase):
    @classmethod
    def setUpClass(cls):
        started = time.monotonic()
        cls.drawn = random.Random(4)
        cls.fleet = Fleet(BITS, EACH, cls.addClassCleanup)
        cls.fleet.wait_for_members(60)
        cls.names = []
        cls.content = {}
        for number, node in enumerate(cls.fleet.nodes):
            name, data = f"file-{number}", drawn(3_000 + number, number)
            path = node.home / name
            path.write_bytes(data)
            node.json("files", "add", str(path))
            cls.names.append(name)
            cls.content[name] = data
        cls.fleet.wait_for_zones(SETTLED)
        figure("nodes, zones", f"{len(cls.fleet.nodes)}, {1 << BITS}, ready after "
               f"{time.monotonic() - started:.0f} s")

    def alive(self):
        return [node for node in self.fleet.nodes if node.is_running]

    def asker(self, zone=None, outside=None):
        return self.drawn.choice([
            node for node in self.alive()
            if zone in (None, self.fleet.zone(node)) and self.fleet.zone(node) != outside])

    def copies(self, name):
        shown = self.asker().json("files", "show", name)
        return {one["id"] for one in shown["holders"] if one["state"] == "alive"}

    def wait_for_copies(self, names):
        for name in names:
            self.assert_soon(lambda: len(self.copies(name)) >= 2, COPIED,
                             lambda: f"{name}: {self.copies(name)}")

    def test_1_a_hit_contacts_one_node(self):
        contacts = []
        for name in self.names:
            zone = prefix(name_key(name), BITS)
            found, asked = self.fleet.find(self.asker(outside=zone), name)
            self.assertEqual((found, asked), ([name], 1), zone)
            contacts.append(asked)
        figure("contacts of a hit in another zone", f"{max(contacts)} at most")

    def test_2_a_file_moves_to_its_owner_that_comes_later(self):
        name = self.names[1]
        self.wait_for_copies([name])
        owner = self.fleet.nodes[1]
        self.fleet.kill(owner)
        self.assert_soon(lambda: not sees(self.fleet.nodes[0], "n1", "alive"), 40)
        # The owner is absent: others have the file.
        self.assertEqual(self.fleet.find(self.asker(), name)[0], [name])
        self.assertEqual(fetch_bytes(self.asker(), name), self.content[name])
        wipe(owner.home)
        owner = self.fleet.revive(owner)
        owner.json("join", self.fleet.invite)
        came = time.monotonic()
        self.assertEqual(self.fleet.find(owner, name)[0], [name])
        # Nobody asks for it there: it moves by itself.
        self.assert_soon(lambda: owner.json("files", "usage")["bytes"] > 0, 60,
                         lambda: str(owner.json("files", "show", name)))
        figure("the file is at its owner after", f"{time.monotonic() - came:.1f} s")
        self.assertEqual(fetch_bytes(owner, name), self.content[name])

    def test_3_a_miss_contacts_one_zone_at_most(self):
        def misses(count):
            asked = []
            for number in range(count):
                name = f"nowhere {number} {self.drawn.random()}"
                found, contacts = self.fleet.find(self.asker(), name)
                self.assertEqual(found, [])
                asked.append(contacts)
            return asked

        self.fleet.wait_for_index(SETTLED)
        asked = misses(MISSES)
        self.assertLessEqual(max(asked), EACH)
        figure("contacts of a miss", f"{sum(asked) / len(asked):.1f} on average, {max(asked)} at "
               f"most, in zones of {EACH}")

    def test_4_any_one_node_may_die(self):
        self.wait_for_copies(self.names)
        slowest = 0
        victims = self.drawn.sample(range(1, len(self.fleet.nodes)), KILLS)
        for number in victims:
            victim = self.fleet.nodes[number]
            self.fleet.kill(victim)
            for name in self.names:
                started = time.monotonic()
                self.assertEqual(self.fleet.find(self.asker(), name)[0], [name], f"n{number} died")
                slowest = max(slowest, time.monotonic() - started)
            self.assertEqual(fetch_bytes(self.asker(), self.names[number]),
                             self.content[self.names[number]])
            self.fleet.revive(victim)
            self.assert_soon(lambda: sees(self.fleet.nodes[0], f"n{number}", "alive"), 40)
        figure("nodes killed one after the other", f"{KILLS}; the slowest search "
               f"{slowest * 1000:.0f} ms")
