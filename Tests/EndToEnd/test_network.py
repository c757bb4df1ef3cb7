"""Membership between real nodes: invites, approval, names, leaving, the network's key."""

import subprocess
import time
import unittest

from mesh import Altered, MeshCase, invite, join, misses, ping, reaches, rows, sees, states
from support import PROGRAM, environment


class Joining(MeshCase):
    @classmethod
    def setUpClass(cls):
        cls.desk = cls.start_for_all("desk")

    def test_one_invite_lets_a_node_in_with_a_name_and_roles(self):
        attic = self.start("attic")
        reply = join(attic, invite(self.desk, "--role", "relay,store"), "--name", "loft")
        self.assertEqual((reply["name"], reply["pending"], reply["wasMember"]),
                         ("loft", False, False))
        shown = attic.json("network")
        self.assertEqual(shown["network"], self.desk.json("network")["network"])
        self.assertEqual((shown["name"], shown["roles"]), ("loft", ["relay", "store"]))
        self.assertFalse(shown["isAdmin"] or shown["holdsNetworkKey"])
        self.assert_soon(lambda: sees(self.desk, "loft", "alive"))
        self.assertEqual(sorted(rows(self.desk)["loft"]["roles"]), ["relay", "store"])
        self.assertTrue(sees(attic, "desk", "alive"), states(attic))

    def test_a_name_that_is_taken_gets_a_number(self):
        reply = join(self.start("desk"), invite(self.desk))
        self.assertEqual(reply["name"], "desk-2")

    def test_an_invite_for_two_lets_two_in(self):
        text = invite(self.desk, "--uses", "2")
        first, second, third = (self.start(name) for name in ("one", "two", "three"))
        join(first, text)
        join(second, text)
        self.assert_ends(third.run("join", text), 4, "used up", "new one")
        used = self.desk.json("invite", "list")[0]
        self.assertEqual((used["state"], used["uses"]), ("used", 2))
        self.assertEqual(used["usedBy"], [first.id, second.id])

    def test_joining_a_second_time_changes_nothing(self):
        again = self.start("again")
        text = invite(self.desk)
        join(again, text)
        reply = join(again, text)
        self.assertEqual((reply["name"], reply["wasMember"]), ("again", True))
        # Whatever was open goes on: both ways.
        self.assertTrue(reaches(self.desk, "again"))
        self.assertTrue(reaches(again, "desk"))
        other = join(again, invite(self.desk))
        self.assertTrue(other["wasMember"])
        self.assertEqual(self.desk.json("invite", "list")[0]["state"], "open")

    def test_an_invite_comes_by_standard_input_too(self):
        quiet = self.start("quiet")
        result = subprocess.run(
            [PROGRAM, "join", "-", "--json"], env=environment(quiet.home), text=True,
            input=invite(self.desk) + "\n", capture_output=True, timeout=60, check=False)
        self.assert_ends(result, 0)
        self.assertIn('"name":"quiet"', result.stdout)

    def test_an_invite_leads_in_by_way_of_any_member(self):
        attic = self.start("bridge")
        join(attic, invite(self.desk))
        self.assert_soon(lambda: sees(attic, "desk", "alive"))
        guest = self.start("guest")
        reply = join(guest, invite(self.desk, "--address", attic.target))
        self.assertEqual((reply["name"], reply["wasMember"]), ("guest", False))
        for node in (self.desk, attic):
            self.assert_soon(lambda: sees(node, "guest", "alive"), 10, lambda: states(node))
        self.assertTrue(reaches(guest, "desk"))
        # One that is no member leads nowhere, and is not shown the secret.
        text = invite(self.desk, "--address", self.start("alone").target)
        self.assertNotEqual(self.start("lost").run("join", text).returncode, 0)
        self.assertEqual(self.desk.json("invite", "list")[0]["state"], "open")

    def test_one_that_is_no_member_sees_nobody(self):
        alone = self.start("alone")
        self.assertEqual(states(alone), {"alone": "alive"})
        self.assert_ends(ping(alone, "desk"), 5, "desk")


