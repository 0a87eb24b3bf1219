"""Uploaded files: their unpacked size is limited, and none outlives the process."""

import gzip
import io
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from services.intake import FileError
from services.intake.running.folder import PrivateFolder
from services.intake.running.uploads import MOST_PARTS, MOST_UNPACKED, check


def packed(parts: dict[str, int]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as book:
        for name, size in parts.items():
            book.writestr(name, bytes(size))
    return content.getvalue()


UPLOADS = {
    "a gzip at the limit": (lambda: gzip.compress(bytes(MOST_UNPACKED), 1, mtime=0), True),
    "a gzip beyond the limit": (lambda: gzip.compress(bytes(MOST_UNPACKED + 1), 1, mtime=0), False),
    "a zip at the limit": (lambda: packed({"a": MOST_UNPACKED - 1, "b": 1}), True),
    "a zip beyond the limit": (lambda: packed({"a": MOST_UNPACKED, "b": 1}), False),
    "as many parts as a zip may have": (lambda: packed({str(n): 0 for n in range(MOST_PARTS)}), True),
    "one part too many": (lambda: packed({str(n): 0 for n in range(MOST_PARTS + 1)}), False),
    "a gzip cut off": (lambda: gzip.compress(b"x" * 1000, mtime=0)[:20], True),
    "a zip cut off": (lambda: b"PK\x03\x04", True),
    "nothing": (lambda: b"", True),
}
"""Name -> a function that makes the file, and whether it fits."""


@pytest.mark.parametrize(("made", "fits"), UPLOADS.values(), ids=UPLOADS)
def test_what_unpacks_to_too_much_is_refused_before_it_is_read(
    tmp_path: Path, made: Callable[[], bytes], fits: bool
):
    path = tmp_path / "file"
    path.write_bytes(made())
    if fits:
        check(path)
        return
    with pytest.raises(FileError, match="decompresses to more than 64 MiB or 200 parts"):
        check(path)


def test_a_private_folder_is_its_owners_alone_and_goes_with_all_that_is_in_it(tmp_path: Path):
    folder = PrivateFolder(tmp_path)
    assert list(tmp_path.iterdir()) == [], "nothing before it is needed"
    (folder.path / "rows").write_text("personal")
    assert folder.path.stat().st_mode & 0o777 == 0o700
    folder.close()
    assert list(tmp_path.iterdir()) == []


LEAVING = """
import os, sys
from pathlib import Path
from services.intake.running.folder import PrivateFolder
folder = PrivateFolder(Path(sys.argv[1]))
(folder.path / "rows").write_text("personal")
os.kill(os.getpid(), 9)
"""


def test_what_a_killed_process_left_is_removed_by_the_next_and_what_lives_is_not(tmp_path: Path):
    living = PrivateFolder(tmp_path)
    (living.path / "rows").write_text("personal")
    subprocess.run([sys.executable, "-c", LEAVING, str(tmp_path)], check=False)
    left = [one for one in tmp_path.iterdir() if one != living.path]
    assert [(one / "rows").read_text() for one in left] == ["personal"]
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "lock").touch()
    os.symlink(elsewhere, tmp_path / "muster-imports-link")
    third = PrivateFolder(tmp_path)
    mine = third.path
    kept = {living.path, mine, elsewhere, tmp_path / "muster-imports-link"}
    assert set(tmp_path.iterdir()) == kept
    assert (living.path / "rows").exists()
    living.close()
    third.close()


def test_what_a_killed_process_left_is_gone_once_the_next_one_starts(tmp_path: Path):
    """Rows hold personal data, so they must not stay until the next import."""
    subprocess.run([sys.executable, "-c", LEAVING, str(tmp_path)], check=False)
    assert len(list(tmp_path.iterdir())) == 1
    PrivateFolder(tmp_path).sweep()
    assert list(tmp_path.iterdir()) == []
