"""What a picture says about itself, and the form of a sealed file."""

import struct

import pytest

from services.files.form import BadFile, SealedFile, is_name, name_of, unpack
from services.files.pictures import BadPicture, Picture, picture
from services.vault.errors import BadToken
from services.vault.sealing import Key


def jpeg(width: int, height: int) -> bytes:
    exif = b"\xff\xe1" + struct.pack(">H", 8) + b"Exif\0\0"
    frame = b"\xff\xc0" + struct.pack(">HBHHB", 8, 8, height, width, 3)
    return b"\xff\xd8" + exif + b"\xff" + frame + b"\xff\xd9"


def png(width: int, height: int) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", width, height) + b"\x08\x06\0\0\0"


def webp(kind: bytes, body: bytes) -> bytes:
    return b"RIFF\0\0\0\0WEBP" + kind + b"\0\0\0\0" + body


LOSSLESS = webp(b"VP8L", b"\x2f" + struct.pack("<I", 299 | 199 << 14))
LOSSY = webp(b"VP8 ", b"\0\0\0\x9d\x01\x2a" + struct.pack("<HH", 300, 200))
EXTENDED = webp(b"VP8X", b"\0\0\0\0" + b"\x2b\x01\0" + b"\xc7\0\0")


@pytest.mark.parametrize(
    ("data", "media"),
    [
        (jpeg(300, 200), "image/jpeg"),
        (png(300, 200), "image/png"),
        (LOSSLESS, "image/webp"),
        (LOSSY, "image/webp"),
        (EXTENDED, "image/webp"),
    ],
)
def test_type_and_size_are_read_from_the_head(data: bytes, media: str) -> None:
    assert picture(data) == Picture(media, 300, 200)


@pytest.mark.parametrize("data", [b"", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"GIF89a"])
def test_other_kinds_are_not_recognised(data: bytes) -> None:
    assert picture(data) is None


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (jpeg(20_000, 10), "pixels"),
        (png(8_000, 8_000), "pixels"),
        (png(0, 5), "damaged"),
        (jpeg(300, 200)[:12], "damaged"),
        (b"\xff\xd8\xff\xda\0\x02", "damaged"),
        (webp(b"VP9 ", b"\0" * 20), "damaged"),
        (jpeg(300, 200).replace(b"\xff\xc0", b"\xff" * 20_000 + b"\xc0"), "damaged"),
    ],
)
def test_what_is_no_acceptable_picture_is_refused(data: bytes, why: str) -> None:
    with pytest.raises(BadPicture) as refused:
        picture(data)
    assert refused.value.why == why


def test_a_stored_file_says_whose_it_is_and_is_named_by_its_bytes() -> None:
    stored = SealedFile("request/R1", "image/jpeg", b"\0\n\xff").packed()
    assert unpack(stored) == SealedFile("request/R1", "image/jpeg", b"\0\n\xff")
    assert is_name(name_of(stored))
    for bad in (b"", b"muster:file:1 []\nx", b"muster:file:1 {\nx", stored[:10]):
        with pytest.raises(BadFile):
            unpack(bad)


def test_sealing_twice_gives_the_same_bytes_but_tells_nothing_without_the_key() -> None:
    mine, other = Key(b"k" * 32), Key(b"o" * 32)
    box = mine.seal_file("2307", "request/R1", "image/jpeg", b"plain")
    assert box == mine.seal_file("2307", "request/R1", "image/jpeg", b"plain")
    assert box != other.seal_file("2307", "request/R1", "image/jpeg", b"plain")
    assert mine.open_file("2307", "request/R1", "image/jpeg", box) == b"plain"
    for wrong in ("2308", "request/R1", "image/jpeg"), ("2307", "request/R2", "image/jpeg"):
        with pytest.raises(BadToken):
            mine.open_file(*wrong, box)
    with pytest.raises(BadToken):
        other.open_file("2307", "request/R1", "image/jpeg", box)
