"""What the proofs in the laboratory share: their options, their checks, and how they close."""

import argparse
import os
import pathlib
import shutil
import tempfile
import time

import lab as laboratory

ROOT = laboratory.HERE.parent.parent


class Checks:
    def __init__(self):
        self.passed = self.failed = self.skipped = 0

    def expect(self, what, is_fine, detail=""):
        self.passed += is_fine
        self.failed += not is_fine
        print(f"{'ok' if is_fine else 'FAILED':7} {what}" + (f": {detail}" if detail else ""),
              flush=True)
        return is_fine

    def skip(self, what, why):
        self.skipped += 1
        print(f"skipped {what}: {why}", flush=True)


def program():
    """The program to prove, and why there is none."""
    named = os.environ.get("APUS_PROGRAM")
    places = [named] if named else [ROOT / ".build/release/apus", ROOT / ".build/debug/apus"]
    for place in places:
        if os.access(place, os.X_OK):
            return str(pathlib.Path(place).resolve()), None
    return None, f"there is no program at {' or '.join(map(str, places))}; run make build"


def proof_options(about):
    parser = argparse.ArgumentParser(
        description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--keep", metavar="FOLDER", help="keep the nodes' logs there")
    return parser


def run(what, options, *parts):
    """Calls each part with a laboratory, the program and a folder of its own; the exit status."""
    start, checks = time.monotonic(), Checks()
    apus, reason = program()
    reason = laboratory.missing() or reason
    if reason:
        checks.skip(what, reason)
    else:
        folder = pathlib.Path(options.keep or tempfile.mkdtemp(prefix="apuslab"))
        try:
            for part in parts:
                inner = folder / part.__name__
                inner.mkdir(parents=True, exist_ok=True)
                with laboratory.Lab() as lab:
                    part(lab, apus, inner, checks, options)
        finally:
            if not options.keep:
                shutil.rmtree(folder, ignore_errors=True)
    print(f"\n{time.monotonic() - start:.0f} s")
    print(f"{checks.passed} passed, {checks.failed} failed, {checks.skipped} skipped")
    return 1 if checks.failed else 0
