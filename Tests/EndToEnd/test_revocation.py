"""Who may speak no more, who else may decide, and the network's key."""

import time
import unittest

from mesh import SOON, MeshCase, invite, join, misses, ping, reaches, rows, sees, states

PASSWORD = "correct horse battery\n"


class Revoking(MeshCase):
    def assert_out(self, node, name):
        self.assert_soon(lambda: not sees(node, name, "alive", "suspect"), SOON,
                         lambda: states(node))
        self.assertIsNone(rows(node).get(name, {}).get("path"))

    def test_a_revoked_node_is_out_for_good(self):
        desk, attic, cellar, thief = self.network("desk", "attic", "cellar", "thief")
        old = invite(desk)
        self.assertTrue(reaches(thief, "attic"))
        self.assertEqual(
            desk.json("nodes", "revoke", "thief", "--reason", "sold")["revoked"], [thief.id])
        for node in (desk, attic, cellar):
            self.assert_out(node, "thief")
            shown = node.json("network")["revocations"]
            self.assertEqual([(one["id"], one["reason"]) for one in shown], [(thief.id, "sold")])
        # Neither side reaches the other.
        self.assertTrue(misses(thief, "attic"))
        self.assertTrue(misses(attic, thief.id))
        # It knows no way back: not by itself, not with an invite, not as a new member.
        self.assert_ends(thief.run("join", old), 4, "revoked")
        thief = self.restart(thief, "thief")
        self.assertTrue(misses(thief, "attic"))
        thief.run("leave", "--force")
        self.assert_ends(thief.run("join", old), 4, "revoked")
        # Those who were told keep it.
        attic = self.restart(attic, "attic", kill=True)
        self.assert_soon(lambda: sees(attic, "cellar", "alive"))
        self.assertFalse(sees(attic, "thief", "alive"))
        self.assertEqual(attic.json("network")["revocations"][0]["id"], thief.id)
        self.assertFalse(sees(desk, "thief", "alive"))
        self.assertTrue(reaches(attic, "cellar"))

    def test_one_that_was_away_hears_of_it_when_it_is_back(self):
        desk, attic, cellar = self.network("desk", "attic", "cellar")
        self.assertEqual(attic.stop(), 0)
        desk.json("nodes", "revoke", "cellar")
        attic = self.restart(attic, "attic")
        self.assert_soon(lambda: attic.json("network")["revocations"], 10)
        self.assert_out(attic, "cellar")
        self.assertTrue(misses(cellar, "attic"))

    def test_nobody_revokes_itself_or_a_stranger(self):
        desk, _ = self.network("desk", "attic")
        self.assert_ends(desk.run("nodes", "revoke", "desk"), 4, "apus leave")
        self.assert_ends(desk.run("nodes", "revoke", "nobody"), 5, "nobody")


def health(node):
    return node.json("status")["membership"]["health"]


class Told(MeshCase):
    """A node that was revoked knows it, and says so."""

    def assert_out(self, node, *texts):
        self.assert_soon(lambda: health(node) == "revoked", 10, node.errors)
        [finding] = [one for one in node.json_of(1, "doctor") if one["check"] == "membership"]
        self.assertEqual(finding["level"], "broken")
        for text in (*texts, "apus join"):
            self.assertIn(text, node.json("status")["membership"]["remedy"])
            self.assertIn(text, node.run("status").stdout)
            self.assertIn(text, finding["remedy"])
        self.assert_ends(ping(node, "desk"), 4, "revoked")
        self.assert_ends(node.run("doctor", "desk"), 4, "revoked")
        said = node.errors().count("this node is out of its network")
        self.assertEqual(said, 1)

    def assert_silent(self, others, seconds=4):
        """Nobody is dialled: those others turn nobody away."""
        def count():
            return [node.errors().count("a node was turned away") for node in others]
        time.sleep(1)
        before = count()
        time.sleep(seconds)
        self.assertEqual(count(), before)

    def test_it_says_so_stops_dialling_and_comes_back_with_a_new_key(self):
        desk, attic, thief = self.network(
            "desk", "attic", "thief", words=("--set", "log.level=debug"))
        desk.json("nodes", "revoke", "thief", "--reason", "sold")
        self.assert_out(thief, "by desk", "sold", "node.key")
        self.assert_silent([desk, attic])
        # It remembers.
        (thief.home / "errors").write_text("")
        thief = self.restart(thief, "thief")
        self.assert_out(thief, "by desk", "sold")
        self.assert_silent([desk, attic])
        self.assertEqual(thief.stop(), 0)
        (thief.home / "node.key").unlink()
        thief = self.restart(thief, "thief")
        self.assertEqual(health(thief), "ok")
        join(thief, invite(desk))
        self.assertTrue(reaches(thief, "attic"))

    def test_those_who_refuse_it_prove_why(self):
        desk, attic, thief = self.network("desk", "attic", "thief")
        self.assertEqual(thief.stop(), 0)
        desk.json("nodes", "revoke", "thief")
        self.assert_soon(lambda: attic.json("network")["revocations"])
        self.assertEqual(desk.stop(), 0)
        # Only a member that is no admin is there to tell it.
        (thief.home / "errors").write_text("")
        self.assert_out(self.restart(thief, "thief"), "by desk")


