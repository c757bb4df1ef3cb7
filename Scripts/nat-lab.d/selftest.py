"""Holds the laboratory to its word: that each kind of NAT behaves as it is named.

One line for each check, and exit status 1 when one fails; 0 and a reason where there can be no
laboratory. Run by Scripts/nat-lab.
"""

import json
import os
import statistics
import subprocess
import sys
import time

sys.dont_write_bytecode = True

import lab as laboratory  # noqa: E402

PROBE = str(laboratory.HERE / "probe.py")
PYTHON = sys.executable

# kind: UDP mapping, who may answer by UDP (same place, other port, other host), TCP mapping, and
# whether port 443 is reached. A mapping: "none", "same" port for all, "other" for each, "no" way.
EXPECTED = {
    "public": ("none", (True, True, True), "none", True),
    "full-cone": ("same", (True, True, True), "same", True),
    "address-restricted": ("same", (True, True, False), "same", True),
    "port-restricted": ("same", (True, False, False), "same", True),
    "symmetric": ("other", (True, False, False), "other", True),
    "udp-blocked": ("no", (False, False, False), "same", True),
    "only-443": ("no", (False, False, False), "no", True),
    "double": ("same", (True, False, False), "same", True),
    "firewall": ("none", (True, False, False), "none", True),
}

# Pairs whose TCP connections have to meet when both connect at once, and those that cannot.
MEETING = [
    ("port-restricted", "port-restricted", True),
    ("port-restricted", "double", True),
    ("full-cone", "address-restricted", True),
    ("firewall", "udp-blocked", True),
    ("symmetric", "symmetric", False),
]


class Checks:
    def __init__(self):
        self.failures = 0

    def expect(self, what, found, wanted):
        fine = found == wanted
        self.failures += not fine
        print(f"{'ok' if fine else 'FAILED':7} {what}" + ("" if fine else
              f": expected {wanted}, found {found}"), flush=True)


def mapping(host, seen):
    if None in seen:
        return "no"
    if any(address[0] != host.outside for address in seen):
        return f"a stranger's address {seen}"
    if seen[0] != seen[1]:
        return "other"
    return "none" if host.address == host.outside else "same"


def kinds(lab, checks):
    for kind, expected in EXPECTED.items():
        host = lab.host(nat=kind)
        done = host.run([PYTHON, PROBE, "look"])
        if done.returncode:
            checks.expect(kind, done.stderr, "a look around")
            continue
        found = json.loads(done.stdout)
        answers = tuple(found["answers"][key] for key in ("same", "port", "host"))
        checks.expect(
            f"{kind}: {laboratory.KINDS[kind]}",
            (mapping(host, found["udp"]), answers, mapping(host, found["tcp"]), found["web"]),
            expected)


def meetings(lab, checks):
    for first, second, meet in MEETING:
        hosts = [lab.host(nat=first), lab.host(nat=second)]
        ends = [
            one.start(
                [PYTHON, PROBE, "punch", "42000", other.outside, "42000"],
                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
            for one, other in (hosts, hosts[::-1])
        ]
        met = all(end.communicate(timeout=30)[0].strip() == "met" for end in ends)
        checks.expect(f"TCP from both sides, {first} and {second}", met, meet)


def wires(lab, checks):
    host = lab.host(nat="port-restricted", delay=0.020)
    trips = json.loads(host.run([PYTHON, PROBE, "times", "20"]).stdout)
    middle = statistics.median(trips) if trips else 0
    checks.expect("a delay of 20 ms each way", 0.040 <= middle < 0.080, True)
    lossy = lab.host(loss=0.2, delay=0.001)
    arrived = len(json.loads(lossy.run([PYTHON, PROBE, "times", "100"]).stdout))
    # 64 of 100 survive both ways; six standard deviations are 29.
    checks.expect("a loss of a fifth each way", 35 <= arrived <= 93, True)


def changes(lab, checks):
    host = lab.host(nat="port-restricted")

    def reaches():
        return bool(json.loads(host.run([PYTHON, PROBE, "times", "1"]).stdout))

    checks.expect("a machine that is plugged in reaches the internet", reaches(), True)
    host.unplug()
    checks.expect("one that is unplugged does not", reaches(), False)
    host.plug()
    checks.expect("plugged in again it does", reaches(), True)
    old = host.outside
    host.change_address()
    seen = json.loads(host.run([PYTHON, PROBE, "look"]).stdout)["udp"][0]
    checks.expect(
        "with another outside address it is seen there",
        seen is not None and seen[0] == host.outside != old, True)


def main():
    reason = laboratory.missing()
    if reason:
        print(f"skipped: {reason}")
        return 0
    start, checks = time.monotonic(), Checks()
    with laboratory.Lab() as lab:
        vantage = lab.internet.start([PYTHON, PROBE, "vantage"], stdout=subprocess.PIPE, text=True)
        checks.expect("the vantage point starts", vantage.stdout.readline().strip(), "ready")
        for part in (kinds, meetings, wires, changes):
            part(lab, checks)
        prefix = lab.prefix
    left = subprocess.run(["ip", "netns", "list"], capture_output=True, text=True, check=True)
    checks.expect("nothing is left behind", prefix in left.stdout, False)
    print(f"{checks.failures} failed, {time.monotonic() - start:.1f} s")
    return 1 if checks.failures else 0


if __name__ == "__main__":
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    sys.exit(main())
