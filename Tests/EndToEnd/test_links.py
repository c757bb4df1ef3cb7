"""Calls between real nodes, their table, topics; through crashes and restarts."""

import itertools
import json
import subprocess
import tempfile
import unittest

from mesh import MeshCase, lines, misses, ping, reaches, rows, sees, states
from support import PROGRAM, end, environment, until

NAMES = ("desk", "attic", "cellar", "shed")


class Calls(MeshCase):
    @classmethod
    def setUpClass(cls):
        cls.nodes = cls.network_for_all(*NAMES)
        cls.desk, cls.attic = cls.nodes[:2]

    def test_every_node_calls_every_other(self):
        for (node, own), (_, name) in itertools.permutations(zip(self.nodes, NAMES), 2):
            with self.subTest(pair=(own, name)):
                result = ping(node, name)
                self.assert_ends(result, 0)
                reply = lines(result.stdout)[-1]
                self.assertEqual((reply["name"], reply["answered"], reply["path"]),
                                 (name, 1, "direct"))

    def test_a_node_does_not_call_itself(self):
        self.assert_ends(ping(self.desk, "desk"), 2, "itself")

    def test_an_unknown_node_is_not_found(self):
        for words in (["ping", "nobody", "-c", "1"], ["speed", "nobody"], ["doctor", "nobody"],
                      ["node", "show", "nobody"]):
            with self.subTest(words=words):
                self.assert_ends(self.desk.run(*words), 5, "nobody")

    def test_the_speed_is_measured_and_kept(self):
        reply = self.desk.json("speed", "attic", "--bytes", "4MiB", "--time", "2s")
        self.assertEqual((reply["name"], reply["path"]), ("attic", "direct"))
        self.assertGreater(min(reply["uploadMbps"], reply["downloadMbps"]), 1)
        self.assertLessEqual(reply["uploadedBytes"], 4 << 20)
        row = rows(self.desk)["attic"]
        self.assertGreater(min(row["uploadMbps"], row["downloadMbps"]), 1)
        self.assertRegex(row["bandwidthMeasuredAt"], r"^20\d\d-.*Z$")

    def test_a_stream_is_checked_both_ways(self):
        result = self.desk.run(
            "stream", "attic", "--time", "1s", "--every", "100ms", "--size", "1KiB", "--json")
        self.assert_ends(result, 0)
        told = lines(result.stdout)
        self.assertGreaterEqual(len(told), 5)
        self.assertEqual((told[-1]["name"], told[-1]["path"]), ("attic", "direct"))
        for way in ("upload", "download"):
            self.assertGreater(told[-1][way]["checkedBytes"], 10 << 10)
            self.assertEqual(told[-1][way]["wrongBytes"], 0)
            self.assertGreater(max(one[way]["stallMs"] for one in told), 0)

    def test_the_doctor_tells_the_ways_to_a_peer(self):
        report = self.desk.json("doctor", "attic")
        self.assertEqual((report["name"], report["id"]), ("attic", self.attic.id))
        way = next(way for way in report["ways"] if way["connected"])
        self.assertIn(self.attic.target, way["way"])
        self.assertEqual(way["path"], "direct")
        self.assertIsNone(way["reason"])
        self.assertEqual(report["best"], way["way"])


