"""Commands, their exit codes, colours and completions."""

import json
import os
import pty
import shutil
import signal
import subprocess
import time

import grpc

from life import HomeCase, mirror, probing
from support import PROGRAM, Node, end, environment, stubs


class CommandLine(HomeCase):
    def test_no_node(self):
        for words in (["status"], ["down"], ["logs", "-f"], ["config", "show", "--running"],
                      ["status", "--json"], ["logs"]):
            with self.subTest(words=words):
                result = self.run_program(*words)
                self.assert_ends(result, 3, "no node")
                self.assertEqual(result.stdout, "")

    def test_not_found(self):
        self.assert_ends(self.run_program("config", "show", "http.idle-timout"), 5,
                         "http.idle-timeout")

    def test_wrong_usage(self):
        for words, hint in ((["stauts"], "status"), (["status", "--jsn"], "--json"),
                            (["logs", "-n"], "-n"), (["logs", "-n", "-5"], "number"),
                            (["config", "shw"], "show"), (["completion", "tcsh"], "bash"),
                            (["down", "--timeout", "soon"], "timeout")):
            with self.subTest(words=words):
                result = self.run_program(*words)
                self.assertEqual(result.returncode, 2, result.stdout + result.stderr)
                self.assertIn(hint, result.stderr + result.stdout)

    def test_help_shows_examples_everywhere(self):
        for words in ([], ["up"], ["down"], ["status"], ["doctor"], ["config"],
                      ["config", "show"], ["config", "template"], ["logs"], ["completion"]):
            with self.subTest(words=words):
                result = self.run_program(*words, "--help")
                self.assertEqual((result.returncode, result.stderr), (0, ""))
                self.assertIn("apus " + " ".join(words), result.stdout)
                self.assertLessEqual(max(map(len, result.stdout.splitlines())), 100)

    def test_json_is_json_everywhere(self):
        with Node(home=self.home) as node:
            status = node.json("status")
            self.assertLessEqual({"id", "name", "version", "network", "roles", "listen", "web",
                                  "pid", "uptime"}, set(status))
            self.assertEqual(status["pid"], node.pid)
            self.assertIsInstance(status["uptime"], (int, float))
            self.assertEqual({finding["level"] for finding in node.json("doctor")}
                             - {"fine", "warning"}, set())
            self.assertIn("log.level", node.json("config", "show"))
            self.assertIn("log.level", node.json("config", "show", "--running"))
            self.assertEqual(node.json("config", "path")["path"], str(self.home / "apus.toml"))
            self.assertEqual(node.json("version")["version"], status["version"])
            logged = node.run("logs", "--json").stdout.splitlines()
            self.assertIn("serving", [json.loads(line)["message"] for line in logged])
            self.assertEqual(node.stop(), 0)
        stopped = self.run_program("logs", "--json").stdout.splitlines()
        self.assertEqual(json.loads(stopped[-1])["message"], "stopped")
        self.assertIsInstance(json.loads(self.run_program("doctor", "--json").stdout), list)

    def test_doctor_finds_what_is_broken(self):
        with Node(home=self.home) as node:
            result = node.run("doctor")
            self.assertEqual(result.returncode, 0, result.stdout)
            self.assertIn(f"{node.target} answers over TLS", result.stdout)
            # Another certificate than the one the node shows is not taken for it.
            web = self.home / "web.pem"
            kept = web.read_bytes()
            web.unlink()
            self.assertEqual(node.run("doctor").returncode, 1)
            web.write_bytes(kept)
            web.chmod(0o600)
            self.assertEqual(node.run("doctor").returncode, 0)
            self.assertEqual(node.stop(), 0)
        (self.home / "node.key").chmod(0o644)
        (self.home / "apus.toml").write_text("[log]\nlevel = \"loud\"\n")
        result = self.run_program("doctor")
        self.assertEqual(result.returncode, 1, result.stdout)
        for text in ("chmod 600", "apus.toml:2", "2 broken"):
            self.assertIn(text, result.stdout)

    def test_logs_follow_shows_what_comes(self):
        with Node("--log-level", "debug") as node:
            follower = subprocess.Popen(
                [PROGRAM, "logs", "-f", "-n", "1", "--json"], env=environment(node.home),
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            try:
                self.assertTrue(json.loads(follower.stdout.readline())["message"])
                with node.connect() as stream:
                    stream.sendall(b"\1")
                    stream.recv(1)
                self.assertIn("ended before its first request",
                              json.loads(follower.stdout.readline())["message"])
                follower.send_signal(signal.SIGINT)
                self.assertEqual(follower.wait(5), -signal.SIGINT)
            finally:
                end(follower)

    def test_whatever_waits_can_be_interrupted(self):
        with probing() as node, grpc.insecure_channel(node.target) as channel:
            requests, replies = mirror(channel)
            requests.put(stubs().probe.MirrorRequest(number=1))
            next(replies)
            for words in (["status", "--watch", "--json"], ["logs", "-f"], ["down", "--json"]):
                for way in (signal.SIGINT, signal.SIGTERM):
                    with self.subTest(words=words, way=way):
                        waiting = subprocess.Popen(
                            [PROGRAM, *words], env=environment(node.home),
                            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
                        self.addCleanup(end, waiting)
                        time.sleep(0.3)
                        self.assertIsNone(waiting.poll())
                        waiting.send_signal(way)
                        self.assertEqual(waiting.wait(5), -way)
            requests.put(None)

    def test_colours_are_for_terminals(self):
        with Node() as node:
            for words in (["status"], ["doctor"], ["logs"], ["config", "show"], ["--help"]):
                with self.subTest(words=words):
                    result = node.run(*words)
                    self.assertNotIn("\x1b", result.stdout + result.stderr)
            self.assertIn("\x1b[", self.on_terminal(node, "status"))
            self.assertNotIn("\x1b[", self.on_terminal(node, "status", more={"NO_COLOR": "1"}))
            self.assertNotIn("\x1b[", self.on_terminal(node, "status", more={"TERM": "dumb"}))
            self.assertNotIn("\x1b", node.errors())

    @staticmethod
    def on_terminal(node, *words, more=None):
        controller, terminal = pty.openpty()
        settings = {"TERM": "xterm-256color", **(more or {})}
        process = subprocess.Popen(
            [PROGRAM, *words], env=environment(node.home, **settings), stdin=subprocess.DEVNULL,
            stdout=terminal, stderr=subprocess.DEVNULL)
        os.close(terminal)
        output = b""
        try:
            while piece := os.read(controller, 4096):
                output += piece
        except OSError:
            pass  # How Linux says that nobody holds the terminal any more.
        finally:
            os.close(controller)
            end(process)
        return output.decode()


class Completions(HomeCase):
    def script(self, shell):
        result = self.run_program("completion", shell)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        path = self.home / f"apus.{shell}"
        path.write_text(result.stdout)
        return path

    def complete(self, *words):
        """What bash offers for the last word."""
        path = self.script("bash")
        line = " ".join(words)
        listed = " ".join(f"'{word}'" for word in words)
        body = (f"set -eu; source '{path}'\n"
                "name=$(complete -p apus | sed 's/.*-F \\([^ ]*\\).*/\\1/')\n"
                f"set +eu; COMP_WORDS=({listed}) COMP_CWORD={len(words) - 1} "
                f"COMP_LINE='{line}' COMP_POINT={len(line)} COMPREPLY=()\n"
                f"$name apus '{words[-1]}' '{words[-2]}'\nprintf '%s\\n' \"${{COMPREPLY[@]}}\"\n")
        result = subprocess.run(["bash", "--norc", "-c", body], capture_output=True, text=True,
                                timeout=20, check=False)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        return {word.strip() for word in result.stdout.split("\n")} - {""}

    def test_bash(self):
        self.assertEqual(self.complete("apus", "st"), {"status", "stream"})
        self.assertLessEqual({"up", "down", "status", "doctor", "config", "logs", "version"},
                             self.complete("apus", ""))
        self.assertIn("--detach", self.complete("apus", "up", "--de"))
        self.assertIn("show", self.complete("apus", "config", "s"))
        self.assertEqual(self.complete("apus", "completion", "z"), {"zsh"})

    def test_zsh_and_fish(self):
        missing = []
        for shell, check in (("zsh", ["-n"]), ("fish", ["--no-execute"])):
            path = self.script(shell)
            self.assertIn("apus", path.read_text())
            if not shutil.which(shell):
                missing.append(shell)
                continue
            with self.subTest(shell=shell):
                result = subprocess.run([shell, *check, str(path)], capture_output=True, text=True,
                                        timeout=20, check=False)
                self.assertEqual((result.returncode, result.stderr), (0, ""))
        if missing:
            self.skipTest(f"not installed here: {', '.join(missing)}")
