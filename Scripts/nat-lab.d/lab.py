"""A laboratory of networks on one machine: hosts behind NATs of every kind.

    with Lab() as lab:
        a = lab.host(nat="symmetric", delay=0.025, loss=0.01)
        b = lab.host()                          # public
        print(a.run(["apus", "status"]).stdout)
        server = b.start(["apus", "up"])        # ended with the lab

Everything lives in network namespaces named for this run, which are gone afterwards; nothing
leaves the machine and nothing else on it is touched. The addresses of the "internet" are those
set aside for documentation (RFC 5737). Needs root, iproute2 and nftables: `missing()` says what
is not there.

    lab.py clean    removes what a killed run has left behind
"""

import atexit
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
PREFIX = "apuslab"

# What stands between a host and the internet. RFC 4787 has the terms: the mapping says which
# outside port an inside one gets, the filter who may send to it.
KINDS = {
    "public": "nothing",
    "full-cone": "one outside port for each inside one, open to everybody",
    "address-restricted": "the same, open to hosts that were spoken to",
    "port-restricted": "the same, open to host and port that were spoken to; keeps ports",
    "symmetric": "another, random outside port for each destination",
    "udp-blocked": "port-restricted, and no UDP passes",
    "only-443": "port-restricted, and nothing but TCP to port 443 gets out",
    "double": "port-restricted behind port-restricted",
    "firewall": "no NAT: a public address that answers only what it asked",
}


def missing():
    """Why there can be no laboratory here, in words; None when there can."""
    if os.geteuid() != 0:
        return "network namespaces need root"
    for program, package in (("ip", "iproute2"), ("nft", "nftables")):
        if not shutil.which(program):
            return f"{program} is missing; install {package}"
    probe = f"{PREFIX}-{os.getpid()}-probe"
    made = _try("ip", "netns", "add", probe)
    if made.returncode == 0:
        made = _try("ip", "netns", "exec", probe, "nft", "list", "ruleset")
        _try("ip", "netns", "del", probe)
    if made.returncode:
        return "network namespaces do not work here: " + made.stderr.strip()[:200]
    return None


class LabError(Exception):
    pass


def _try(*words, text=None):
    return subprocess.run(words, input=text, text=True, capture_output=True, check=False)


def _do(*words, text=None):
    done = _try(*words, text=text)
    if done.returncode:
        raise LabError(f"{' '.join(words)}: {done.stderr.strip()[:400]}")
    return done.stdout


class Space:
    """A network namespace."""

    def __init__(self, lab, label):
        self.lab = lab
        self.name = f"{lab.prefix}-{label}"
        _do("ip", "netns", "add", self.name)
        lab.spaces.append(self)
        self.ip("link", "set", "lo", "up")
        for key, value in (
            ("net.ipv4.conf.all.rp_filter", 0),
            ("net.ipv4.conf.default.rp_filter", 0),
            ("net.ipv6.conf.all.disable_ipv6", 1),
            ("net.ipv6.conf.default.disable_ipv6", 1),
        ):
            self.set(key, value)

    def ip(self, *words):
        return _do("ip", "-n", self.name, *words)

    def set(self, key, value):
        _do("ip", "netns", "exec", self.name, "sysctl", "-qw", f"{key}={value}")

    def nft(self, rules):
        _do("ip", "netns", "exec", self.name, "nft", "-f", "-", text=rules)

    def _words(self, words):
        return ["ip", "netns", "exec", self.name, *map(str, words)]

    def run(self, words, timeout=60, **options):
        """Runs a program in this network to its end."""
        options = {"text": True, "capture_output": True, "check": False, **options}
        return subprocess.run(self._words(words), timeout=timeout, **options)

    def start(self, words, **options):
        """Starts a program in this network; it is ended with the laboratory."""
        process = subprocess.Popen(self._words(words), **options)
        self.lab.processes.append(process)
        return process


