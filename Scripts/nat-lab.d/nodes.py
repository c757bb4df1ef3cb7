"""Nodes behind every kind of NAT, in the laboratory: each has to reach each.

    nodes.py            every kind, and a lossy wire
    nodes.py --short    the four kinds that differ most

One public node invites, relays, and listens on port 443 too; the others have nothing but its
invite. Prints a table of the paths between all of them and closes with
`N passed, N failed, N skipped`. Run by Scripts/nat-lab; APUS_PROGRAM says which program.
"""

import concurrent.futures
import contextlib
import json
import os
import pathlib
import subprocess
import sys
import time

sys.dont_write_bytecode = True

import lab as laboratory  # noqa: E402
from proof import proof_options, run  # noqa: E402

PORT = 4747
# The program takes every variable that is named like its own for a setting.
ENVIRONMENT = {key: value for key, value in os.environ.items() if not key.startswith("APUS_")}
ENVIRONMENT["SWIFT_BACKTRACE"] = "enable=no"
SHORT = ["full-cone", "symmetric", "port-restricted", "only-443"]
LONG = [kind for kind in laboratory.KINDS if kind != "firewall"]

# They give an inside port the same outside port whoever is spoken to: TCP connections from both
# sides meet.
KEEPING = {"full-cone", "address-restricted", "port-restricted", "udp-blocked", "double"}
# A connection to the port they use comes through, from whichever port of a host spoken to.
LENIENT = {"full-cone", "address-restricted"}

# What each is shown as.
SHOWN = {"symmetric": "hard", "udp-blocked": "blocked", "only-443": "blocked"}

JOIN_TIME, CALL_TIME, PATH_TIME = 60, 20, 90  # seconds
# Between the two ends of a relayed call, through the relay.
WIRE_DELAY, ROUND_TRIPS = 0.025, 4
# A round trip of 50 ms that loses one packet in a hundred, and what has to pass, in Mbit/s.
LOSS, WITH_BBR, WITHOUT_BBR = 0.01, 150, 20


class Node:
    """A running program on a machine of the laboratory."""

    def __init__(self, host, name, program, folder, listen=(), settings=()):
        self.host, self.name, self.program = host, name, program
        self.kind = host.nat
        self.home = folder / name
        self.home.mkdir()
        self.output = open(folder / f"{name}.out", "wb")
        self.words = [program, "up", "--home", self.home, "--name", name]
        for place in listen or [f"0.0.0.0:{PORT}"]:
            self.words += ["--listen", place]
        for setting in ("log.level=debug", "network.port-mapping=false", *settings):
            self.words += ["--set", setting]
        self.start()

    def start(self):
        """Again, when it was killed."""
        self.process = self.host.start(
            self.words, stdin=subprocess.DEVNULL, stdout=self.output, stderr=subprocess.STDOUT,
            env=ENVIRONMENT)

    def command(self, *words, timeout=60):
        """Runs a command of the program against this node."""
        return subprocess.run(
            [self.program, *map(str, words), "--home", self.home], stdin=subprocess.DEVNULL,
            capture_output=True, text=True, timeout=timeout, check=False, env=ENVIRONMENT)

    def ask(self, *words, timeout=60):
        """The same for its JSON; None when it has none."""
        try:
            done = self.command(*words, "--json", timeout=timeout)
        except subprocess.TimeoutExpired:
            return None
        try:
            return json.loads(done.stdout)
        except ValueError:
            return None

    def wait_until_serving(self, deadline):
        while time.monotonic() < deadline and self.process.poll() is None:
            if self.ask("status"):
                return True
            time.sleep(0.1)
        return False

    def rows(self):
        """What it shows of the others, by name."""
        return {row["name"]: row for row in self.ask("nodes") or []}

    def ping(self, peer, count=1):
        """Milliseconds of the answers, and what it said without any."""
        words = ["ping", peer.name, "-c", count, "-i", "100ms", "-t", f"{CALL_TIME}s", "--json"]
        try:
            done = self.command(*words, timeout=(count + 1) * CALL_TIME + 10)
        except subprocess.TimeoutExpired:
            return None, "no end"
        with contextlib.suppress(ValueError):
            reply = json.loads(done.stdout)
            if reply["answered"] == count:
                return reply["latencyMs"], ""
        return None, (done.stderr or done.stdout).strip()[-300:]

    def connected_hosts(self):
        """Who is at the other end of its connections, as the kernel knows it."""
        done = self.host.run(["ss", "-tnH", "state", "established"])
        return {line.split()[3].rsplit(":", 1)[0].removeprefix("[::ffff:").rstrip("]")
                for line in done.stdout.splitlines() if len(line.split()) >= 4}