class Refusals(MeshCase):
    """Every invite that does not hold is refused, each with an error of its own."""

    @classmethod
    def setUpClass(cls):
        cls.desk = cls.start_for_all("desk")
        cls.other = cls.start_for_all("other")

    def setUp(self):
        # Wrong tries are counted for each node.
        self.guest = self.start("guest")

    def tearDown(self):
        self.assertEqual(states(self.guest), {"guest": "alive"})

    def refused(self, text, code, *texts):
        self.assert_ends(self.guest.run("join", text), code, *texts)

    def test_expired(self):
        text = invite(self.desk, "--expires", "1s")
        altered = Altered(text)
        # The time of expiry in the text is a courtesy: the admin knows its own.
        seconds = altered.content.index(b"\x20", 86) + 1
        altered.content[seconds + 1] ^= 0x40
        time.sleep(1.1)
        self.refused(text, 4, "expired", "ask for a new one")
        self.refused(altered.text, 4, "expired")

    def test_used(self):
        text = invite(self.desk)
        join(self.start("early"), text)
        self.refused(text, 4, "used already")

    def test_withdrawn(self):
        made = self.desk.json("invite")
        self.desk.json("invite", "withdraw", made["id"][:6])
        self.refused(made["invite"], 4, "withdrawn")
        self.assert_ends(self.desk.run("invite", "withdraw", "0" * 12), 5, "invite")

    def test_a_typo(self):
        text = invite(self.desk)
        self.refused(text[:60] + ("a" if text[60] == "b" else "b") + text[61:], 2, "typo")
        self.refused(text[:-8], 2, "cut off")
        self.refused("hello", 2, "no invite")

    def test_a_made_up_secret(self):
        altered = Altered(invite(self.desk))
        altered.content[altered.secret] = bytes(16)
        self.refused(altered.text, 4, "never made such an invite")

    def test_another_admin(self):
        altered = Altered(invite(self.desk))
        altered.content[altered.admin] = Altered(invite(self.other)).content[altered.admin]
        # The secret is shown to nobody but that admin, and it is not there.
        self.assertNotEqual(self.guest.run("join", altered.text).returncode, 0)
        self.assertEqual(self.desk.json("invite", "list")[0]["state"], "open")

    def test_another_network(self):
        altered = Altered(invite(self.desk))
        altered.content[altered.network] = Altered(invite(self.other)).content[altered.network]
        self.refused(altered.text, 4, "network")

    def test_a_member_of_another_network(self):
        member = self.start("member")
        join(member, invite(self.other))
        self.assert_ends(member.run("join", invite(self.desk)), 4, "apus leave")
        self.assertTrue(reaches(member, "other"))

    def test_nobody_there(self):
        gone = self.start("gone")
        text = invite(gone)
        self.assertEqual(gone.stop(), 0)
        self.refused(text, 1, "nobody", gone.target)

    def test_its_own(self):
        self.assert_ends(self.desk.run("join", invite(self.desk)), 4, "made the invite itself")

    def test_guessing_ends(self):
        altered = Altered(invite(self.desk))
        good = altered.text
        for number in range(10):
            altered.content[altered.secret] = bytes([number]) * 16
            self.refused(altered.text, 4, "never made such an invite")
        self.refused(good, 1, "too many wrong invites")

    def test_words_that_make_no_sense(self):
        for words in (["--uses", "0"], ["--uses", "100000"], ["--expires", "400d"],
                      ["--role", "king"], ["--address", "nowhere"]):
            with self.subTest(words=words):
                self.assert_ends(self.desk.run("invite", *words), 2)
        self.assert_ends(self.guest.run("join", invite(self.desk), "--name", "a\nb"), 2, "name")


class Approval(MeshCase):
    @classmethod
    def setUpClass(cls):
        cls.desk = cls.start_for_all("desk", "--set", "network.approval=true")

    def test_a_node_waits_until_it_is_approved(self):
        attic = self.start("attic")
        text = invite(self.desk)
        for _ in range(2):
            self.assertTrue(join(attic, text)["pending"])
        self.assertEqual(states(attic), {"attic": "alive"})
        waiting = self.desk.json("network")["waiting"]
        self.assertEqual([(one["id"], one["name"]) for one in waiting], [(attic.id, "attic")])
        self.assertNotIn("attic", states(self.desk))
        self.assert_ends(self.desk.run("nodes", "approve", "nobody"), 5, "nobody")
        self.assertEqual(self.desk.json("nodes", "approve", attic.id[:8])["name"], "attic")
        self.assertFalse(join(attic, text)["pending"])
        self.assert_soon(lambda: sees(self.desk, "attic", "alive"))
        self.assertEqual(self.desk.json("network")["waiting"], [])

    def test_an_approved_node_comes_in_at_once(self):
        cellar = self.start("cellar")
        self.assertIsNone(cellar.json("status")["joining"])
        self.assertTrue(join(cellar, invite(self.desk))["pending"])
        waiting = cellar.json("status")["joining"]
        self.assertEqual((waiting["network"], waiting["name"]),
                         (self.desk.json("network")["network"], "cellar"))
        self.assertIn("apus nodes approve cellar", cellar.run("status").stdout)
        # Longer than it takes to ask, and less than it takes to ask again.
        time.sleep(1)
        self.desk.json("nodes", "approve", "cellar")
        self.assert_soon(lambda: sees(cellar, "desk", "alive"), 3)
        self.assertIsNone(cellar.json("status")["joining"])

    def test_a_node_that_waits_does_so_after_a_restart_too(self):
        shed = self.start("shed")
        self.assertTrue(join(shed, invite(self.desk))["pending"])
        since = shed.json("status")["joining"]["since"]
        shed = self.restart(shed, "shed", kill=True)
        self.assertEqual(shed.json("status")["joining"]["since"], since)
        self.desk.json("nodes", "approve", "shed")
        self.assert_soon(lambda: sees(shed, "desk", "alive"), 10)
        self.assertIsNone(self.restart(shed, "shed").json("status")["joining"])

    def test_a_node_gives_up_waiting(self):
        desk, loft = self.start("desk", "--set", "network.approval=true"), self.start("loft")
        self.assertTrue(join(loft, invite(desk))["pending"])
        loft.json("leave", "--force")
        self.assertIsNone(loft.json("status")["joining"])
        desk.json("nodes", "approve", "loft")
        time.sleep(2)
        self.assertEqual(list(states(loft)), ["loft"])