class Host(Space):
    """A machine. `address` is its own, `outside` what the internet sees."""

    def __init__(self, lab, label):
        super().__init__(lab, label)
        self.address = self.outside = None
        self.nat = "public"
        # The namespace and device of its way to the internet.
        self.uplink = (self, "wan")

    def unplug(self):
        """Cuts the way to the internet; addresses and routes stay."""
        self.lab.core.nft(f'add element ip cut unplugged {{ "{self._far}" }}\n')

    def plug(self):
        self.lab.core.nft(f'delete element ip cut unplugged {{ "{self._far}" }}\n')

    def change_address(self, new=None):
        """Gives the machine, or the router in front of it, another outside address."""
        space, device = self.uplink
        new = new or self.lab.next_outside()
        space.ip("addr", "flush", "dev", device)
        self.lab.wire_up(space, device, self._far, new)
        self.lab.core.ip("route", "del", f"{self.outside}/32")
        if self.nat == "public" or self.nat == "firewall":
            self.address = new
        self.outside = new
        return new

    def change_inside(self):
        """Gives a machine behind a NAT another address in its own network: as if it had left and
        come back."""
        network, last = self.address.rsplit(".", 1)
        self.address = f"{network}.{5 - int(last)}"  # .2 and .3 by turns
        self.ip("addr", "flush", "dev", "eth0")
        self.ip("addr", "add", f"{self.address}/24", "dev", "eth0")
        self.ip("route", "replace", "default", "via", f"{network}.1")


class Wall:
    """Between two machines: what one sends the other is dropped in silence or refused, at will."""

    RULES = {"dropped": "drop", "refused": "reject with tcp reset"}

    def __init__(self, lab, one, other):
        self.lab, self.sides = lab, (one._far, other._far)
        self.is_up = False

    def up(self, how):
        one, other = self.sides
        self.lab.core.nft(f"""
table ip wall {{
 chain forward {{
  type filter hook forward priority -1; policy accept;
  iifname "{one}" oifname "{other}" meta l4proto tcp {self.RULES[how]}
  iifname "{other}" oifname "{one}" meta l4proto tcp {self.RULES[how]}
 }}
}}
""")
        self.is_up = True

    def down(self):
        self.lab.core.nft("delete table ip wall\n")
        self.is_up = False


