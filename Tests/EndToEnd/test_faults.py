"""Fault plans of a running node: what they do to its links, and what is refused."""

import unittest

from mesh import MeshCase, lines, misses, ping, reaches

PARTITION = """seed = 1
[[fault]]
effect = "partition"
groups = [["desk"], ["attic"]]
"""


class Faults(MeshCase):
    @classmethod
    def setUpClass(cls):
        cls.desk, cls.attic, cls.cellar = cls.network_for_all(
            "desk", "attic", "cellar", words=("--set", "faults.enabled=true"))

    def tearDown(self):
        self.desk.run("fault", "clear")

    def plan(self, text):
        path = self.desk.home / "plan.toml"
        path.write_text(text)
        return str(path)

    def apply(self, text):
        return self.desk.json("fault", "apply", self.plan(text))

    def one(self, effect, more=""):
        return f'seed = 7\n[[fault]]\neffect = "{effect}"\n{more}'

    def test_a_partition_parts_and_is_taken_back(self):
        self.assertEqual(self.desk.json("fault", "show"), {"inForce": False})
        self.assertTrue(reaches(self.desk, "attic"))
        shown = self.apply(PARTITION)
        self.assertEqual((shown["inForce"], shown["seed"]), (True, 1))
        self.assertTrue(misses(self.desk, "attic"))
        self.assertTrue(reaches(self.desk, "cellar"))
        [fault] = self.desk.json("fault", "show")["faults"]
        self.assertEqual((fault["effect"], fault["scope"]), ("partition", "desk | attic"))
        self.assertGreater(fault["struck"], 0)
        self.assertIn("desk | attic", self.desk.run("fault", "show").stdout)
        self.assertEqual(self.desk.json("fault", "clear"), {"cleared": True})
        self.assertEqual(self.desk.json("fault", "clear"), {"cleared": False})
        self.assert_soon(lambda: reaches(self.desk, "attic"), 15)

    def test_a_delay_delays(self):
        self.assertTrue(reaches(self.desk, "attic"))
        self.apply(self.one("delay", 'delay = "300ms"\nto = ["attic"]\n'))
        result = ping(self.desk, "attic", "10s")
        self.assert_ends(result, 0)
        self.assertGreaterEqual(lines(result.stdout)[-1]["latencyMs"]["p50"], 250)
        self.desk.json("fault", "clear")
        result = ping(self.desk, "attic", "10s")
        self.assertLess(lines(result.stdout)[-1]["latencyMs"]["p50"], 250)

    def test_links_hide_duplicates_and_the_plan_says_so(self):
        shown = self.apply(self.one("duplicate"))
        self.assertIn("simulator alone", shown["notes"][0])
        self.assertTrue(reaches(self.desk, "attic"))

    def test_what_makes_no_plan_is_refused(self):
        for text, code, said in (
                ("seed = x", 2, "line 1"),
                (self.one("crash", 'nodes = ["desk"]\n'), 2, "simulator"),
                (self.one("hurl"), 2, "line 3"),
                (self.one("pause", 'nodes = ["nobody"]\nlasts = "1s"\n'), 5, "nobody")):
            with self.subTest(text=text):
                self.assert_ends(self.desk.run("fault", "apply", self.plan(text)), code, said)
        self.assert_ends(self.desk.run("fault", "apply", "/nowhere"), 5, "/nowhere")
        self.assertEqual(self.desk.json("fault", "show"), {"inForce": False})

    def test_a_node_takes_plans_only_where_its_owner_said_so(self):
        plain = self.start("plain")
        self.assert_ends(plain.run("fault", "apply", self.plan(self.one("drop"))), 4, "enabled")
        shown = plain.run("fault", "show")
        self.assertIn("enabled = true", shown.stdout)


if __name__ == "__main__":
    unittest.main()
