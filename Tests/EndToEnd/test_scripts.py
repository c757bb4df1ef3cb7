"""Tasks in JavaScript from the command line: `apus box run task.js`."""

import json
import tempfile
import unittest

from support import run
from test_boxes import OUT_OF_MEMORY, REFUSED, TIMED_OUT, TRAPPED, BoxCase

ALLOW = ("--set", "runtimes.js.allowed=true")


def absence():
    """Why js cannot be run here; None where it can."""
    with tempfile.TemporaryDirectory(prefix="apus-") as home:
        said = json.loads(run(
            home, "doctor", "--json", more={"APUS_RUNTIMES_JS_ALLOWED": "true"}).stdout)
    found = next(finding for finding in said if finding["check"] == "runtime js")
    return None if found["level"] == "fine" else found["summary"]


class Scripts(BoxCase):
    @classmethod
    def setUpClass(cls):
        cls.why_not = absence()

    def setUp(self):
        super().setUp()
        if self.why_not:
            self.skipTest(self.why_not)

    def script(self, text, *words, **settings):
        return self.box(*ALLOW, self.file("task.js", text), *words, **settings)

    def test_a_module_gets_arguments_and_its_result_is_printed(self):
        text = """
            export default async (data, task) => {
              console.log("about to add");
              return { sum: task.arguments.map(Number).reduce((a, b) => a + b) };
            }"""
        result = self.script(text, "--", "1", "2", "39")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(json.loads(result.stdout), {"sum": 42})
        self.assertIn("about to add", result.stderr)

    def test_a_script_of_the_older_contract_sets_its_result(self):
        result = self.script("taskResult = [...Array(4).keys()].map(n => n * n)")
        self.assertEqual((result.returncode, json.loads(result.stdout)), (0, [0, 1, 4, 9]))

    def test_what_fails_says_where(self):
        for text in ("export default () => { throw new Error('too much') }",
                     "export default async () => { await null; throw new Error('too much') }"):
            result = self.script(text)
            self.assertEqual((result.returncode, result.stdout), (TRAPPED, ""), result)
            self.assertIn("too much", result.stderr)
        self.assertEqual(self.script("export default (").returncode, TRAPPED)

    def test_limits_hold(self):
        forever = self.box(
            *ALLOW, "--time", "500ms", self.file("task.js", "for (;;) {}"))
        self.assertEqual(forever.returncode, TIMED_OUT, forever)
        large = self.box(
            *ALLOW, "--memory", "96MiB", self.file(
                "task.js", "const all = []; for (;;) all.push(new Uint8Array(1 << 20).fill(1))"))
        self.assertIn(large.returncode, (OUT_OF_MEMORY, TRAPPED), large)

    def test_it_reaches_nothing_of_the_machine(self):
        for word in ("require", "process", "fetch", "XMLHttpRequest", "WebAssembly", "Deno"):
            result = self.script(f"taskResult = typeof {word}")
            self.assertEqual((result.returncode, json.loads(result.stdout)), (0, "undefined"), word)
        self.assertEqual(
            self.script("import fs from 'fs'; export default () => 1").returncode, TRAPPED)

    def test_it_is_off_until_the_owner_allows_it(self):
        result = self.box(self.file("task.js", "taskResult = 1"))
        self.assertEqual((result.returncode, result.stdout), (REFUSED, ""))
        self.assertIn("runtimes.js.allowed", result.stderr)


if __name__ == "__main__":
    unittest.main()
