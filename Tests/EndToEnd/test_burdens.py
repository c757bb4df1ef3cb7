"""Without descriptors, idle, and in a hurry."""

import tempfile
import time
import unittest

from life import answers, IS_RELEASE, records
from support import TICKS, Node, until


class Burdens(unittest.TestCase):
    def test_without_descriptors_it_says_so_once_waits_and_recovers(self):
        limited = ["sh", "-c", 'ulimit -n 64; exec "$@"', "sh"]
        with Node(wrapper=limited) as node:
            crowd = [node.connect() for _ in range(200)]
            try:
                self.assertTrue(until(lambda: "no descriptor is left" in node.errors()))
                before = node.processor_ticks()
                time.sleep(2)
                spent = (node.processor_ticks() - before) / TICKS
                self.assertLess(spent, 0.3)
                complaints = [record for record in records(node.errors())
                              if "no descriptor is left" in record["message"]]
                self.assertEqual(len(complaints), 1)
                self.assertIn("ulimit -n", complaints[0]["message"])
            finally:
                for stream in crowd:
                    stream.close()
            self.assertTrue(until(lambda: answers(node), 10))
            self.assertEqual(node.stop(), 0)

    def test_idle_it_uses_no_processor(self):
        with Node() as node, node.connect_tls(["h2"]), node.connect():
            time.sleep(0.5)
            before = node.processor_ticks()
            time.sleep(5)
            self.assertLessEqual(node.processor_ticks() - before, 1)

    @unittest.skipUnless(IS_RELEASE, "memory and start-up time are promises of the release build")
    def test_idle_it_is_small(self):
        with Node() as node:
            node.healthz()
            time.sleep(0.5)
            self.assertLess(node.resident_bytes(), 30 << 20)

    @unittest.skipUnless(IS_RELEASE, "memory and start-up time are promises of the release build")
    def test_it_starts_with_little_work(self):
        # Time is for Benchmarks to tell (`start-up`): here the machine may be busy elsewhere.
        with tempfile.TemporaryDirectory(prefix="apus-") as home:
            ticks = []
            for _ in range(5):
                with Node(home=home) as node:
                    ticks.append(node.processor_ticks())
        self.assertLess(min(ticks) / TICKS, 0.08)
