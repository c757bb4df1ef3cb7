"""Settings in the file, the environment and flags."""

import json
import re

from life import HomeCase
from support import Node


class Settings(HomeCase):
    def test_bad_settings_in_the_file(self):
        cases = [
            ("[http]\nidle-timout = \"5s\"\n", "apus.toml:2", "http.idle-timeout"),
            ("[htp]\nidle-timeout = \"5s\"\n", "apus.toml:1", "[http]"),
            ("\n\n[node]\nlisten = 5.5\n", "apus.toml:4", "node.listen"),
            ("[log]\nlevel = \"loud\"\n", "apus.toml:2", "\"warning\""),
            ("[http]\nmax-connections = 0\n", "apus.toml:2", "from 1 to"),
            ("[http]\nidle-timeout = \"5s\n", "apus.toml:2", "column"),
            ("listen = \"[::]:1\"\n", "apus.toml:1", "[node]"),
            ("[http]\nlevel = \"info\"\n", "apus.toml:2", "log.level"),
            ("[tls]\nkey = \"k.pem\"\n", "apus.toml:2", "tls.certificate"),
        ]
        for text, place, hint in cases:
            with self.subTest(text=text):
                (self.home / "apus.toml").write_text(text)
                for words in (["up"], ["up", "--detach"], ["config", "show"]):
                    self.assert_ends(self.run_program(*words), 2, place, hint)
        self.assertFalse((self.home / "node.key").exists())

    def test_every_problem_is_named_at_once(self):
        (self.home / "apus.toml").write_text("[log]\nlevel = \"loud\"\ncolor = true\n")
        result = self.run_program("up", more={"APUS_HTTP_CLEARTEXT": "maybe"})
        self.assert_ends(result, 2, "apus.toml:2", "apus.toml:3", "APUS_HTTP_CLEARTEXT")

    def test_bad_settings_in_the_environment(self):
        for name, value, hint in (
                ("APUS_LOG_LEVL", "info", "APUS_LOG_LEVEL"),
                ("APUS_LOG_LEVEL", "loud", "\"warning\""),
                ("APUS_LISTEN", "nowhere:99999", "addresses such as"),
                ("APUS_NODE_STOP_DEADLINE", "soon", "stop-deadline")):
            with self.subTest(name=name):
                self.assert_ends(self.run_program("up", more={name: value}), 2, name, hint)

    def test_bad_settings_in_flags(self):
        for words, hint in (
                (["--set", "http.idle-timout=5s"], "http.idle-timeout"),
                (["--set", "http.idle-timeout=five"], "http.idle-timeout"),
                (["--set", "nothing"], "section.key=value"),
                (["--listen", "nowhere:99999"], "addresses such as"),
                (["--log-level", "loud"], "\"warning\""),
                (["--lisen", "127.0.0.1:0"], "--listen"),
                (["surplus"], "surplus")):
            with self.subTest(words=words):
                self.assert_ends(self.run_program("up", *words), 2, hint)

    def test_layers_and_where_values_come_from(self):
        (self.home / "apus.toml").write_text(
            "[log]\nlevel = \"debug\"\n[http]\nidle-timeout = \"7s\"\nmax-connections = 9\n")
        more = {"APUS_HTTP_IDLE_TIMEOUT": "8s", "APUS_LOG_LEVEL": ""}
        result = self.run_program("config", "show", "--origin", "--json", more=more)
        shown = json.loads(result.stdout)
        for key, value, origin in (
                ("log.level", "debug", "apus.toml:2"),
                ("http.idle-timeout", 8, "APUS_HTTP_IDLE_TIMEOUT"),
                ("http.max-connections", 9, "apus.toml:5"),
                ("http.cleartext", "loopback", "default")):
            self.assertEqual(shown[key], {"value": value, "origin": origin})
        with Node("--set", "http.max-connections=10", home=self.home, more=more) as node:
            running = node.json("config", "show", "--running", "--origin", "http.max")
        self.assertEqual(running["http.max-connections"]["origin"], "--set")

    def test_the_template_is_a_settings_file(self):
        text = self.run_program("config", "template").stdout
        (self.home / "apus.toml").write_text(re.sub(r"(?m)^# ?(?=[a-z-]+ = )", "", text))
        self.assertGreater(text.count("\n# "), 20)
        result = self.run_program("config", "show", "--json")
        self.assertEqual(result.returncode, 0, result.stderr)
        shown = json.loads(self.run_program("config", "show", "--origin", "--json").stdout)
        self.assertIn("apus.toml", shown["http.idle-timeout"]["origin"])