class Admins(MeshCase):
    def second_admin(self):
        """A network whose second node is an admin and has let the third one in."""
        desk, second = self.network("desk", "second")
        desk.json("network", "admin", "add", "second")
        self.assert_soon(lambda: second.json("network")["isAdmin"])
        third = self.start("third")
        join(third, invite(second))
        for node in (desk, second, third):
            self.assert_soon(lambda: sorted(states(node)) == ["desk", "second", "third"])
        self.assertEqual(third.json("network")["issuer"], second.id)
        return desk, second, third

    def test_a_second_admin_decides_as_the_first_does(self):
        desk, second, third = self.second_admin()
        for node in (desk, second, third):
            names = sorted(one["name"] for one in node.json("network")["admins"])
            self.assertEqual(names, ["desk", "second"])
        second.json("nodes", "label", "desk", "from=second")
        self.assert_soon(lambda: rows(desk)["desk"]["labels"] == {"from": "second"})
        self.assertTrue(reaches(desk, "third"))
        # The network's key stays where it was.
        self.assert_ends(second.run("network", "admin", "add", "third"), 4, "network key")
        # Either may go now.
        self.assert_ends(desk.run("leave"), 0)
        join(self.start("late"), invite(second))

    def test_an_admin_goes_and_those_it_signed_stay(self):
        desk, second, third = self.second_admin()
        self.assert_ends(
            desk.run("nodes", "revoke", "second"), 2, "--members keep", "--members revoke")
        self.assertTrue(second.json("network")["isAdmin"])
        result = desk.run("nodes", "revoke", "second", "--members", "keep")
        self.assert_ends(result, 0)
        self.assertIn("no admin", result.stdout)
        self.assert_soon(lambda: not second.json("network")["isAdmin"])
        self.assert_ends(second.run("invite"), 4, "no admin")
        self.assertTrue(sees(desk, "third", "alive"))
        self.assertTrue(reaches(desk, "third"))
        self.assertTrue(reaches(third, "second"))

    def test_an_admin_goes_with_all_it_signed(self):
        desk, second, third = self.second_admin()
        made = invite(second)
        preview = desk.json("nodes", "revoke", "second", "--members", "revoke", "--preview")
        self.assertEqual(preview["revoked"], [])
        self.assertEqual(
            [(one["id"], one["name"], one["isNamed"]) for one in preview["nodes"]],
            [(second.id, "second", True), (third.id, "third", False)])
        self.assertTrue(second.json("network")["isAdmin"])
        self.assertEqual(desk.json("network")["revocations"], [])
        kept = desk.json("nodes", "revoke", "second", "--members", "keep", "--preview")
        self.assertEqual(kept["nodes"], [])
        result = desk.run("nodes", "revoke", "second", "--members", "revoke")
        self.assert_ends(result, 0)
        self.assertLess(result.stdout.index(third.id), result.stdout.index("out of the network"))
        for name in ("second", "third"):
            self.assert_soon(lambda: not sees(desk, name, "alive", "suspect"), SOON,
                             lambda: states(desk))
            self.assertTrue(misses(desk, name))
        # What it signs from here on counts for nothing.
        late = self.start("late")
        late.run("join", made)
        self.assertFalse(sees(desk, "late", "alive"))
        # The third one's key is in nobody's wrong hands: it may be let in again.
        self.assert_soon(lambda: health(third) == "revoked")
        self.assertIn("with the admin", third.json("status")["membership"]["remedy"])
        join(third, invite(desk))
        self.assertEqual(health(third), "ok")
        self.assertTrue(reaches(desk, "third"))
        self.assertTrue(reaches(third, "desk"))


class Backups(MeshCase):
    @classmethod
    def setUpClass(cls):
        cls.desk, cls.attic = cls.network_for_all("desk", "attic")

    def setUp(self):
        self.password = self.file("password", PASSWORD)

    def file(self, name, text):
        path = self.desk.home / name
        path.write_text(text)
        return str(path)

    def backup(self):
        result = self.desk.run("network", "backup", "--password-file", self.password)
        self.assert_ends(result, 0)
        return result.stdout

    def restore(self, node, text, *words, password=None):
        return node.run("network", "restore", self.file("backup", text), "--password-file",
                        password or self.password, *words)

    def test_the_key_goes_where_the_backup_is_restored(self):
        text = self.backup()
        self.assertFalse(self.attic.json("network")["holdsNetworkKey"])
        self.assert_ends(self.restore(self.attic, text, "--forget"), 0)
        self.assertFalse(self.attic.json("network")["holdsNetworkKey"])
        self.assert_ends(self.restore(self.attic, text), 0)
        self.assertTrue(self.attic.json("network")["holdsNetworkKey"])
        # Which is all it takes to rule.
        self.attic.json("network", "admin", "add", "attic")
        self.assert_soon(lambda: self.attic.json("network")["isAdmin"])
        join(self.start("late"), invite(self.attic))

    def test_a_backup_that_does_not_fit_is_refused(self):
        text = self.backup()
        other = self.start("other")
        wrong = self.file("wrong", "wrong horse battery\n")
        before = self.desk.json("network")
        self.assert_ends(self.restore(self.desk, text, password=wrong), 4, "password")
        self.assert_ends(self.restore(other, text), 4, "network")
        self.assertNotEqual(self.restore(self.desk, text[:-10]).returncode, 0)
        self.assertNotEqual(self.restore(self.desk, "").returncode, 0)
        self.assert_ends(self.desk.run("network", "restore", "/nowhere", "--password-file", wrong),
                         2, "/nowhere")
        self.assertEqual(self.desk.json("network"), before)

    def test_who_has_no_key_has_no_backup(self):
        guest = self.start("guest")
        join(guest, invite(self.desk))
        result = guest.run("network", "backup", "--password-file", self.password)
        self.assert_ends(result, 4, "network key")
        self.assertEqual(result.stdout, "")


if __name__ == "__main__":
    unittest.main()