class Network:
    """A public node, and others that joined with its one invite."""

    def __init__(self, lab, program, folder, checks, settings=()):
        """The settings are those of the public node."""
        self.lab, self.program, self.folder, self.checks = lab, program, folder, checks
        self.hub = Node(
            lab.host(), "hub", program, folder, [f"0.0.0.0:{PORT}", "0.0.0.0:443"], settings)
        self.nodes = [self.hub]

    def grow(self, hosts):
        """Starts a node on each machine, all at once, and lets it join."""
        new = [Node(host, name, self.program, self.folder) for name, host in hosts.items()]
        deadline = time.monotonic() + JOIN_TIME
        fine = all([node.wait_until_serving(deadline) for node in [self.hub, *new]])
        if not self.checks.expect(f"{len(new) + 1} nodes start", fine):
            return False
        invite = self.hub.command("invite", "--uses", len(new)).stdout.strip()
        with concurrent.futures.ThreadPoolExecutor(len(new)) as pool:
            joins = list(pool.map(
                lambda node: node.command("join", invite, timeout=JOIN_TIME + 30), new))
        for node, join in zip(new, joins):
            self.checks.expect(
                f"{node.name} joins", join.returncode == 0,
                join.stderr.strip()[-300:] if join.returncode else "")
        self.nodes += new
        if any(join.returncode for join in joins):
            return False
        self.know_each_other()
        return True

    def know_each_other(self):
        names = {node.name for node in self.nodes}
        deadline = time.monotonic() + JOIN_TIME
        waiting = list(self.nodes)
        while waiting and time.monotonic() < deadline:
            waiting = [node for node in waiting if not names <= set(node.rows())]
            if waiting:
                time.sleep(0.5)
        self.checks.expect(
            f"each of {len(self.nodes)} nodes knows the others", not waiting,
            ", ".join(node.name for node in waiting))

    @property
    def pairs(self):
        return [(one, other) for one in self.nodes for other in self.nodes if one is not other]


def wanted(one, other):
    """The paths that a pair may end with."""
    kinds = [one.kind, other.kind]
    if "hub" in (one.name, other.name):
        return {"direct"}
    if "only-443" in kinds:
        return {"relayed"}  # Nobody but the hub listens there.
    if "public" in kinds:
        return {"direct"}
    if kinds[0] in KEEPING and kinds[1] in KEEPING:
        return {"punched"}
    if set(kinds) & LENIENT:
        return {"punched", "relayed"}
    return {"relayed"}


def calls(network, checks):
    """Each node calls each."""
    def call(pair):
        one, other = pair
        start = time.monotonic()
        times, words = one.ping(other)
        return times is not None, time.monotonic() - start, words

    # A few at a time, each from its own side of the table.
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(call, network.pairs))
    missed = [(pair, words) for pair, (fine, _, words) in zip(network.pairs, outcomes) if not fine]
    for (one, other), words in missed:
        checks.expect(f"{one.name} calls {other.name}", False, words)
    slowest = max(seconds for _, seconds, _ in outcomes)
    checks.passed += len(outcomes) - len(missed)
    print(f"{'ok' if not missed else 'FAILED':7} {len(outcomes) - len(missed)} of {len(outcomes)} "
          f"calls were answered, the slowest after {slowest:.1f} s", flush=True)


def paths(network, checks):
    """Waits until every pair has the path it can have, and holds what is shown to the kernel's
    own list of connections."""
    start = time.monotonic()
    shown = {}
    while True:
        shown = {node.name: node.rows() for node in network.nodes}
        open_pairs = [
            (one, other) for one, other in network.pairs
            if path(shown, one, other) not in wanted(one, other)]
        if not open_pairs or time.monotonic() - start > PATH_TIME:
            break
        time.sleep(2)
    seconds = time.monotonic() - start
    table(network, shown)
    for one, other in network.pairs:
        if (one, other) in open_pairs:
            checks.expect(
                f"the path from {one.name} to {other.name}", False,
                f"{path(shown, one, other)} instead of {' or '.join(sorted(wanted(one, other)))}")
    checks.passed += len(network.pairs) - len(open_pairs)
    print(f"{'ok' if not open_pairs else 'FAILED':7} {len(network.pairs) - len(open_pairs)} of "
          f"{len(network.pairs)} paths are as good as they can be, after {seconds:.0f} s",
          flush=True)
    truth(network, checks)


def path(shown, one, other):
    row = shown[one.name].get(other.name)
    return row and row["path"]


def truth(network, checks):
    """A direct or punched path is a connection to the other's host; over a relay there is none."""
    for _ in range(3):  # What is shown may change between the two looks.
        wrong = []
        for one in network.nodes:
            rows, hosts = one.rows(), one.connected_hosts()
            for other in network.nodes:
                shown = rows.get(other.name, {}).get("path")
                if other is one or shown is None:
                    continue
                if (shown != "relayed") != (other.host.outside in hosts):
                    wrong.append(f"{one.name} to {other.name} is not {shown}")
        if not wrong:
            break
        time.sleep(2)
    checks.expect("the paths shown are those the kernel has", not wrong, "; ".join(wrong[:8]))


