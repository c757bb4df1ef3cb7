"""How a node ends: what is open is finished, within bounds."""

import json
import signal
import subprocess
import time
import unittest

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

from life import mirror, probing, records, refuses, TERMINATED
from support import PROGRAM, Node, end, environment, stubs, until


class Stopping(unittest.TestCase):
    def test_what_is_open_is_finished(self):
        with probing() as node, grpc.insecure_channel(node.target) as channel:
            requests, replies = mirror(channel)
            requests.put(stubs().probe.MirrorRequest(number=1))
            self.assertEqual(next(replies).number, 1)
            node.process.send_signal(signal.SIGTERM)
            # It takes nobody new any more, and goes on with the call.
            self.assertTrue(until(lambda: refuses(node)))
            for number in range(2, 5):
                time.sleep(0.2)
                requests.put(stubs().probe.MirrorRequest(number=number))
                self.assertEqual(next(replies).number, number)
            self.assertTrue(node.is_running)
            requests.put(None)
            self.assertEqual(list(replies), [])
            self.assertEqual(replies.code(), grpc.StatusCode.OK)
            self.assertEqual(node.process.wait(5), 0)
            self.assertIn("stopped", [record["message"] for record in records(node.errors())])

    def test_nobody_is_waited_for_beyond_the_deadline(self):
        with probing("--set", "node.stop-deadline=1s") as node:
            with grpc.insecure_channel(node.target) as channel:
                requests, replies = mirror(channel)
                requests.put(stubs().probe.MirrorRequest(number=1))
                next(replies)
                start = time.monotonic()
                self.assertEqual(node.stop(10), 0)
                self.assertGreater(time.monotonic() - start, 0.9)
                self.assertLess(time.monotonic() - start, 4)
                with self.assertRaises(grpc.RpcError):
                    list(replies)
                requests.put(None)

    def test_asked_twice_it_ends_at_once(self):
        for first, second in ((signal.SIGTERM, signal.SIGTERM), (signal.SIGINT, signal.SIGTERM)):
            with self.subTest(first=first), probing() as node:
                with grpc.insecure_channel(node.target) as channel:
                    requests, replies = mirror(channel)
                    requests.put(stubs().probe.MirrorRequest(number=1))
                    next(replies)
                    node.process.send_signal(first)
                    self.assertTrue(until(lambda: refuses(node)))
                    start = time.monotonic()
                    node.process.send_signal(second)
                    self.assertEqual(node.process.wait(5), TERMINATED)
                    self.assertLess(time.monotonic() - start, 1)
                    requests.put(None)

    def test_asked_with_nothing_open_it_ends_quickly(self):
        for way in (signal.SIGTERM, signal.SIGINT):
            with self.subTest(way=way), Node() as node:
                idle = [node.connect() for _ in range(20)] + [node.connect_tls(["h2"])]
                start = time.monotonic()
                node.process.send_signal(way)
                self.assertEqual(node.process.wait(10), 0)
                # An HTTP/2 client that does not answer the goodbye is waited for: two seconds.
                self.assertLess(time.monotonic() - start, 4)
                for stream in idle:
                    stream.close()

    def test_down_waits_until_the_process_has_ended(self):
        with probing() as node, grpc.insecure_channel(node.target) as channel:
            requests, replies = mirror(channel)
            requests.put(stubs().probe.MirrorRequest(number=1))
            next(replies)
            impatient = node.run("down", "--timeout", "300ms")
            self.assertEqual(impatient.returncode, 6, impatient.stderr)
            self.assertIn(str(node.pid), impatient.stderr)
            requests.put(None)
            self.assertEqual(list(replies), [])
            self.assertEqual(node.process.wait(5), 0)
        with Node() as node:
            # Reaped by us while `down` looks whether it still runs.
            down = subprocess.Popen(
                [PROGRAM, "down", "--json"], env=environment(node.home), stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE)
            self.assertEqual(node.process.wait(10), 0)
            output = down.communicate(timeout=10)[0]
            self.assertEqual(json.loads(output), {"pid": node.pid, "stopped": True})

    def test_a_follower_of_the_log_does_not_hold_up_the_end(self):
        with Node() as node:
            follower = subprocess.Popen(
                [PROGRAM, "logs", "-f"], env=environment(node.home), stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            try:
                self.assertIn(b"serving", follower.stdout.readline())
                start = time.monotonic()
                self.assertEqual(node.stop(), 0)
                self.assertLess(time.monotonic() - start, 5)
                self.assertEqual(follower.wait(5), 0)
            finally:
                end(follower)

    def test_those_who_watch_its_health_are_told(self):
        with Node("--set", "loopback.readiness=true") as node:
            with grpc.insecure_channel(node.target) as channel:
                health = health_pb2_grpc.HealthStub(channel)
                watch = health.Watch(health_pb2.HealthCheckRequest(), timeout=30)
                self.assertEqual(next(watch).status, health_pb2.HealthCheckResponse.SERVING)
                node.process.send_signal(signal.SIGTERM)
                self.assertEqual(next(watch).status, health_pb2.HealthCheckResponse.NOT_SERVING)
                # A watch would go on for ever: the node ends it rather than wait for it.
                self.assertEqual(list(watch), [])
                self.assertEqual(node.process.wait(5), 0)
