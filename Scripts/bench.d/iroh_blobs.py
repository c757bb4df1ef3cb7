"""One end of a transfer by iroh's blobs (0.35), for the suite files-fetch.

    iroh_blobs.py give FOLDER FILE                       says {"words": [...]} and gives
    iroh_blobs.py get FOLDER FILE NODE ADDRESS HASH      fetches, writes the file out, syncs it
"""

import asyncio
import json
import os
import sys

import iroh


class Waiting:
    """Hears of progress until the end; remembers the hash."""

    def __init__(self, kind, done, failed):
        self.kind, self.done, self.failed = kind, done, failed
        self.hash = None

    async def progress(self, progress):
        kind = progress.type()
        if kind == self.failed:
            raise RuntimeError(progress.as_abort().error)
        if kind == self.done and self.kind == "add":
            self.hash = progress.as_all_done().hash


async def node(folder):
    options = iroh.NodeOptions(
        ipv4_addr="127.0.0.1:0", ipv6_addr="[::1]:0",
        node_discovery=iroh.NodeDiscoveryConfig.NONE)
    return await iroh.Iroh.persistent_with_options(folder, options)


async def give(folder, path):
    own = await node(folder)
    kinds = iroh.AddProgressType
    heard = Waiting("add", kinds.ALL_DONE, kinds.ABORT)
    await own.blobs().add_from_path(
        path, True, iroh.SetTagOption.auto(), iroh.WrapOption.no_wrap(), heard)
    address = await own.net().node_addr()
    near = [place for place in address.direct_addresses() if place.startswith("127.")]
    print(json.dumps({
        "words": [await own.net().node_id(), (near or address.direct_addresses())[0],
                  str(heard.hash)]}), flush=True)
    await asyncio.Event().wait()


async def get(folder, path, peer, address, name):
    own = await node(folder)
    kinds = iroh.DownloadProgressType
    giver = iroh.NodeAddr(iroh.PublicKey.from_string(peer), None, [address])
    wanted = iroh.Hash.from_string(name)
    await own.blobs().download(
        wanted,
        iroh.BlobDownloadOptions(iroh.BlobFormat.RAW, [giver], iroh.SetTagOption.auto()),
        Waiting("get", kinds.ALL_DONE, kinds.ABORT))
    await own.blobs().export(
        wanted, path, iroh.BlobExportFormat.BLOB, iroh.BlobExportMode.TRY_REFERENCE)
    await own.node().shutdown()
    with open(path, "rb+") as file:
        os.fsync(file.fileno())


if __name__ == "__main__":
    words = sys.argv[1:]
    asyncio.run({"give": give, "get": get}[words[0]](*words[1:]))
