"""Runs every test_*.py beside it against the program named by APUS_PROGRAM.

  .venv/bin/python Tests/EndToEnd [--filter TEXT] [--results FILE]

Each test's outcome is one line of JSON in the results file: test, outcome (passed, failed,
skipped), seconds and, for a failure, detail.
"""

import argparse
import json
import pathlib
import signal
import sys
import time
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.dont_write_bytecode = True


class Recorder(unittest.TestResult):
    def __init__(self, results):
        super().__init__()
        self.results = results
        self.start = 0.0
        self.outcome = None

    def startTest(self, test):
        super().startTest(test)
        self.start, self.outcome = time.monotonic(), None

    def stopTest(self, test):
        super().stopTest(test)
        outcome, detail = self.outcome or ("passed", None)
        self.write(test, outcome, detail, time.monotonic() - self.start)

    def write(self, test, outcome, detail, seconds):
        record = {"test": test.id(), "outcome": outcome, "seconds": round(seconds, 3)}
        if detail:
            record["detail"] = detail
        print(f"{outcome:8} {seconds:7.2f} s  {test.id()}", flush=True)
        if self.results:
            with open(self.results, "a", encoding="utf-8") as file:
                file.write(json.dumps(record) + "\n")

    def settle(self, test, outcome, detail):
        # An error outside a test (setUpClass, an import) has no startTest of its own.
        if isinstance(test, unittest.TestCase) and self.start:
            if self.outcome is None or outcome == "failed":
                self.outcome = (outcome, detail)
        else:
            self.write(test, outcome, detail, 0)

    def addFailure(self, test, error):
        super().addFailure(test, error)
        self.settle(test, "failed", self.failures[-1][1])

    def addError(self, test, error):
        super().addError(test, error)
        self.settle(test, "failed", self.errors[-1][1])

    def addSubTest(self, test, subtest, error):
        super().addSubTest(test, subtest, error)
        if error is not None:
            detail = [text for case, text in self.failures + self.errors if case is subtest]
            self.settle(test, "failed", f"{subtest}\n{detail[-1]}")

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self.settle(test, "skipped", reason)

    def addUnexpectedSuccess(self, test):
        super().addUnexpectedSuccess(test)
        self.settle(test, "failed", "passed although it was expected to fail")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--filter", help="run only tests whose id contains this text")
    parser.add_argument("--results", help="write one line of JSON a test to this file")
    options = parser.parse_args()
    # A shell without job control has what it starts in the background ignore SIGINT, and so would
    # every program we start.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.path.insert(0, str(HERE))
    loader = unittest.TestLoader()
    if options.filter:
        loader.testNamePatterns = [f"*{options.filter}*"]
    suite = loader.discover(str(HERE), top_level_dir=str(HERE))
    recorder = Recorder(options.results)
    suite.run(recorder)
    print(f"{recorder.testsRun} run, {len(recorder.failures) + len(recorder.errors)} failed")
    return 0 if recorder.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main())
