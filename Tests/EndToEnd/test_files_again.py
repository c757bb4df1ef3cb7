"""What is there already does not move again."""

from mesh import TOGETHER
from support import figure
from test_files import CHUNK, FilesCase, drawn
from test_files_killed import given

SIZE = 24 * CHUNK + 17


class Again(FilesCase):
    def test_a_second_add_and_a_second_get_move_no_data(self):
        ada, bob = self.network("ada", "bob", words=TOGETHER)
        path = self.write("twice", drawn(SIZE, 61))
        self.add(ada, path, "--replicas", "1")
        kept = ada.json("files", "usage")["bytes"]
        self.add(ada, path, "--name", "second", "--replicas", "1")
        self.assertEqual(ada.json("files", "usage")["bytes"], kept)

        first = bob.json("files", "get", "twice", "--to", str(self.folder / "one"))
        moved = given(ada)
        self.assertEqual(first["sparedBytes"], 0)
        self.assertGreaterEqual(moved, SIZE)
        # The same content: by its name, by the other name, and added here too.
        for name in ("twice", "second"):
            again = bob.json("files", "get", name, "--to", str(self.folder / f"more-{name}"))
            self.assertEqual(again["sparedBytes"], SIZE)
            self.assertEqual((self.folder / f"more-{name}").read_bytes(), path.read_bytes())
        kept = bob.json("files", "usage")["bytes"]
        self.add(bob, path, "--name", "third", "--replicas", "1")
        self.assertEqual(bob.json("files", "usage")["bytes"], kept)
        figure("bytes moved by a second get", f"{given(ada) - moved}")
        self.assertEqual(given(ada), moved)

    def test_of_a_changed_file_only_what_changed_moves(self):
        ada, bob = self.network("ada", "bob", words=TOGETHER)
        data = bytearray(drawn(SIZE, 62))
        path = self.write("changed", data)
        self.add(ada, path, "--replicas", "1")
        bob.json("files", "get", "changed", "--to", str(self.folder / "one"))
        moved = given(ada)
        data[5 * CHUNK + 3] ^= 1
        path.write_bytes(data)
        self.add(ada, path, "--replace", "--replicas", "1")
        done = bob.json("files", "get", "ada/changed", "--to", str(self.folder / "two"))
        self.assertEqual((self.folder / "two").read_bytes(), bytes(data))
        self.assertEqual(done["sparedBytes"], SIZE - CHUNK)
        self.assertEqual(given(ada) - moved, CHUNK)
