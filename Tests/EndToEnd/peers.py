"""A node's side of a carrier by hand: keys, TLS with a certificate, hellos, frames of a link."""

import base64
import pathlib
import re
import secrets
import shutil
import ssl
import struct
import subprocess
import tempfile

from support import trusting_context

MAIN, BULK = 1, 2
# Kinds of frames on a carrier.
DATA, END, ACK, ATTACH, GONE, PING, PONG, DETACH, CLOSE = range(1, 10)
REFUSED, VIOLATION, LANE_ENDED, REVOKED, EXPIRED = 3, 4, 5, 6, 7
ED25519 = bytes.fromhex("302e020100300506032b657004220420")


def openssl(*words, text=None):
    return subprocess.run(["openssl", *words], input=text, capture_output=True, check=True).stdout


class Identity:
    """A key with a self-signed certificate, made up or a node's own."""

    def __init__(self, node=None, kind="ed25519"):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="apus-key-"))
        self.key, self.certificate = self.folder / "key.pem", self.folder / "certificate.pem"
        if node:
            seed = re.search(r"^seed ([0-9a-f]{64})$", (node.home / "node.key").read_text(), re.M)
            der = ED25519 + bytes.fromhex(seed[1])
            openssl("pkey", "-inform", "DER", "-out", str(self.key), text=der)
        elif kind == "ed25519":
            openssl("genpkey", "-algorithm", "ed25519", "-out", str(self.key))
        else:
            openssl("genpkey", "-algorithm", "EC", "-pkeyopt", f"ec_paramgen_curve:{kind}", "-out",
                    str(self.key))
        openssl("req", "-x509", "-key", str(self.key), "-out", str(self.certificate), "-subj",
                "/CN=x", "-days", "2")

    def remove(self):
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def context(self):
        context = trusting_context()
        context.load_cert_chain(self.certificate, self.key)
        return context

    def dial(self, node, timeout=10.0):
        return node.connect_tls(["apus/1"], timeout, self.context)


def field(number, value):
    """Of a protobuf message: a number, or bytes."""
    if isinstance(value, int):
        return bytes([number << 3]) + varint(value)
    return bytes([number << 3 | 2]) + varint(len(value)) + value


def varint(value):
    out = bytearray()
    while value >= 128:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes(out) + bytes([value])


def hello(certificate=b"", purpose=MAIN, boot=1, lane=1 << 20, more=b"", version=b"test"):
    body = (field(1, certificate) + field(2, version) + b"\x19" + struct.pack("<Q", boot)
            + field(4, purpose) + field(8, lane) + more)
    return counted(body)


def counted(body, length=None):
    return struct.pack(">I", len(body) if length is None else length) + body


def read_exactly(stream, count):
    data = b""
    while len(data) < count:
        piece = stream.recv(count - len(data))
        if not piece:
            raise ConnectionError("the connection ended")
        data += piece
    return data


def certificate_of(node):
    """The membership certificate that a node shows whoever dials it."""
    identity = Identity()
    try:
        with identity.dial(node) as stream:
            stream.sendall(hello(purpose=BULK))
            body = read_exactly(stream, struct.unpack(">I", read_exactly(stream, 4))[0])
    finally:
        identity.remove()
    assert body[0] == 0x0A, "the certificate comes first"
    size, at, shift = 0, 1, 0
    while True:
        size |= (body[at] & 127) << shift
        at, shift = at + 1, shift + 7
        if body[at - 1] < 128:
            return body[at:at + size]


def link_frame(kind, lane=0, payload=b"", number=0, length=None):
    size = len(payload) if length is None else length
    return struct.pack(">BBHQ", kind, lane, size, number) + payload


def attach(epoch, link, is_new, received=0):
    """As LinkFrame.Attach: the epoch is the frame's number."""
    return link_frame(
        ATTACH, 1 if is_new else 0, struct.pack(">QQQ", link, received, received), epoch)


def next_frame(stream):
    """Kind, lane, payload and number."""
    kind, lane, size, number = struct.unpack(">BBHQ", read_exactly(stream, 12))
    return kind, lane, read_exactly(stream, size), number


def wait_for(stream, kind):
    while (found := next_frame(stream))[0] != kind:
        if found[0] in (DETACH, CLOSE):
            raise ConnectionError(f"the carrier ended: {found}")
    return found


def key_of(identifier):
    return base64.b32decode(identifier.upper() + "=" * (-len(identifier) % 8))


def attached(stream, own, peer, certificate):
    """Makes a fresh carrier the one of a fresh link; returns the epoch and the link's number.
    The smaller of the two nodes decides."""
    greet(stream, hello(certificate, boot=secrets.randbits(60)))
    if key_of(own) < key_of(peer):
        epoch, link = 1, secrets.randbits(40)
        stream.sendall(attach(epoch, link, True))
        wait_for(stream, ATTACH)
    else:
        _, _, payload, epoch = wait_for(stream, ATTACH)
        link = struct.unpack(">Q", payload[:8])[0]
        stream.sendall(attach(epoch, link, False))
    return epoch, link


def last_frame(stream):
    """The last one before the end."""
    found = None
    try:
        while True:
            found = next_frame(stream)
    except (ssl.SSLError, ConnectionError):
        return found


def greet(stream, own):
    """Sends a hello and takes the other side's, which comes first whatever was sent."""
    stream.sendall(own)
    return read_exactly(stream, struct.unpack(">I", read_exactly(stream, 4))[0])


def rest(stream, limit=1 << 22):
    """What comes until the end; the end may be as abrupt as it likes."""
    data = b""
    try:
        while len(data) < limit and (piece := stream.recv(1 << 16)):
            data += piece
    except (ssl.SSLError, ConnectionError):
        pass
    return data
