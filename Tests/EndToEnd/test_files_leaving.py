"""Nodes that leave their network, and the files that only they have."""

import time

from mesh import TOGETHER, invite, join, sees, states
from support import figure
from test_files import CHUNK, FilesCase, drawn, fetch_bytes


class Leaving(FilesCase):
    """Nothing is handed over in a node's first 20 seconds: both networks have them together."""

    @classmethod
    def setUpClass(cls):
        cls.stores = cls.network_for_all("desk", "attic", "loft", words=TOGETHER)
        cls.last, cls.guest = (cls.start_for_all(name, *TOGETHER) for name in ("last", "guest"))
        # A member that keeps nothing for others.
        join(cls.guest, invite(cls.last, "--role", "relay"))

    def test_what_only_one_node_has_outlives_its_leaving(self):
        desk, attic, loft = self.stores
        data = {}
        for number in range(8):
            name = f"only-{number}"
            data[name] = drawn(3 * CHUNK + number if number < 2 else 2_000 + number, 70 + number)
            self.add(attic, self.write(name, data[name]), "--replicas", "1")
        started = time.monotonic()
        left = attic.json("leave", "--timeout", "60s")
        figure("leaving with 8 files", f"{time.monotonic() - started:.1f} s")
        self.assertEqual(left["handedOver"], 8)
        self.assert_soon(lambda: not sees(desk, "attic", "alive"), 20, lambda: states(desk))
        attic.close()
        for name, content in data.items():
            self.assertEqual([one["name"] for one in loft.json("files", "find", "--name", name)],
                             [name])
            self.assertEqual(fetch_bytes(loft, name), content)

    def test_who_cannot_hand_over_stays_and_may_be_forced(self):
        desk, guest = self.last, self.guest
        self.assert_soon(lambda: sees(desk, "guest", "alive"))
        desk.json("network", "admin", "add", "guest")
        before = desk.json("network")["network"]
        data = drawn(CHUNK, 81)
        self.add(desk, self.write("only", data), "--replicas", "1")
        self.assert_ends(desk.run("leave", timeout=90), 4, "1 files", "--force")
        # It has stayed, and gives what it has.
        self.assertEqual(desk.json("network")["network"], before)
        self.assertEqual(fetch_bytes(guest, "only"), data)
        desk.json("leave", "--force")
        self.assertNotEqual(desk.json("network")["network"], before)
