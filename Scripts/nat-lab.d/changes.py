"""Links never break: changes of carrier under a stream that runs both ways, between real nodes.

    changes.py                1,000 changes
    changes.py --short        50
    changes.py --changes N --seed N

A public node (the hub) and one behind a NAT (the roamer) are connected directly, or by way of one
of three relays while a wall stands between them. `apus stream` sends drawn bytes both ways all the
time, and each side checks every byte. Each change is of a kind that the seed draws:

    direct to relay   a wall goes up between the two, which drops in silence or refuses
    relay to direct   it comes down
    address change    of the hub, of the roamer, or of the router in front of the roamer
    relay killed      with -9, the one that carries the stream; it is started again

A change counts once the kernel shows the stream's bytes on another connection, of the kind that
was to come, and both nodes say the same of their path. Closes with `N passed, N failed, N skipped`.
Run by Scripts/nat-lab; APUS_PROGRAM says which program.
"""

import json
import os
import random
import re
import subprocess
import sys
import threading
import time

sys.dont_write_bytecode = True

import lab as laboratory  # noqa: E402
import nodes  # noqa: E402
from proof import proof_options, run  # noqa: E402

KINDS = ["direct to relay", "relay to direct", "address change", "relay killed"]
LONG, SHORT = 1000, 50
RELAYS = 3
STALL = 1500  # ms, of 99 changes in 100
HAPPEN_TIME, READY_TIME = 20, 30  # seconds
# Until everybody knows of a relay that was started again.
SETTLE_TIME = 3
# Of a connection that carries the stream, between two looks at it: a sixth of what is sent.
LOOK_TIME, LOOK_BYTES = 0.06, 4096
STREAM = ["--interval", "10ms", "--size", "4KiB", "--every", "20ms"]


class Stream:
    """A running `apus stream`, and what it has told so far."""

    def __init__(self, node, peer, seed):
        self.lock = threading.Lock()
        self.last, self.longest = {}, 0.0
        self.process = node.host.start(
            [node.program, "stream", peer.name, "--home", node.home, "--json", "--seed", seed,
             *STREAM],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env=nodes.ENVIRONMENT)
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        for line in self.process.stdout:
            told = json.loads(line)
            stall = max(told["upload"]["stallMs"], told["download"]["stallMs"])
            with self.lock:
                self.last, self.longest = told, max(self.longest, stall)

    @property
    def has_ended(self):
        return self.process.poll() is not None

    @property
    def path(self):
        with self.lock:
            return self.last.get("path")

    def _count(self, what):
        with self.lock:
            return [self.last.get(way, {}).get(what, 0) for way in ("upload", "download")]

    @property
    def checked(self):
        """Bytes that have arrived: there, and here."""
        return self._count("checkedBytes")

    @property
    def wrong(self):
        return sum(self._count("wrongBytes"))

    def take_longest(self):
        """The longest time without a byte, in milliseconds, since this was asked last."""
        with self.lock:
            longest, self.longest = self.longest, 0.0
            return longest

    def moves(self, within):
        """Whether bytes arrive on both sides."""
        start, deadline = self.checked, time.monotonic() + within
        while time.monotonic() < deadline and not self.has_ended:
            if all(now > before for now, before in zip(self.checked, start)):
                return True
            time.sleep(0.01)
        return False

    def why(self):
        return self.process.stderr.read().strip()[-300:]

    def end(self):
        self.process.terminate()
        self.process.wait(10)


class Connection:
    """One of the kernel's, by its ends."""

    def __init__(self, line):
        words = line.split()
        self.ends = tuple(word.replace("[::ffff:", "").replace("]", "") for word in words[2:4])
        self.host = self.ends[1].rsplit(":", 1)[0]
        found = re.search(r"bytes_received:(\d+)", line)
        self.received = int(found[1]) if found else 0