class Table(MeshCase):
    @classmethod
    def setUpClass(cls):
        cls.desk, cls.attic = cls.network_for_all("desk", "attic")

    def test_the_fields_that_others_lean_on(self):
        self.assertTrue(reaches(self.desk, "attic"))
        row = rows(self.desk)["attic"]
        self.assertLessEqual(
            set("id name zone roles path latencyMs uploadMbps downloadMbps load addresses labels "
                "specs state".split()), set(row))
        self.assertEqual((row["id"], row["path"], row["state"]), (self.attic.id, "direct", "alive"))
        self.assertEqual(row["addresses"], [self.attic.target])
        self.assertGreater(row["latencyMs"], 0)
        self.assertGreaterEqual(row["specs"]["cores"], 1)
        self.assertGreater(row["specs"]["memoryBytes"], 1 << 20)

    def test_order_and_conditions(self):
        names = [row["name"] for row in self.desk.json("nodes", "--sort", "name")]
        self.assertEqual(names, ["attic", "desk"])
        found = self.desk.json("nodes", "--where", "name!=desk,state=alive,cores>=1")
        self.assertEqual([row["name"] for row in found], ["attic"])
        self.assertEqual(self.desk.json("nodes", "--where", "label.none=1"), [])
        self.assert_ends(self.desk.run("nodes", "--where", "colour=red"), 2, "colour")
        self.assert_ends(self.desk.run("nodes", "--sort", "colour"), 2, "colour")

    def test_a_beginning_of_an_id_will_do(self):
        self.assertEqual(self.desk.json("node", "show", self.attic.id[:8])["name"], "attic")
        self.assertEqual(self.desk.json("node", "show", "attic")["id"], self.attic.id)

    def test_a_watch_tells_of_changes(self):
        watcher = subprocess.Popen(
            [PROGRAM, "nodes", "--watch", "--json"], env=environment(self.desk.home),
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        try:
            first = json.loads(watcher.stdout.readline())
            self.assertEqual(sorted(row["name"] for row in first), ["attic", "desk"])
            self.desk.json("nodes", "label", "attic", "seen=watched")
            while True:
                told = json.loads(watcher.stdout.readline())
                if any(row["labels"].get("seen") == "watched" for row in told):
                    break
        finally:
            end(watcher)

    def test_the_table_of_the_old_program(self):
        table = json.loads(self.desk.run("nodes", "export").stdout)
        entry = next(one for one in table["ip_address"] if one["Name"] == "attic")
        self.assertEqual((entry["IPV4"], entry["ServerPort"]),
                         ("127.0.0.1", str(self.attic.port)))
        stranger = {**entry, "Name": "old", "IPV4": "192.0.2.7", "ServerPort": "8088"}
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            json.dump({"ip_address": [entry, stranger]}, file)
            file.flush()
            known, heard = self.desk.json("nodes", "import", file.name)
        self.assertEqual((known["knownAs"], heard["knownAs"]), ("attic", None))
        self.assertEqual(heard["addresses"], ["192.0.2.7:8088"])
        # Hearsay makes nobody a member.
        self.assertEqual(sorted(states(self.desk)), ["attic", "desk"])
        for text in ("", "[]", '{"ip_address": 1}', '{"ip_address": [{"Name": "x"}]}'):
            with self.subTest(text=text), tempfile.NamedTemporaryFile("w") as file:
                file.write(text)
                file.flush()
                self.assert_ends(self.desk.run("nodes", "import", file.name), 2)


class Lives(MeshCase):
    """Nodes that end, in order or not, and come back."""

    def test_a_killed_node_is_seen_dead_and_comes_back_as_itself(self):
        desk, attic, cellar = self.network("desk", "attic", "cellar")
        attic.process.kill()
        attic.process.wait()
        for node in (desk, cellar):
            self.assert_soon(lambda: sees(node, "attic", "dead"), 20, lambda: states(node))
        self.assertTrue(misses(desk, "attic"))
        back = self.restart(attic, "attic")
        self.assertEqual(back.id, attic.id)
        for node in (desk, cellar):
            self.assert_soon(lambda: sees(node, "attic", "alive"), 10, lambda: states(node))
            self.assertTrue(reaches(node, "attic"))
            self.assertTrue(reaches(back, "cellar"))

    def test_a_node_that_is_stopped_says_goodbye(self):
        desk, attic, cellar = self.network("desk", "attic", "cellar")
        self.assertEqual(attic.stop(), 0)
        for node in (desk, cellar):
            self.assert_soon(lambda: sees(node, "attic", "left", None), 2, lambda: states(node))
        back = self.restart(attic, "attic")
        self.assert_soon(lambda: sees(desk, "attic", "alive"), 10)
        # It found all of them by what it has kept: only one of them had let it in.
        self.assert_soon(lambda: sees(back, "cellar", "alive"), 10)
        self.assertEqual(len(states(desk)), 3)

    def test_the_network_is_found_without_whoever_let_the_node_in(self):
        desk, attic, cellar = self.network("desk", "attic", "cellar")
        for node in (cellar, desk):
            self.assertEqual(node.stop(), 0)
        back = self.restart(cellar, "cellar")
        # What a node that starts remembers counts for nothing here: the other one has to see it.
        self.assert_soon(lambda: sees(attic, "cellar", "alive"), 10, lambda: states(attic))
        self.assertTrue(reaches(attic, "cellar"))
        self.assertTrue(reaches(back, "attic"))
        # Nor does it take one for alive that is not.
        self.assert_soon(lambda: not sees(back, "desk", "alive"), 20, lambda: states(back))

    def test_a_network_that_was_off_altogether_is_itself_again(self):
        nodes = self.network("desk", "attic", "cellar")
        for node in nodes:
            node.process.kill()
            node.process.wait()
        # On the ports that the others know.
        nodes = [self.start(name, "--listen", node.target, home=node.home)
                 for node, name in zip(nodes, NAMES)]
        for node in nodes:
            self.assert_soon(lambda: list(states(node).values()) == ["alive"] * 3, 15,
                             lambda: states(node))


class Topics(MeshCase):
    """Messages between nodes, kept ones through the crash of any side."""

    def subscribe(self, node, topic, *words):
        reader = subprocess.Popen(
            [PROGRAM, "topic", "subscribe", topic, *words], env=environment(node.home), text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.addCleanup(end, reader)
        return reader

    def publish(self, node, topic, text, *words):
        self.assert_ends(node.run("topic", "publish", topic, text, *words), 0)

    def test_whoever_reads_now_gets_it(self):
        desk, attic = self.network("desk", "attic")
        readers = [self.subscribe(node, "news") for node in (desk, attic)]
        heard = []

        def published():
            # Nobody says when a subscription is known everywhere.
            self.publish(desk, "news", f"word {len(heard)}")
            heard.append(None)
            return False

        until(published, 1.5, 0.1)
        for reader in readers:
            self.assertRegex(reader.stdout.readline(), r"^word \d+\n$")

    def test_a_name_goes_on_where_it_stopped(self):
        desk, attic = self.network("desk", "attic")
        first = self.subscribe(attic, "jobs", "--name", "work", "-c", "2")
        self.assert_soon(lambda: "work" in attic.run("topic", "list").stdout)
        for number in range(6):
            self.publish(desk, "jobs", str(number), "--keep")
        self.assertEqual(first.communicate(timeout=20)[0], "0\n1\n")
        second = self.subscribe(attic, "jobs", "--name", "work", "-c", "2")
        self.assertEqual(second.communicate(timeout=20)[0], "2\n3\n")
        # The same after the reader's node was away, and the publisher's was killed.
        attic = self.restart(attic, "attic")
        desk = self.restart(desk, "desk", "--listen", desk.target, kill=True)
        self.assert_soon(lambda: sees(attic, "desk", "alive"), 10)
        third = self.subscribe(attic, "jobs", "--name", "work", "-c", "2")
        self.assertEqual(third.communicate(timeout=30)[0], "4\n5\n")
        self.publish(desk, "jobs", "6", "--keep")
        fourth = self.subscribe(attic, "jobs", "--name", "work", "-c", "1")
        self.assertEqual(fourth.communicate(timeout=30)[0], "6\n")

    def test_a_named_subscription_is_listed_and_deleted(self):
        desk, attic = self.network("desk", "attic")
        first = self.subscribe(attic, "jobs", "--name", "work", "-c", "1")
        self.assert_soon(lambda: desk.json("topic", "subscriptions", "jobs"))
        for number in range(3):
            self.publish(desk, "jobs", str(number), "--keep")
        self.assertEqual(first.communicate(timeout=20)[0], "0\n")
        for node in (desk, attic):
            self.assert_soon(lambda: [
                (shown["name"], shown["waiting"], shown["reader"])
                for shown in node.json("topic", "subscriptions", "jobs")] == [("work", 2, None)])
        reader = self.subscribe(attic, "jobs", "--name", "work")
        self.assertEqual(reader.stdout.readline(), "1\n")
        self.assertEqual(desk.json("topic", "unsubscribe", "jobs", "work"),
                         {"topic": "jobs", "deleted": "work"})
        self.assertNotEqual(reader.wait(timeout=20), 0)
        self.assertEqual(attic.json("topic", "subscriptions", "jobs"), [])
        self.assert_ends(attic.run("topic", "unsubscribe", "jobs", "work"), 5, "work",
                         "topic subscriptions")
        # Gone for good, and the name is free: a new reader starts with all that is kept.
        desk = self.restart(desk, "desk", "--listen", desk.target, kill=True)
        self.assert_soon(lambda: sees(attic, "desk", "alive"), 10)
        self.assertEqual(desk.json("topic", "subscriptions", "jobs"), [])
        again = self.subscribe(attic, "jobs", "--name", "work", "-c", "3")
        self.assertEqual(again.communicate(timeout=30)[0], "0\n1\n2\n")

    def test_lines_come_in_order_and_once(self):
        desk, attic = self.network("desk", "attic")
        reader = self.subscribe(attic, "log", "--name", "all", "-c", "200")
        self.assert_soon(lambda: "all" in attic.run("topic", "list").stdout)
        text = "".join(f"line {number}\n" for number in range(200))
        result = subprocess.run(
            [PROGRAM, "topic", "publish", "log", "--lines", "--keep"],
            env=environment(desk.home), input=text, text=True, capture_output=True, timeout=60,
            check=False)
        self.assert_ends(result, 0)
        self.assertEqual(reader.communicate(timeout=30)[0], text)


if __name__ == "__main__":
    unittest.main()