class Tables(MeshCase):
    def test_whoever_has_joined_knows_the_others(self):
        desk, attic, cellar = self.network("desk", "attic", "cellar")
        for name in ("first", "second"):
            late = self.start(name)
            reply = join(late, invite(desk))
            # Without waiting for anything.
            self.assertTrue(reply["complete"])
            self.assertLessEqual({"attic", "cellar", "desk", name}, set(states(late)))
            self.assert_ends(ping(late, "cellar", "2s"), 0)
        for node in (attic, cellar):
            self.assertTrue(reaches(node, "desk"))


class Expiry(MeshCase):
    """Memberships of seconds: they are renewed while an admin is there, and end without one."""

    LIFE = 24.0

    def health(self, node):
        return node.json("status")["membership"]["health"]

    def test_a_membership_ends_for_want_of_an_admin(self):
        life = ("--set", f"network.membership-life={self.LIFE:.0f}s")
        desk, attic = self.start("desk", *life), self.start("attic")
        text = invite(desk, "--uses", "2")
        join(attic, text)
        joined = time.monotonic()
        first = attic.json("network")["expiresAt"]
        # The same network signs longer ones now.
        desk = self.restart(desk, "desk")
        cellar = self.start("cellar")
        join(cellar, invite(desk))
        self.assertTrue(reaches(attic, "cellar"))
        self.assertEqual(self.health(cellar), "ok")
        self.assertEqual(desk.stop(), 0)
        self.assertEqual(attic.json("network")["expiresAt"], first)
        # A warning before.
        self.assert_soon(lambda: self.health(attic) == "warn", self.LIFE)
        [finding] = [one for one in attic.json("doctor") if one["check"] == "membership"]
        self.assertEqual(finding["level"], "warning")
        self.assertIn("no admin was reached", attic.run("status").stdout)
        self.assert_soon(lambda: self.health(attic) == "expired", self.LIFE)
        self.assertGreater(time.monotonic() - joined, self.LIFE - 2)
        # Clocks may differ by so much; then nobody speaks with it, nor it with anybody.
        self.assert_soon(lambda: rows(cellar)["attic"]["path"] is None, self.LIFE + 5,
                         lambda: rows(cellar)["attic"])
        self.assert_soon(lambda: ping(attic, "cellar").returncode == 4, 5)
        self.assert_ends(ping(attic, "cellar"), 4, "apus join")
        self.assertTrue(misses(cellar, "attic"))
        [finding] = [one for one in attic.json_of(1, "doctor") if one["check"] == "membership"]
        self.assertEqual(finding["level"], "broken")
        self.assertEqual(attic.errors().count("this node is out of its network"), 1)
        self.assert_ends(cellar.run("doctor", "attic"), 1)
        # An invite brings it back.
        desk = self.restart(desk, "desk")
        join(attic, invite(desk))
        self.assertEqual(self.health(attic), "ok")
        self.assertTrue(reaches(attic, "cellar"))

    def test_it_is_renewed_while_an_admin_is_there(self):
        desk = self.start("desk", "--set", "network.membership-life=10s")
        attic = self.start("attic")
        join(attic, invite(desk))
        first = attic.json("network")["expiresAt"]
        self.assert_soon(lambda: attic.json("network")["expiresAt"] > first, 10)
        time.sleep(6)
        self.assertTrue(reaches(attic, "desk"))
        self.assertNotIn("out of its network", attic.errors())