def shown_kinds(network, checks):
    """What NAT each node is behind, as the hub shows it."""
    kinds = {
        node.name: SHOWN.get(node.kind, "easy") for node in network.nodes if node.kind != "public"}
    deadline = time.monotonic() + PATH_TIME
    while True:
        rows = network.hub.rows()
        wrong = {name: rows.get(name, {}).get("nat") for name, kind in kinds.items()
                 if rows.get(name, {}).get("nat") != kind}
        if not wrong or time.monotonic() > deadline:
            break
        time.sleep(1)
    checks.expect("the kinds of NAT shown are those there are", not wrong, str(wrong or kinds))


def table(network, shown):
    names = [node.name for node in network.nodes]
    width = max(map(len, names)) + 1
    print()
    print(" " * (width + 1) + "nat     " + "".join(f"{name:<{max(9, len(name) + 1)}}"
                                                   for name in names))
    for one in network.nodes:
        own = shown[one.name].get(one.name, {})
        cells = []
        for other in network.nodes:
            text = "" if one is other else path(shown, one, other) or "-"
            cells.append(f"{text:<{max(9, len(other.name) + 1)}}")
        print(f"{one.name:<{width}} {own.get('nat', '?'):<8}" + "".join(cells))
    print(flush=True)


def round_trips(lab, network, checks):
    """The first answer over a relay: from the first packet of a new way to the link that it
    carries, and the call over it, in round trips between the two ends."""
    far = {
        "far-443": lab.host(nat="only-443", delay=WIRE_DELAY),
        "far-symmetric": lab.host(nat="symmetric", delay=WIRE_DELAY),
    }
    if not network.grow(far):
        return
    one, other = network.nodes[-2:]
    trip = 4 * WIRE_DELAY * 1000
    calls, words = one.ping(other, 10)
    if not checks.expect("a call over the relay, both ends 25 ms away", calls is not None, words):
        return
    checks.expect(
        f"its answer takes one round trip of {trip:.0f} ms", trip <= calls["p50"] < 1.25 * trip,
        f"{calls['p50']:.0f} ms")
    firsts = []
    for _ in range(5):
        report = one.ask("doctor", other.name, timeout=90) or {"ways": []}
        firsts += [1000 * way["took"] + calls["p50"] for way in report["ways"]
                   if way["path"] == "relayed" and way["connected"]]
    firsts.sort()
    shown = ", ".join(f"{first / trip:.2f}" for first in firsts)
    checks.expect(
        f"the first answer comes within {ROUND_TRIPS} round trips",
        len(firsts) >= 3 and firsts[len(firsts) // 2] <= ROUND_TRIPS * trip,
        f"{shown} round trips" if firsts else "no way over the relay")


def lossy(lab, network, checks):
    """One transfer each way over a long wire that loses packets."""
    if not network.grow({"lossy": lab.host(delay=WIRE_DELAY, loss=LOSS)}):
        return
    node = network.nodes[-1]
    kinds = pathlib.Path("/proc/sys/net/ipv4/tcp_available_congestion_control").read_text()
    least = WITH_BBR if "bbr" in kinds.split() else WITHOUT_BBR
    carried = plain_speed(node.host, network.hub.host)
    found = node.ask("speed", "hub", timeout=60) or {}
    for way in ("uploadMbps", "downloadMbps"):
        what = f"{way.removesuffix('Mbps')} at 50 ms and a loss of 1 %, at least {least} Mbit/s"
        speed = found.get(way) or 0
        if 0 < speed < least and carried < least:
            checks.skip(what, f"{speed:.0f} Mbit/s, where plain TCP has {carried:.0f} Mbit/s: "
                        "this machine is too busy to tell")
        else:
            checks.expect(what, speed >= least, f"{speed:.0f} Mbit/s; plain TCP {carried:.0f}")


def plain_speed(host, other):
    """What the wire between two machines carries without the program, in Mbit/s."""
    probe = str(laboratory.HERE / "probe.py")
    sink = other.start([sys.executable, probe, "sink"], stdout=subprocess.PIPE, text=True)
    sink.stdout.readline()
    host.run([sys.executable, probe, "pour", other.address])
    return float(sink.communicate(timeout=60)[0] or 0)


def prove(lab, apus, folder, checks, options):
    network = Network(lab, apus, folder, checks)
    kinds = SHORT if options.short else LONG
    if network.grow({kind: lab.host(nat=kind) for kind in kinds}):
        calls(network, checks)
        paths(network, checks)
        shown_kinds(network, checks)
        round_trips(lab, network, checks)
        if not options.short:
            lossy(lab, network, checks)


if __name__ == "__main__":
    sys.exit(run("the nodes behind NATs", proof_options(__doc__).parse_args(), prove))