class Lab:
    def __init__(self):
        reason = missing()
        if reason:
            raise LabError(reason)
        self.prefix = f"{PREFIX}-{os.getpid()}"
        while _try("ip", "netns", "pids", f"{self.prefix}-core").returncode == 0:
            self.prefix += "x"
        self.spaces, self.processes = [], []
        self.count = self.outsides = 0
        self.core = None
        self.folder = None

    def __enter__(self):
        atexit.register(self.close)
        self._old = signal.getsignal(signal.SIGTERM)
        try:
            # Turns into SystemExit, so that the context ends.
            signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
        except ValueError:
            self._old = None  # Not the main thread.
        try:
            self.core = Host(self, "core")
            self.core.address = self.core.outside = "203.0.113.1"
            # Two vantage points; on lo, so that they answer whatever wire is used.
            for address in ("203.0.113.1", "203.0.113.2"):
                self.core.ip("addr", "add", f"{address}/32", "dev", "lo")
            self.core.set("net.ipv4.ip_forward", 1)
            self.core.nft(_CUT)
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        atexit.unregister(self.close)
        if getattr(self, "_old", None) is not None:
            # Told again, it goes on: what is left half done nobody else removes.
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
        for process in self.processes:
            if process.poll() is None:
                process.terminate()
        for process in self.processes:
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        for space in self.spaces:
            _remove(space.name)
        self.processes, self.spaces = [], []
        if self.folder:
            shutil.rmtree(self.folder, ignore_errors=True)
            self.folder = None
        if getattr(self, "_old", None) is not None:
            signal.signal(signal.SIGTERM, self._old)
            self._old = None

    @property
    def internet(self):
        """The middle of it all, as a machine at 203.0.113.1 and 203.0.113.2."""
        return self.core

    def host(self, nat="public", delay=0.0, jitter=0.0, loss=0.0, megabits=0.0, seed=1):
        """A machine behind such a NAT. `delay` and `jitter` are seconds each way; `loss` from 0
        to 1 each way."""
        if nat not in KINDS:
            raise LabError(f"no such NAT: {nat}; there are {', '.join(KINDS)}")
        self.count += 1
        number = self.count
        host = Host(self, f"h{number}")
        host.nat = nat
        host.outside = self.next_outside()
        wire = (delay, jitter, loss, megabits, seed)
        if nat in ("public", "firewall"):
            host.address = host.outside
            self._join_core(host, number, host.outside, wire)
            host.uplink = (host, "wan")
            if nat == "firewall":
                host.nft(_INPUT)
        else:
            host.address = f"192.168.{number}.2"
            router = Space(self, f"r{number}")
            self._join_core(router, number, host.outside, wire)
            host.uplink = (router, "wan")
            inner, inner_nat = router, nat
            if nat == "double":
                second = Space(self, f"s{number}")
                self._lan(router, second, "wan", f"10.{number}.0")
                _route(router, "port-restricted")
                inner, inner_nat = second, "port-restricted"
            self._lan(inner, host, "eth0", f"192.168.{number}")
            _route(inner, inner_nat)
        host._far = f"w{number}"
        return host

    def next_outside(self):
        self.outsides += 1
        if self.outsides > 200:
            raise LabError("the laboratory has no address left")
        return f"203.0.113.{self.outsides + 10}"

    def _lan(self, router, inside, device, network):
        router.ip(
            "link", "add", "lan", "type", "veth", "peer", "name", device, "netns", inside.name)
        router.ip("addr", "add", f"{network}.1/24", "dev", "lan")
        router.ip("link", "set", "lan", "up")
        inside.ip("addr", "add", f"{network}.2/24", "dev", device)
        inside.ip("link", "set", device, "up")
        inside.ip("route", "add", "default", "via", f"{network}.1")

    def _join_core(self, space, number, outside, wire):
        far = f"w{number}"
        if any(wire[:4]):
            self._forwarder(space, far, wire)
        else:
            self.core.ip(
                "link", "add", far, "type", "veth", "peer", "name", "wan", "netns", space.name)
        self.core.ip("link", "set", far, "up")
        self.wire_up(space, "wan", far, outside)

    def wire_up(self, space, device, far, outside):
        # A point-to-point link, whatever it is made of: each end knows one address behind it.
        space.ip("addr", "add", f"{outside}/32", "dev", device)
        space.ip("link", "set", device, "up")
        space.ip("route", "replace", "203.0.113.1/32", "dev", device)
        space.ip("route", "replace", "default", "via", "203.0.113.1", "dev", device)
        self.core.ip("route", "replace", f"{outside}/32", "dev", far)

    def _forwarder(self, space, far, wire):
        delay, jitter, loss, megabits, seed = wire
        words = [self._program(), self.core.name, space.name, far, "wan"]
        words += [delay * 1e3, jitter * 1e3, loss * 100, megabits, seed]
        process = subprocess.Popen(
            list(map(str, words)), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.processes.append(process)
        if process.stdout.readline().strip() != "ready":
            raise LabError("the forwarder did not start")

    def _program(self):
        if not self.folder:
            self.folder = tempfile.mkdtemp(prefix=PREFIX)
            compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
            if not compiler:
                raise LabError("delay and loss need a C compiler; install gcc")
            _do(compiler, "-O2", "-o", f"{self.folder}/forwarder", str(HERE / "forwarder.c"))
        return f"{self.folder}/forwarder"


# A router that answered unsolicited packets itself would spoil punching: an early SYN would meet
# a reset, and an early datagram would stay in its tables as a flow of its own.
_INPUT = """
table ip guard {
 chain input {
  type filter hook input priority 0; policy accept;
  iifname "wan" ct state established,related accept
  iifname "wan" drop
 }
}
"""

_FORWARD_ESTABLISHED = """
table ip pass {
 chain forward {
  type filter hook forward priority 0; policy accept;
  REFUSED
  iifname "wan" ct state established,related accept
  iifname "wan" drop
 }
}
"""

# What is unplugged.
_CUT = """
table ip cut {
 set unplugged {
  type ifname
 }
 chain forward {
  type filter hook forward priority 0; policy accept;
  iifname @unplugged drop
  oifname @unplugged drop
 }
 chain input {
  type filter hook input priority 0; policy accept;
  iifname @unplugged drop
 }
}
"""

_MASQUERADE = """
table ip nat {
 chain before {
  type nat hook prerouting priority -100; policy accept;
 }
 chain after {
  type nat hook postrouting priority 100; policy accept;
  oifname "wan" masquerade HOW
 }
}
"""

def _cone(restricted):
    # The router remembers who has an outside port, for whoever comes to it.
    spoken = (
        'iifname "wan" meta l4proto . ip saddr . th dport @spoken accept'
        if restricted else 'iifname "wan" ct status dnat accept')
    return f"""
table ip nat {{
 map owners {{
  type inet_proto . inet_service : ipv4_addr
  flags dynamic,timeout
  timeout 300s
  size 65536
 }}
 set spoken {{
  type inet_proto . ipv4_addr . inet_service
  flags dynamic,timeout
  timeout 300s
  size 65536
 }}
 chain before {{
  type nat hook prerouting priority -100; policy accept;
  iifname "wan" meta l4proto {{ tcp, udp }} dnat to meta l4proto . th dport map @owners
 }}
 chain after {{
  type nat hook postrouting priority 100; policy accept;
  oifname "wan" masquerade
 }}
 chain forward {{
  type filter hook forward priority 0; policy accept;
  oifname "wan" meta l4proto {{ tcp, udp }} update @owners {{ meta l4proto . th sport : ip saddr }}
  oifname "wan" meta l4proto {{ tcp, udp }} update @spoken {{ meta l4proto . ip daddr . th sport }}
  oifname "wan" accept
  iifname "wan" ct state established,related accept
  {spoken}
  iifname "wan" drop
 }}
}}
"""


def _route(router, nat):
    """Makes a router of this kind out of a namespace with `lan` and `wan`."""
    router.set("net.ipv4.ip_forward", 1)
    refused = {
        "udp-blocked": 'oifname "wan" meta l4proto udp drop',
        "only-443": 'oifname "wan" tcp dport != 443 drop\n  oifname "wan" meta l4proto != tcp drop',
    }.get(nat, "")
    if nat in ("full-cone", "address-restricted"):
        rules = _cone(restricted=nat == "address-restricted")
    else:
        how = "random,fully-random" if nat == "symmetric" else ""
        rules = _MASQUERADE.replace("HOW", how)
        rules += _FORWARD_ESTABLISHED.replace("REFUSED", refused)
    router.nft(_INPUT + rules)


def _remove(name):
    # Whatever still runs in a namespace of ours was started there by us.
    for pid in _try("ip", "netns", "pids", name).stdout.split():
        try:
            os.kill(int(pid), signal.SIGKILL)
        except ProcessLookupError:
            pass
    _try("ip", "netns", "del", name)


def clean():
    """Removes the namespaces of runs that are no more."""
    for line in _try("ip", "netns", "list").stdout.splitlines():
        name = line.split()[0] if line.split() else ""
        parts = name.split("-")
        if parts[0] != PREFIX or len(parts) != 3:
            continue
        pid = parts[1].rstrip("x")
        if pid.isdigit() and not os.path.exists(f"/proc/{pid}"):
            print(f"removing {name}")
            _remove(name)


if __name__ == "__main__":
    if sys.argv[1:] != ["clean"]:
        sys.exit(__doc__)
    clean()