class Names(MeshCase):
    @classmethod
    def setUpClass(cls):
        cls.nodes = cls.network_for_all("desk", "attic", "cellar")
        cls.desk, cls.attic, cls.cellar = cls.nodes

    def test_a_new_name_is_known_everywhere(self):
        self.desk.json("nodes", "rename", "cellar", "vault")
        for node in self.nodes:
            self.assert_soon(lambda: "vault" in rows(node), what=lambda: states(node))
            self.assertEqual(rows(node)["vault"]["id"], self.cellar.id)
        self.assertTrue(reaches(self.attic, "vault"))
        self.desk.json("nodes", "rename", "vault", "cellar")
        for node in self.nodes:
            self.assert_soon(lambda: "cellar" in rows(node))

    def test_labels_are_seen_and_found_everywhere(self):
        self.desk.json("nodes", "label", "attic", "room=top", "gpu=yes")
        for node in self.nodes:
            self.assert_soon(
                lambda: rows(node)["attic"]["labels"] == {"room": "top", "gpu": "yes"})
        found = self.cellar.json("nodes", "--where", "label.room=top")
        self.assertEqual([row["name"] for row in found], ["attic"])
        self.desk.json("nodes", "label", "attic", "--remove", "gpu")
        for node in self.nodes:
            self.assert_soon(lambda: rows(node)["attic"]["labels"] == {"room": "top"})

    def test_what_was_decided_while_a_node_was_away_reaches_it(self):
        self.assertEqual(self.cellar.stop(), 0)
        self.desk.json("nodes", "label", "attic", "seen=later")
        cls = type(self)
        cls.cellar = cls.nodes[2] = self.restart(self.cellar, "cellar")
        # It lives on with its class.
        self._cleanups.clear()
        cls.addClassCleanup(cls.cellar.close)
        self.assert_soon(
            lambda: rows(self.cellar).get("attic", {}).get("labels", {}).get("seen") == "later",
            10, lambda: rows(self.cellar))

    def test_a_name_names_one_node(self):
        self.assert_ends(self.desk.run("nodes", "rename", "cellar", "attic"), 4, "attic")
        self.assert_ends(self.desk.run("nodes", "rename", "nobody", "x"), 5, "nobody")
        self.assert_ends(self.desk.run("nodes", "rename", "attic", ""), 2)
        shown = self.desk.json("node", "show", self.attic.id[:10])
        self.assertEqual(shown["name"], "attic")

    def test_only_admins_decide(self):
        for words in (["invite"], ["nodes", "label", "cellar", "a=b"],
                      ["nodes", "rename", "cellar", "x"], ["nodes", "revoke", "cellar"],
                      ["network", "admin", "add", "cellar"]):
            with self.subTest(words=words):
                self.assert_ends(self.attic.run(*words), 4)
        self.assertTrue(reaches(self.attic, "cellar"))


class Leaving(MeshCase):
    def test_a_node_leaves_and_joins_another_network(self):
        desk, attic = self.network("desk", "attic")
        home = self.start("home")
        left = attic.json("leave")["network"]
        self.assertEqual(states(attic), {"attic": "alive"})
        self.assertEqual(attic.json("network")["network"], left)
        self.assertTrue(attic.json("network")["isAdmin"])
        self.assert_soon(lambda: sees(desk, "attic", "left", None), what=lambda: states(desk))
        self.assertTrue(misses(attic, "desk"))
        join(attic, invite(home))
        self.assert_soon(lambda: sees(attic, "home", "alive"), what=lambda: states(attic))
        self.assertTrue(reaches(attic, "home"))
        self.assert_soon(lambda: sees(home, "attic", "alive"))
        self.assertFalse(sees(desk, "attic", "alive"))
        # And back.
        attic.json("leave")
        join(attic, invite(desk))
        self.assert_soon(lambda: sees(desk, "attic", "alive"))
        self.assertTrue(reaches(desk, "attic"))

    def test_the_only_admin_does_not_leave_the_others_alone(self):
        desk, attic = self.network("desk", "attic")
        self.assert_ends(desk.run("leave"), 4, "only admin", "--force")
        self.assertTrue(reaches(attic, "desk"))
        self.assert_ends(desk.run("leave", "--force"), 0)
        self.assertEqual(states(desk), {"desk": "alive"})


if __name__ == "__main__":
    unittest.main()
