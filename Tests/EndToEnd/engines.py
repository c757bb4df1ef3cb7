"""A container engine of the tests' own, beside whatever the machine has: started here, with all it
keeps in a folder of its own, and gone afterwards."""

import hashlib
import http.client
import io
import json
import os
import pathlib
import shutil
import socket
import subprocess
import tarfile
import tempfile
import urllib.parse

from support import ROOT, end, until

# Where `Scripts/setup --tests` unpacks engines.
UNPACKED = ROOT / ".build/engines"
SEARCH = [f"{UNPACKED}/usr/sbin", f"{UNPACKED}/usr/bin", f"{UNPACKED}/bin", "/usr/local/bin",
          "/usr/sbin", "/usr/bin", "/sbin", "/bin"]
NAMES = ("sh cat echo sleep true false ls id head tail dd mkdir env wc yes touch rm grep nproc "
         "find date").split()
NEEDED = {"docker": ["dockerd", "containerd", "runc"], "podman": ["podman", "conmon", "runc"]}


def program(name):
    return shutil.which(name, path=":".join(SEARCH))


def absence(kind):
    """Why an engine cannot run here; None when it can, as far as one sees."""
    if os.geteuid() != 0:
        return f"only root starts {kind} here"
    missing = [name for name in NEEDED[kind] + ["busybox"] if not program(name)]
    return f"there is no {', '.join(missing)}: run Scripts/setup --tests" if missing else None


class Answer(http.client.HTTPConnection):
    """HTTP over a socket in the file system."""

    def __init__(self, path):
        super().__init__("localhost", timeout=60)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


def root():
    """A tar of a root with busybox."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for folder in ("bin", "in", "work", "tmp", "etc"):
            entry = tarfile.TarInfo(folder)
            entry.type, entry.mode = tarfile.DIRTYPE, 0o755
            tar.addfile(entry)
        tar.add(program("busybox"), "bin/busybox")
        for name in NAMES:
            entry = tarfile.TarInfo(f"bin/{name}")
            entry.type, entry.linkname = tarfile.SYMTYPE, "busybox"
            tar.addfile(entry)
    return out.getvalue()


class Engine:
    """Docker or Podman. `with Engine("docker") as engine:` gives it once it answers."""

    image = "apus-test:busybox"

    def __init__(self, kind):
        self.kind = kind
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="apus-engine-"))
        self.socket = str(self.folder / "socket")
        self.process = None

    def __enter__(self):
        variables = {"PATH": ":".join(SEARCH), "LD_LIBRARY_PATH": f"{UNPACKED}/usr/lib",
                     "HOME": str(self.folder)}
        words = self._docker() if self.kind == "docker" else self._podman(variables)
        with open(self.folder / "log", "wb") as log:
            self.process = subprocess.Popen(
                words, env=variables, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        try:
            if not until(self._answers, 60, 0.05):
                raise AssertionError(f"{self.kind} does not start: {self.log()[-2000:]}")
            name = urllib.parse.urlencode(
                {"fromSrc": "-", "repo": self.image.split(":")[0], "tag": "busybox"}
                if self.kind == "docker" else {"fromSrc": "-", "repo": self.image})
            self.ask("POST", f"/images/create?{name}", root())
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        if self.process:
            if self.process.poll() is None:
                self.clear()
            self.process.terminate()
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                pass
            end(self.process)
        for line in reversed(pathlib.Path("/proc/self/mounts").read_text().splitlines()):
            place = line.split(" ")[1]
            if place.startswith(str(self.folder)):
                subprocess.run(["umount", "-l", place], check=False, capture_output=True)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _docker(self):
        return [program("dockerd"), "--bridge=none", "--iptables=false", "--ip6tables=false",
                "--userland-proxy=false", f"--data-root={self.folder}/data",
                f"--exec-root={self.folder}/exec", f"--pidfile={self.folder}/pid",
                f"--host=unix://{self.socket}"]

    def _podman(self, variables):
        kept = ", ".join(f'"{key}={value}"' for key, value in variables.items())
        (self.folder / "conf").write_text(f"""
[containers]
default_ulimits = ["nofile=1024:1024", "nproc=4096:4096"]
[engine]
conmon_env_vars = [{kept}]
conmon_path = ["{program('conmon')}"]
runtime = "runc"
events_logger = "file"
exit_command_delay = 1
[engine.runtimes]
runc = ["{program('runc')}"]
""")
        home = self.folder / ".config/containers"
        home.mkdir(parents=True)
        (home / "policy.json").write_text('{"default":[{"type":"insecureAcceptAnything"}]}')
        variables["CONTAINERS_CONF"] = str(self.folder / "conf")
        return [program("podman"), f"--root={self.folder}/root", f"--runroot={self.folder}/run",
                f"--tmpdir={self.folder}/tmp", "--storage-driver=vfs", "--cgroup-manager=cgroupfs",
                "system", "service", "--time=0", f"unix://{self.socket}"]

    def _answers(self):
        if self.process.poll() is not None:
            raise AssertionError(f"{self.kind} ended: {self.log()[-2000:]}")
        try:
            return self.ask("GET", "/version") is not None
        except OSError:
            return False

    def log(self):
        return (self.folder / "log").read_text(errors="replace")

    # What it has.

    def ask(self, method, path, body=None):
        """The JSON of its answer; None where that is none."""
        connection = Answer(self.socket)
        try:
            headers = {"content-type": "application/x-tar"} if body else {}
            connection.request(method, f"/v1.41{path}", body, headers)
            answer = connection.getresponse()
            text = answer.read()
        finally:
            connection.close()
        if answer.status >= 400:
            raise AssertionError(f"{method} {path}: {answer.status} {text[:500]!r}")
        try:
            return json.loads(text)
        except ValueError:
            return None

    def containers(self):
        return self.ask("GET", "/containers/json?all=true")

    def clear(self):
        for one in self.containers():
            try:
                self.ask("DELETE", f"/containers/{one['Id']}?force=true")
            except AssertionError:
                pass  # It went by itself meanwhile.


def saved():
    """An image as `docker save` writes it."""
    layer = root()
    digest = hashlib.sha256(layer).hexdigest()
    config = json.dumps({
        "architecture": "amd64", "os": "linux", "config": {"Cmd": ["echo", "from the tar"]},
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{digest}"]}}).encode()
    manifest = json.dumps(
        [{"Config": "config.json", "RepoTags": ["evil:latest"], "Layers": ["layer.tar"]}])
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for name, data in (("layer.tar", layer), ("config.json", config),
                           ("manifest.json", manifest.encode())):
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))
    return out.getvalue()

