"""Files between nodes in the laboratory, at what the wires carry.

    files.py           four sources of 50 Mbit/s each; a long wire
    files.py --short   a smaller file

Four nodes that have a file, each limited to 50 Mbit/s, bring it to a fifth at 190 at least; and one
alone fills a wire of 200 Mbit/s and 50 ms. Closes with `N passed, N failed, N skipped`. Run by
Scripts/nat-lab; APUS_PROGRAM says which program.
"""

import filecmp
import os
import shutil
import sys
import time

sys.dont_write_bytecode = True

import lab as laboratory  # noqa: E402
from nodes import Network, plain_speed  # noqa: E402
from proof import proof_options, run  # noqa: E402

SOURCES, LIMIT, LEAST = 4, 50, 190  # Mbit/s
# Frames of this size: of the smaller ones of Ethernet the heads alone would take 4.5 %.
FRAME = 9000
# Each way, and Mbit/s: without a limit the processor that carries the packets would be the wire.
WIRE_DELAY, WIRE_LIMIT = 0.025, 200
# What one source has to bring of what a plain connection brings on the same wire.
SHARE = 0.8


def size(options):
    """Of the file, in MiB."""
    return 128 if options.short else 256


def limit(host):
    """What leaves the host goes at that rate, as through a line that has no more."""
    tc = ["tc", "-n", host.name, "qdisc", "replace", "dev", "wan", "root", "tbf",
          "rate", f"{LIMIT}mbit", "burst", "64kb", "latency", "100ms"]
    laboratory._do(*tc)


def frames(lab, host):
    host.ip("link", "set", "wan", "mtu", str(FRAME))
    lab.core.ip("link", "set", host._far, "mtu", str(FRAME))


def add(node, path, name):
    done = node.command("files", "add", path, "--name", name, "--replicas", 1, timeout=120)
    return done.returncode == 0, done.stderr.strip()[-300:]


def get(node, name, target, checks):
    """Fetches a file; seconds, or None."""
    start = time.monotonic()
    done = node.command("files", "get", name, "--to", target, timeout=300)
    seconds = time.monotonic() - start
    if not checks.expect(f"{node.name} gets {name}", done.returncode == 0,
                         done.stderr.strip()[-300:] if done.returncode else f"{seconds:.2f} s"):
        return None
    return seconds


def sources(lab, program, folder, checks, options):
    """One file from four that are limited each."""
    if not shutil.which("tc"):
        checks.skip("sources of a limited rate", "tc is missing; install iproute2")
        return
    megabytes = size(options)
    network = Network(lab, program, folder, checks)
    hosts = {f"source-{number}": lab.host() for number in range(1, SOURCES + 1)}
    hosts["taker"] = lab.host()
    for host in [*hosts.values(), network.hub.host]:
        frames(lab, host)
    if not network.grow(hosts):
        return
    taker = network.nodes[-1]
    path = folder / "content"
    path.write_bytes(os.urandom(megabytes << 20))
    for node in network.nodes[1:-1]:
        if not checks.expect(f"{node.name} adds the file", *add(node, path, "film")):
            return
    for node in network.nodes[1:-1]:
        limit(node.host)
    ids = [row["id"] for row in taker.ask("files", "find", "film") or []]
    seconds = get(taker, ids[0] if ids else "film", folder / "film", checks)
    if seconds is None:
        return
    checks.expect("it is the file", filecmp.cmp(path, folder / "film", shallow=False))
    rate = megabytes * 8.388608 / seconds
    checks.expect(
        f"{SOURCES} sources of {LIMIT} Mbit/s bring at least {LEAST} Mbit/s", rate >= LEAST,
        f"{rate:.0f} Mbit/s, {seconds:.2f} s for {megabytes} MiB with finding and writing it")


def long_wire(lab, program, folder, checks, options):
    """One source at the other end of a long wire, against a plain connection."""
    megabytes = size(options)
    network = Network(lab, program, folder, checks)
    hosts = {"near": lab.host(), "far": lab.host(delay=WIRE_DELAY, megabits=WIRE_LIMIT)}
    if not network.grow(hosts):
        return
    near, far = network.nodes[1:]
    path = folder / "content"
    path.write_bytes(os.urandom(megabytes << 20))
    if not checks.expect("far adds a file", *add(far, path, "letter")):
        return
    plain = plain_speed(far.host, near.host)
    seconds = get(near, "letter", folder / "letter", checks)
    if seconds is None:
        return
    checks.expect("it is the file", filecmp.cmp(path, folder / "letter", shallow=False))
    rate = megabytes * 8.388608 / seconds
    checks.expect(
        f"at 50 ms it comes at {SHARE:.0%} of what plain TCP carries at least",
        rate >= SHARE * plain,
        f"{rate:.0f} of {plain:.0f} Mbit/s with finding and writing it")


if __name__ == "__main__":
    options = proof_options(__doc__).parse_args()
    sys.exit(run("files in the laboratory", options, sources, long_wire))
