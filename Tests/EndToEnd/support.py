"""Nodes of their own for the tests: each in a fresh folder, on a free port, ended by id."""

import functools
import json
import os
import pathlib
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("APUS_PROGRAM") or str(ROOT / ".build/debug/apus")
TICKS = os.sysconf("SC_CLK_TCK")
# The proofs at full size: `make prove-files`, `Scripts/test e2e --long --filter NAME`.
IS_LONG = os.environ.get("APUS_TESTS_LONG") == "1"


def figure(name, value):
    """What was measured; the ring prints it."""
    print(f"figure {name}: {value}", flush=True)


def environment(home, **more):
    """This process's, without what would change a node's settings."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("APUS_")}
    return {**kept, "APUS_HOME": str(home), "LC_ALL": "C.UTF-8", **more}


def run(home, *words, timeout=60, more=None, **settings):
    """One command of the program, to its end."""
    return subprocess.run(
        [PROGRAM, *words], env=environment(home, **(more or {})), stdin=subprocess.DEVNULL,
        capture_output=True, text=True, timeout=timeout, check=False, **settings)


def until(condition, seconds=10.0, pause=0.01):
    """Waits for a condition to hold; says whether it did in time."""
    deadline = time.monotonic() + seconds
    while True:
        if condition():
            return True
        if time.monotonic() > deadline:
            return False
        time.sleep(pause)


def end(process):
    """Ends a process of ours, whatever state it is in."""
    if process.poll() is None:
        process.kill()
    process.wait()
    for stream in (process.stdin, process.stdout, process.stderr):
        if stream:
            stream.close()


class Node:
    """A node in the foreground. `with Node(...) as node:` gives it once it serves."""

    def __init__(self, *words, home=None, wrapper=(), more=None, ready=30):
        self.owns_home = home is None
        # Short: a socket's path has at most 107 bytes.
        self.home = pathlib.Path(home or tempfile.mkdtemp(prefix="apus-"))
        self.log = self.home / "errors"
        self.process = None
        try:
            with open(self.log, "ab") as errors:
                self.process = subprocess.Popen(
                    [*wrapper, PROGRAM, "up", "--json", "--listen", "127.0.0.1:0", *words],
                    env=environment(self.home, **(more or {})), stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE, stderr=errors)
            self.said = self._first_line(ready)
        except BaseException:
            self.close()
            raise
        self.id, self.pid = self.said["id"], self.said["pid"]
        self.port = int(self.said["listen"][0].rpartition(":")[2])
        self.target = f"127.0.0.1:{self.port}"
        self.socket_path = str(self.home / "apus.sock")

    def _first_line(self, seconds):
        os.set_blocking(self.process.stdout.fileno(), False)
        line = b""

        def complete():
            nonlocal line
            line += self.process.stdout.read() or b""
            return b"\n" in line or self.process.poll() is not None

        if not until(complete, seconds) or b"\n" not in line:
            raise AssertionError(f"the node did not serve: {self.errors()}")
        return json.loads(line)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        if self.process:
            end(self.process)
        if self.owns_home:
            shutil.rmtree(self.home, ignore_errors=True)

    def errors(self):
        return self.log.read_text(errors="replace")

    def run(self, *words, **settings):
        return run(self.home, *words, **settings)

    def json(self, *words):
        return self.json_of(0, *words)

    def json_of(self, code, *words):
        """What a command says that ends with this code."""
        result = self.run(*words, "--json")
        if result.returncode != code:
            raise AssertionError(f"{words} ended with {result.returncode}: {result.stderr}")
        return json.loads(result.stdout)

    def stop(self, timeout=40):
        """Asks it to end as a supervisor does; returns its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout)

    @property
    def is_running(self):
        return self.process.poll() is None

    # What the kernel knows of it.

    def processor_ticks(self):
        fields = pathlib.Path(f"/proc/{self.pid}/stat").read_text().rpartition(") ")[2].split()
        return int(fields[11]) + int(fields[12])

    def resident_bytes(self):
        for line in pathlib.Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
        raise AssertionError("no VmRSS")

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.pid}/fd"))

    # Plain clients.

    def metric(self, name):
        """A figure of its metrics, 0 when there is none of this name."""
        with self.connect() as stream:
            stream.sendall(
                b"GET /metrics HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")
            answer = b""
            while piece := stream.recv(1 << 16):
                answer += piece
        lines = [line for line in answer.decode().splitlines() if line.startswith(name + " ")]
        return int(float(lines[0].split()[1])) if lines else 0

    def connect(self, timeout=10.0):
        stream = socket.create_connection(("127.0.0.1", self.port), timeout=timeout)
        stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return stream

    def connect_tls(self, protocols=(), timeout=10.0, context=None):
        context = context or trusting_context()
        if protocols:
            context.set_alpn_protocols(list(protocols))
        stream = self.connect(timeout)
        try:
            return context.wrap_socket(stream, server_hostname="localhost")
        except BaseException:
            stream.close()
            raise

    def certificate(self):
        """As PEM text: what a stranger sees."""
        with self.connect_tls() as stream:
            return ssl.DER_cert_to_PEM_cert(stream.getpeercert(binary_form=True))

    def healthz(self, timeout=5.0):
        """The body of /healthz, asked as plainly as can be on a fresh connection."""
        with self.connect(timeout) as stream:
            stream.sendall(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")
            answer = drain(stream)
        if not answer.startswith(b"HTTP/1.1 200 "):
            raise AssertionError(f"/healthz says {answer[:200]!r}")
        return answer.partition(b"\r\n\r\n")[2]


def trusting_context():
    """TLS that asks for nobody's signature: the tests are about the protocol."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def drain(stream, limit=1 << 24):
    """Everything up to the end of the connection."""
    answer = bytearray()
    while len(answer) < limit:
        try:
            piece = stream.recv(1 << 16)
        except ConnectionResetError:
            break
        if not piece:
            break
        answer += piece
    return bytes(answer)


def framed(message):
    """One gRPC message with its prefix."""
    return b"\0" + len(message).to_bytes(4, "big") + message


@functools.cache
def stubs():
    """Stock messages and stubs made from proto/ now; removed when the tests end."""
    import atexit
    import importlib
    import sys
    import types

    from grpc_tools import protoc

    folder = tempfile.mkdtemp(prefix="apus-stubs-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    names = ["apus/options", "apus/probe/v1/probe", "apus/node/v1/node", "apus/boxes/v1/boxes",
             "apus/files/v1/files", "apus/files/v1/zonefiles", "google/rpc/status"]
    status = protoc.main([
        "protoc", f"-I{ROOT / 'proto'}", f"-I{pathlib.Path(protoc.__file__).parent / '_proto'}",
        f"--python_out={folder}", f"--grpc_python_out={folder}",
        *[f"{name}.proto" for name in names]])
    if status:
        raise AssertionError(f"protoc ended with {status}")
    sys.path.append(folder)
    made = types.SimpleNamespace()
    made.probe = importlib.import_module("apus.probe.v1.probe_pb2")
    made.probe_calls = importlib.import_module("apus.probe.v1.probe_pb2_grpc")
    made.node = importlib.import_module("apus.node.v1.node_pb2")
    made.node_calls = importlib.import_module("apus.node.v1.node_pb2_grpc")
    made.boxes = importlib.import_module("apus.boxes.v1.boxes_pb2")
    made.box_calls = importlib.import_module("apus.boxes.v1.boxes_pb2_grpc")
    made.files = importlib.import_module("apus.files.v1.files_pb2")
    made.file_calls = importlib.import_module("apus.files.v1.files_pb2_grpc")
    made.zones = importlib.import_module("apus.files.v1.zonefiles_pb2")
    made.zone_calls = importlib.import_module("apus.files.v1.zonefiles_pb2_grpc")
    try:
        made.status = importlib.import_module("google.rpc.status_pb2")
    except ImportError:
        made.status = None  # Another package holds the name `google` and has no such part.
    return made