class Course:
    """The two nodes, their relays, the stream between them, and what was done to them."""

    def __init__(self, lab, network, checks, seed, tells_all):
        self.tells_all = tells_all
        self.lab, self.checks = lab, checks
        self.random = random.Random(seed)
        self.seed = seed
        self.hub = network.hub
        self.roamer = network.nodes[1]
        self.relays = network.nodes[2:]
        self.wall = laboratory.Wall(lab, self.hub.host, self.roamer.host)
        self.places = {node: [node.host.outside, lab.next_outside()]
                       for node in (self.hub, self.roamer)}
        self.stalls = {kind: [] for kind in KINDS}
        self.missed, self.resets, self.wrong, self.arrived = [], 0, 0, [0, 0]
        self.stream, self.started = None, {}

    # What there is.

    def connections(self):
        done = self.hub.host.run(["ss", "-tniHO", "state", "established"])
        # The state is not told when only one is asked for.
        found = [Connection(line) for line in done.stdout.splitlines() if len(line.split()) > 3]
        return {one.ends: one for one in found}

    def carrier(self):
        """The connection on which the stream's bytes come to the hub."""
        before = self.connections()
        time.sleep(LOOK_TIME)
        grown = [(one.received - before[ends].received, one)
                 for ends, one in self.connections().items() if ends in before]
        most, one = max(grown, key=lambda pair: pair[0], default=(0, None))
        return one if most >= LOOK_BYTES else None

    def relay_of(self, connection):
        for relay in self.relays:
            if connection and connection.host == relay.host.outside:
                return relay
        return None

    def kind_of(self, connection):
        if connection is None:
            return None
        if connection.host == self.roamer.host.outside:
            return "direct"
        return "relayed" if self.relay_of(connection) else None

    def paths(self):
        """As both nodes tell it."""
        row = self.roamer.ask("node", "show", self.hub.name) or {}
        return self.stream.path, row.get("path")

    def places_held(self):
        """Where the roamer is found, as it says and the hub knows."""
        rows = [node.ask("node", "show", self.roamer.name) or {}
                for node in (self.hub, self.roamer)]
        return set.intersection(*(set(row.get("relays", [])) for row in rows))

    # What is done.

    def begin(self):
        deadline = time.monotonic() + READY_TIME
        while len(self.places_held()) < 2 and time.monotonic() < deadline:
            time.sleep(0.2)
        held = len(self.places_held())
        if not self.checks.expect("the roamer holds places at relays", held >= 2, str(held)):
            return False
        return self.checks.expect("a stream runs both ways", self.start_stream())

    def start_stream(self):
        self.stream = Stream(self.hub, self.roamer, self.seed)
        is_moving = self.stream.moves(READY_TIME)
        self.stream.take_longest()
        return is_moving

    def count_stream(self):
        self.wrong += self.stream.wrong
        self.arrived = [all_ + new for all_, new in zip(self.arrived, self.stream.checked)]

    def draw(self):
        if self.wall.is_up:
            return self.random.choices(
                ["relay killed", "relay to direct", "address change"], [45, 40, 15])[0]
        return self.random.choices(["direct to relay", "address change"], [65, 35])[0]

    def change(self):
        """One change, of which the stalls or what is missed tell afterwards."""
        kind = self.draw()
        before = self.carrier()
        if kind == "relay killed" and not self.wait_for_another_place(before):
            kind = "relay to direct"
        start = time.monotonic()
        what, after = self.act(kind, before)
        wanted = "relayed" if self.wall.is_up else "direct"
        found = self.wait_for(wanted, before)
        if after:
            after()
        took = time.monotonic() - start
        if self.stream.has_ended:
            self.resets += 1
            print(f"FAILED  the stream ended: {what}: {self.stream.why()}", flush=True)
            self.count_stream()
            self.start_stream()
            return
        stall = self.stream.take_longest()
        if found:
            self.missed.append(what)
            print(f"FAILED  {what}: {found}", flush=True)
        else:
            self.stalls[kind].append(stall)
        if stall >= STALL or self.tells_all:
            at = time.strftime("%H:%M:%S", time.gmtime(time.time() - took))
            print(f"        {at} {what}: stood still for {stall:.0f} ms, took {took:.1f} s",
                  flush=True)

    def act(self, kind, before):
        """What was done, in words, and what to do once the change has happened."""
        if kind == "direct to relay":
            how = self.random.choice(list(self.wall.RULES))
            self.wall.up(how)
            return f"{kind}, {how}", None
        if kind == "relay to direct":
            self.wall.down()
            return kind, None
        if kind == "relay killed":
            victim = self.relay_of(before)
            victim.process.kill()
            victim.process.wait()
            return f"{kind}, {victim.name}", lambda: self.start_again(victim)
        return f"{kind}, {self.change_address()}", None

    def start_again(self, relay):
        relay.start()
        self.started[relay.id] = time.monotonic()

    def change_address(self):
        who = self.random.choice(["hub", "roamer", "router"])
        if who == "roamer":
            self.roamer.host.change_inside()
        else:
            node = self.hub if who == "hub" else self.roamer
            old, new = self.places[node]
            node.host.change_address(new)
            self.places[node] = [new, old]
        return who

    def wait_for_another_place(self, carrier):
        """Until the death of the relay in use leaves another one to go to."""
        present = self.relay_of(carrier)
        if present is None:
            return False
        deadline = time.monotonic() + READY_TIME
        while time.monotonic() < deadline:
            # What is known of a relay that has just been started is what was known before.
            lasting = {
                relay.id for relay in self.relays
                if relay is not present
                and self.started.get(relay.id, 0) + SETTLE_TIME < time.monotonic()}
            if self.places_held() & lasting:
                return True
            time.sleep(0.1)
        return False

    def wait_for(self, wanted, before):
        """None once all agree that the stream goes over another connection of the kind wanted,
        else what is found instead."""
        deadline = time.monotonic() + HAPPEN_TIME
        found = "nothing"
        while time.monotonic() < deadline and not self.stream.has_ended:
            now = self.carrier()
            found = f"the kernel has {now and now.ends}, {self.kind_of(now)}"
            if now is None or self.kind_of(now) != wanted or before and now.ends == before.ends:
                continue
            paths = self.paths()
            found = f"the nodes tell of {paths}"
            if paths == (wanted, wanted) and self.stream.moves(1):
                return None
        return f"{found} instead of another {wanted} path"

    # What came of it.

    def report(self, wanted, took):
        self.count_stream()
        self.stream.end()
        everything = sorted(stall for stalls in self.stalls.values() for stall in stalls)
        print(f"\n{'':17}changes   stall p50      p99      max", flush=True)
        for kind, stalls in [*self.stalls.items(), ("all", everything)]:
            if stalls:
                shown = "".join(f"{percentile(sorted(stalls), share):6.0f} ms"
                                for share in (0.5, 0.99, 1))
                print(f"{kind:17}{len(stalls):7}   {shown}")
        there, here = (count / 1e6 for count in self.arrived)
        load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
        print(f"{took:.0f} s; {there:.1f} MB checked there and {here:.1f} MB here; "
              f"the load of the machine was {load}\n", flush=True)
        checks = self.checks
        checks.expect(f"{wanted} changes have happened", len(everything) == wanted,
                      f"{len(everything)}" + (f"; not {self.missed[0]}" if self.missed else ""))
        for kind in KINDS:
            least = max(1, wanted // 10)
            checks.expect(f"at least {least} of the kind {kind}",
                          len(self.stalls[kind]) >= least, str(len(self.stalls[kind])))
        checks.expect("no stream was reset", self.resets == 0, str(self.resets))
        checks.expect("no byte was wrong", self.wrong == 0 and min(self.arrived) > 0,
                      f"{self.wrong} of {sum(self.arrived)}")
        p99 = percentile(everything, 0.99)
        checks.expect(f"99 stalls in 100 are below {STALL} ms",
                      p99 is not None and p99 < STALL, f"{p99 or 0:.0f} ms")


def percentile(ordered, share):
    """The least value that so many of them do not exceed."""
    return ordered[max(0, -int(-len(ordered) * share // 1) - 1)] if ordered else None


def settings_of_public():
    # The hub would be the nearest relay of all, to itself alone.
    return ["network.relay=false"]


def prove(lab, program, folder, checks, options):
    count = options.changes or (SHORT if options.short else LONG)
    network = nodes.Network(lab, program, folder, checks, settings_of_public())
    hosts = {"roamer": lab.host(nat="port-restricted")}
    hosts |= {f"relay{number + 1}": lab.host() for number in range(RELAYS)}
    if not network.grow(hosts):
        return
    for node in network.nodes:
        node.id = (node.ask("status") or {}).get("id")
    course = Course(lab, network, checks, options.seed, options.verbose)
    if not course.begin():
        return
    start = time.monotonic()
    for number in range(count):
        course.change()
        if (number + 1) % 100 == 0:
            print(f"        {number + 1} changes, {time.monotonic() - start:.0f} s", flush=True)
    course.report(count, time.monotonic() - start)


def main():
    parser = proof_options(__doc__)
    parser.add_argument("--changes", type=int, help=f"so many; {LONG} otherwise")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--verbose", action="store_true", help="a line for each change")
    return run("the changes of carrier", parser.parse_args(), prove)


if __name__ == "__main__":
    sys.exit(main())
