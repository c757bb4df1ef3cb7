"""Files of real nodes: adding, finding, fetching, keeping, sharing and checking them."""

import filecmp
import hashlib
import io
import json
import os
import pathlib
import shutil
import subprocess
import tarfile
import tempfile
import urllib.parse

import grpc

from mesh import MeshCase
from support import PROGRAM, environment, stubs, until

CHUNK = 1 << 20


def drawn(size, seed=1):
    """Bytes that a seed repeats and nothing packs."""
    blocks = (hashlib.sha256(f"{seed}:{number}".encode()).digest()
              for number in range((size + 31) // 32))
    return b"".join(blocks)[:size]


def curl(*words, data=None):
    """Body, and the status as text."""
    result = subprocess.run(
        ["curl", "-sk", "--max-time", "30", "-w", "\n%{http_code}", *words], input=data,
        capture_output=True, timeout=60, check=False)
    body, _, status = result.stdout.rpartition(b"\n")
    return body, status.decode()


def fetch_bytes(node, *words):
    result = subprocess.run(
        [PROGRAM, "files", "get", *words, "--to", "-"], env=environment(node.home),
        capture_output=True, timeout=120, check=False)
    assert result.returncode == 0, result.stderr
    return result.stdout


def share(node, name, *words):
    return node.json("files", "share", name, *words)


class FilesCase(MeshCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="apus-files-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def write(self, name, data):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return path

    def add(self, node, path, *words):
        return node.json("files", "add", str(path), *words)


class OneNode(FilesCase):
    @classmethod
    def setUpClass(cls):
        cls.node = cls.start_for_all("desk")

    def test_files_of_every_size_come_back_as_they_were(self):
        for size in (0, 1, 65_536, 65_537, CHUNK - 1, CHUNK, CHUNK + 1, 5 * CHUNK + 17):
            path = self.write(f"size-{size}", drawn(size, size))
            added = self.add(self.node, path)
            self.assertEqual((added["size"], added["isHere"]), (size, True))
            back = self.folder / "back"
            self.node.json("files", "get", path.name, "--to", str(back), "--overwrite")
            self.assertTrue(filecmp.cmp(path, back, shallow=False), size)

    def test_what_is_sparse_takes_no_room_and_stays_sparse(self):
        path = self.folder / "sparse"
        with open(path, "wb") as file:
            file.truncate(5 << 30)
            file.seek(3 << 30)
            file.write(b"in the middle")
        before = self.node.json("files", "usage")["bytes"]
        self.add(self.node, path)
        self.assertLess(self.node.json("files", "usage")["bytes"] - before, 4 * CHUNK)
        back = self.folder / "back"
        self.node.json("files", "get", "sparse", "--to", str(back))
        self.assertEqual(back.stat().st_size, 5 << 30)
        self.assertLess(back.stat().st_blocks * 512, 4 * CHUNK)
        with open(back, "rb") as file:
            file.seek((3 << 30) - 2)
            self.assertEqual(file.read(17), b"\0\0in the middle\0\0")

    def test_a_folder_keeps_names_modes_and_links(self):
        tree = self.folder / "tree"
        self.write("tree/run.sh", b"#!/bin/sh\n").chmod(0o750)
        self.write("tree/sub/ü — 名前 \U0001F600", b"unicode")
        self.write("tree/sub/-rf *;$(x)'\"", b"hostile")
        (tree / "empty").mkdir()
        (tree / "sub" / "link").symlink_to("../run.sh")
        self.add(self.node, tree, "--name", "tree-1")
        listed = {entry["path"]: entry for entry in self.node.json("files", "ls", "tree-1")}
        self.assertEqual(listed["run.sh"]["mode"], "750")
        self.assertEqual(listed["sub/link"]["target"], "../run.sh")
        back = self.folder / "back"
        self.node.json("files", "get", "tree-1", "--to", str(back))
        same = subprocess.run(["diff", "-r", "--no-dereference", str(tree), str(back)],
                              capture_output=True, check=False)
        self.assertEqual(same.returncode, 0, same.stdout)
        self.assertEqual((back / "run.sh").stat().st_mode & 0o777, 0o750)
        self.assertEqual(
            fetch_bytes(self.node, "tree-1", "--part", "sub/-rf *;$(x)'\""), b"hostile")

    def test_what_leads_out_of_a_folder_is_refused(self):
        tree = self.folder / "out"
        tree.mkdir()
        (tree / "passwords").symlink_to("/etc/passwd")
        self.assert_ends(self.node.run("files", "add", str(tree)), 4, "passwords")
        (tree / "passwords").unlink()
        os.mkfifo(tree / "pipe")
        self.assert_ends(self.node.run("files", "add", str(tree)), 4, "pipe")
        self.assert_ends(self.node.run("files", "add", "/dev/null"), 4, "device")
        self.assert_ends(self.node.run("files", "add", str(self.folder / "none")), 5, "nothing")

    def test_nothing_that_is_there_is_overwritten_unasked(self):
        path = self.write("twice", b"first")
        self.add(self.node, path)
        self.assert_ends(self.node.run("files", "add", str(path)), 4, "--replace")
        path.write_bytes(b"second")
        again = self.add(self.node, path, "--replace")
        self.assertEqual(again["version"], 2)
        self.assert_ends(
            self.node.run("files", "get", "twice", "--to", str(path)), 4, "already")
        other = self.write("other", b"keep me")
        self.node.json("files", "get", "twice", "--to", str(other), "--overwrite")
        self.assertEqual(other.read_bytes(), b"second")

    def test_a_path_that_ends_in_a_slash_is_a_folder(self):
        path = self.write("small", b"small")
        self.add(self.node, path)
        for _ in range(2):
            got = self.node.json(
                "files", "get", "small", "--to", f"{self.folder}/new/er/", "--overwrite")
            self.assertEqual(got["path"], str(self.folder / "new/er/small"))
            self.assertEqual((self.folder / "new/er/small").read_bytes(), b"small")
        self.assertNotEqual(
            self.node.run("files", "get", "small", "--to", f"{path}/").returncode, 0)
        self.assertEqual(path.read_bytes(), b"small")

    def test_standard_input_comes_in_and_goes_out(self):
        data = drawn(2 * CHUNK + 5, 9)
        result = subprocess.run(
            [PROGRAM, "files", "add", "-", "--name", "piped", "--json"], input=data,
            env=environment(self.node.home), capture_output=True, timeout=60, check=False)
        self.assertEqual((result.returncode, result.stderr), (0, b""))
        self.assertEqual(json.loads(result.stdout)["size"], len(data))
        self.assertEqual(fetch_bytes(self.node, "piped"), data)

    def test_equal_bytes_are_kept_once(self):
        data = drawn(3 * CHUNK, 4)
        first = self.add(self.node, self.write("once", data))
        before = self.node.json("files", "usage")["bytes"]
        second = self.add(self.node, self.write("again", data))
        self.assertEqual(first["blob"], second["blob"])
        self.assertEqual(self.node.json("files", "usage")["bytes"], before)
        self.node.json("files", "rm", "once")
        self.assertEqual(fetch_bytes(self.node, "again"), data)

    def test_a_file_is_found_by_all_that_is_known_of_it(self):
        path = self.write("Holiday film 2026.mkv", drawn(3_000, 5))
        added = self.add(self.node, path, "--tag", "sea", "--tag", "family")
        self.assertEqual((added["type"], added["tags"]), ("video/x-matroska", ["family", "sea"]))
        fitting = (["holiday"], ["film", "2026"], ["--name", "holiday FILM 2026.mkv"],
                   ["--prefix", "hol"], ["--tag", "sea", "--larger", "2KiB"],
                   ["--type", "video/x-matroska"], ["--type", "video", "--smaller", "3000"],
                   ["--owner", "desk", "--tag", "family"])
        for words in fitting:
            found = self.node.json("files", "find", *words)
            self.assertEqual([one["id"] for one in found], [added["id"]], words)
        for words in (["winter"], ["holiday", "--larger", "1MiB"], ["--prefix", "hom"],
                      ["--tag", "sea", "--tag", "work"]):
            self.assertEqual(self.node.json_of(5, "files", "find", *words), [], words)
        self.assert_ends(self.node.run("files", "find"), 2, "what to look for")

    def test_a_file_is_named_by_the_beginning_of_its_id(self):
        added = self.add(self.node, self.write("by-id", b"id"))
        for text in (added["id"], added["id"][:10], "desk/by-id"):
            self.assertEqual(self.node.json("files", "show", text)["name"], "by-id")
        self.assert_ends(self.node.run("files", "show", "nobody-has-this"), 5, "no file")

    def test_what_is_removed_is_gone(self):
        self.add(self.node, self.write("gone", drawn(CHUNK, 6)))
        before = self.node.json("files", "usage")["bytes"]
        self.node.json("files", "rm", "gone")
        self.assertEqual(self.node.json("files", "usage")["bytes"], before - CHUNK)
        self.assert_ends(self.node.run("files", "get", "gone"), 5)
        self.assert_ends(self.node.run("files", "rm", "gone"), 5)

    def test_damage_on_the_disk_is_found_and_never_given(self):
        node = self.start("rotten")
        self.add(node, self.write("rotten", drawn(2 * CHUNK, 7)))
        self.assertEqual(node.json("files", "verify")["damages"], [])
        pack = next(pathlib.Path(node.home, "blobs").iterdir())
        with open(pack, "r+b") as file:
            file.seek(CHUNK + 5)
            file.write(b"rot")
        report = node.json_of(1, "files", "verify")
        self.assertEqual([(one["chunk"], one["files"]) for one in report["damages"]],
                         [(1, ["rotten"])])
        result = node.run("files", "get", "rotten", "--to", str(self.folder / "never"))
        self.assertNotEqual(result.returncode, 0)
        self.assertFalse((self.folder / "never").exists())


class Links(FilesCase):
    @classmethod
    def setUpClass(cls):
        cls.node = cls.start_for_all("desk")

    def test_a_link_is_read_in_a_browser_as_nothing_that_runs(self):
        page = self.write("page.html", b"<script>alert(1)</script>")
        self.add(self.node, page)
        address = share(self.node, "page.html")["addresses"][0]
        head, status = curl("-D", "-", "-o", os.devnull, address)
        self.assertEqual(status, "200")
        head = head.decode().lower()
        for line in ("content-security-policy: sandbox; default-src 'none'",
                     "x-content-type-options: nosniff",
                     "cross-origin-resource-policy: same-origin", "referrer-policy: no-referrer",
                     "content-type: application/octet-stream"):
            self.assertIn(line, head)
        self.assertIn("content-disposition: attachment; filename=\"page.html\"", head)
        self.assertEqual(curl(address), (b"<script>alert(1)</script>", "200"))

    def test_a_link_to_a_folder_gives_an_archive(self):
        top = self.folder / "album"
        (top / "2026" / ("long" * 40)).mkdir(parents=True)
        files = {"one.txt": b"one", "2026/two.bin": drawn(CHUNK + 5, 3), "2026/empty": b"",
                 "2026/" + "long" * 40 + "/\u00fc.txt": b"deep"}
        for name, data in files.items():
            (top / name).write_bytes(data)
        (top / "link").symlink_to("2026/two.bin")
        self.add(self.node, top)
        address = share(self.node, "album")["addresses"][0]
        self.assertIn("/album.tar", address)
        body, status = curl(address)
        self.assertEqual(status, "200")
        with tarfile.open(fileobj=io.BytesIO(body)) as archive:
            self.assertEqual(archive.getmember("album/link").linkname, "2026/two.bin")
            for name, data in files.items():
                self.assertEqual(archive.extractfile("album/" + name).read(), data)
            self.assertEqual(len(archive.getmembers()), len(files) + 4)
        head, status = curl("-I", address)
        self.assertEqual(status, "200")
        self.assertIn(f"content-length: {len(body)}", head.decode().lower())
        self.assertIn("content-type: application/x-tar", head.decode().lower())

    def test_a_link_gives_parts_and_takes_conditions(self):
        data = drawn(3 * CHUNK + 11, 8)
        self.add(self.node, self.write("parts.bin", data))
        address = share(self.node, "parts.bin")["addresses"][0]
        for words, part in (("0-0", data[:1]), ("1048570-1048590", data[1048570:1048591]),
                            ("-7", data[-7:]), ("3145728-", data[3145728:])):
            self.assertEqual(curl("-r", words, address), (part, "206"))
        self.assertEqual(curl("-r", "9999999-", address)[1], "416")
        tag = self.node.json("files", "show", "parts.bin")["blob"]
        self.assertEqual(curl("-H", f'If-None-Match: "{tag}"', address), (b"", "304"))
        self.assertEqual(curl("-H", 'If-Match: "other"', address)[1], "412")

    def test_a_link_ends_when_its_owner_says_so(self):
        self.add(self.node, self.write("ends", b"for a while"))
        made = share(self.node, "ends", "--uses", "5", "--expires", "1h")
        address = made["addresses"][0]
        self.assertEqual(curl(address)[1], "200")
        self.assertEqual([(one["id"], one["used"], one["uses"])
                          for one in self.node.json("files", "links", "ends")],
                         [(made["id"], 1, 5)])
        self.node.json("files", "unshare", address)
        self.assertEqual(curl(address)[1], "404")
        self.assert_ends(self.node.run("files", "unshare", made["id"]), 5)
        other = share(self.node, "ends")["addresses"][0]
        self.node.json("files", "rm", "ends")
        self.assertEqual(curl(other)[1], "404")

    def test_a_link_that_was_used_up_leads_nowhere_from_elsewhere(self):
        self.add(self.node, self.write("used", b"only once"))
        address = share(self.node, "used", "--uses", "1")["addresses"][0]
        self.assertEqual(curl(address), (b"only once", "200"))
        # The same reader goes on; one at another address is a second use.
        self.assertEqual(curl(address)[1], "200")
        self.assertEqual(curl("--interface", "127.0.0.9", address)[1], "404")

    def test_a_secret_that_nobody_made_leads_nowhere(self):
        self.add(self.node, self.write("secret", b"x"))
        address = urllib.parse.urlsplit(share(self.node, "secret")["addresses"][0])
        secret = address.path.split("/")[2]
        base = f"https://{address.netloc}/s/"
        for wrong in (secret[:-1], secret[:-1] + ("a" if secret[-1] != "a" else "b"), "x" * 4000,
                      "%20"):
            self.assertEqual(curl(base + wrong)[1], "404", wrong[:60])

    def test_knowing_an_id_grants_nothing(self):
        blob = self.add(self.node, self.write("mine", b"mine"))["blob"]
        base = f"https://{self.node.target}"
        for words in (["/blobs/" + blob], ["-X", "PUT", "-d", "x", "/blobs/" + blob],
                      ["-d", "x", "/blobs"]):
            body, status = curl(*words[:-1], base + words[-1])
            self.assertIn(status, ("404", "403"), words)
            self.assertNotIn(b"mine", body)
        self.assertEqual(curl(base + "/blobs/" + "0" * 64)[1], "404")

    def test_the_owner_reads_and_writes_over_the_socket(self):
        socket = ["--unix-socket", os.path.join(self.node.home, "apus.sock")]
        data = drawn(CHUNK + 3, 11)
        path = self.write("body", data)
        body, status = curl(*socket, "-X", "POST", "--data-binary", f"@{path}",
                            "http://localhost/blobs?name=by-curl.bin")
        self.assertEqual(status, "201", body)
        blob = json.loads(body)["id"]
        self.assertEqual(self.node.json("files", "show", "by-curl.bin")["blob"], blob)
        self.assertEqual(curl(*socket, f"http://localhost/blobs/{blob}"), (data, "200"))


class ByCalls(FilesCase):
    """What programs do over gRPC."""

    def test_an_upload_that_breaks_goes_on_where_it_stopped(self):
        node = self.start("desk")
        messages, data = stubs().files, drawn(3 * CHUNK + 77)
        with grpc.insecure_channel(f"unix:{node.home}/apus.sock") as channel:
            calls = stubs().file_calls.FilesStub(channel)
            begun = calls.BeginUpload(messages.BeginUploadRequest(size=len(data)))
            self.assertEqual((begun.size, begun.received), (len(data), 0))

            def parts(start, end, broken=False, offset=None):
                yield messages.UploadPart(head=messages.UploadHead(
                    name="sent.bin", tags=["sent"], upload=begun.upload,
                    offset=start if offset is None else offset))
                for place in range(start, end, 300_000):
                    yield messages.UploadPart(bytes=data[place:min(place + 300_000, end)])
                if broken:
                    raise RuntimeError("the line breaks")

            reply = calls.Upload(parts(0, CHUNK))
            self.assertEqual(reply.state.received, CHUNK)
            self.assertFalse(reply.HasField("share"))
            with self.assertRaises(grpc.RpcError) as wrong:
                calls.Upload(parts(0, CHUNK))
            self.assertIn(f"goes on at {CHUNK}", wrong.exception.details())
            with self.assertRaises((grpc.RpcError, RuntimeError)):
                calls.Upload(parts(CHUNK, 2 * CHUNK, broken=True))

            replies = []

            def go_on():
                """Not while the broken call still writes what it had."""
                shown = calls.ShowUpload(messages.ShowUploadRequest(upload=begun.upload))
                self.assertGreaterEqual(shown.received, CHUNK)
                try:
                    replies.append(calls.Upload(parts(shown.received, len(data))))
                except grpc.RpcError as error:
                    self.assertIn(error.code(), (
                        grpc.StatusCode.ALREADY_EXISTS, grpc.StatusCode.FAILED_PRECONDITION))
                return replies

            self.assertTrue(until(go_on))
            whole = replies[0]
            self.assertEqual((whole.share.name, whole.share.size), ("sent.bin", len(data)))
            again = calls.Upload(parts(len(data), len(data)))
            self.assertEqual(again.share.id, whole.share.id)
            self.assertEqual(fetch_bytes(node, "sent.bin"), data)

            other = calls.BeginUpload(messages.BeginUploadRequest(size=5))
            calls.CancelUpload(messages.CancelUploadRequest(upload=other.upload))
            with self.assertRaises(grpc.RpcError) as gone:
                calls.ShowUpload(messages.ShowUploadRequest(upload=other.upload))
            self.assertEqual(gone.exception.code(), grpc.StatusCode.NOT_FOUND)


class ByZones(FilesCase):
    """The calls of small networks with a register of zones."""

    def test_programs_register_and_files_go_by_their_names(self):
        node = self.start("desk")
        messages = stubs().zones
        with grpc.insecure_channel(f"unix:{node.home}/apus.sock") as channel:
            calls = stubs().zone_calls.ZoneFilesStub(channel)
            first = calls.Register(messages.RegisterRequest(host="10.0.0.1", port=6001))
            self.assertEqual((first.status, first.id, first.zones, first.zone_size), (0, 1, 1, 1))
            second = calls.Register(messages.RegisterRequest(host="10.0.0.2", port=6001))
            self.assertEqual(second.id, 2)
            peers = calls.PeersByZone(messages.PeersByZoneRequest(zone=first.zone)).peers
            self.assertEqual(len(peers), 3)
            self.assertEqual(calls.Unregister(messages.UnregisterRequest(id=1)).status, 0)
            self.assertEqual(calls.Unregister(messages.UnregisterRequest(id=1)).status, 1)
            taken = calls.Receive(messages.ReceiveRequest(name="by zone", content=b"content"))
            self.assertEqual(taken.status, 0, taken.message)
            self.assertEqual(calls.Send(messages.SendRequest(name="by zone")).content, b"content")
            missing = calls.Send(messages.SendRequest(name="not there"))
            self.assertEqual(missing.status, 1)
            self.assertIn("not there", missing.message)
        self.assertEqual(fetch_bytes(node, "by zone"), b"content")
