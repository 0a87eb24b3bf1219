"""Whatever sends a picture, only its pixels are kept."""

import io
import random

import pytest
from PIL import Image

from services.files.cleaning import MOST_SCANS, cleaned
from services.files.pictures import BadPicture, picture
from tests.photos import SECRETS, SIZE, drawn, photo

MOST = 3 * 1024 * 1024
KINDS = ("JPEG", "PNG", "WEBP")


def clean(data: bytes, most: int = MOST) -> bytes:
    said = picture(data)
    assert said is not None
    return cleaned(data, said, most)


def shown(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


@pytest.mark.parametrize("kind", KINDS)
def test_place_time_device_remarks_and_profile_are_gone(kind: str) -> None:
    given = photo(kind)
    assert any(secret in given for secret in SECRETS)
    kept = clean(given)
    assert not any(secret in kept for secret in SECRETS)
    image = shown(kept)
    assert (image.format, image.size, dict(image.getexif())) == (kind, SIZE, {})
    assert not {"icc_profile", "comment", "exif", "Comment"} & set(image.info)


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_stays_upright_and_looks_the_same(kind: str) -> None:
    image = shown(clean(photo(kind, turned=6))).convert("RGB")  # 6: turn right by 90 degrees
    assert image.size == SIZE[::-1]
    red, blue = image.getpixel((20, 5)), image.getpixel((20, 55))
    assert isinstance(red, tuple)
    assert isinstance(blue, tuple)
    assert (red[0] > 240, blue[2] > 240) == (True, True)


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_bytes_give_the_same_picture_again(kind: str) -> None:
    assert clean(photo(kind)) == clean(photo(kind))


def test_cleaning_what_is_clean_keeps_its_size() -> None:
    once = clean(photo(size=(800, 600)))
    assert abs(len(clean(once)) - len(once)) < 0.02 * len(once)


@pytest.mark.parametrize("mode", ["L", "P", "1", "LA", "CMYK", "RGBA"])
def test_other_ways_to_store_colours_are_kept_or_converted(mode: str) -> None:
    out = io.BytesIO()
    drawn().convert("RGB" if mode == "P" else mode).convert(mode).save(
        out, "JPEG" if mode == "CMYK" else "PNG"
    )
    assert shown(clean(out.getvalue())).size == SIZE


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
def test_damaged_pictures_are_refused_whatever_is_damaged() -> None:
    chance = random.Random(7)
    for kind in KINDS:
        given = photo(kind)
        for _ in range(150):
            data = bytearray(given[: chance.randrange(30, len(given))] if chance.random() < 0.3 else given)
            for _ in range(3):
                data[chance.randrange(len(data))] = chance.randrange(256)
            try:
                if said := picture(bytes(data)):
                    cleaned(bytes(data), said, MOST)
            except BadPicture:
                continue


def test_a_head_that_hides_another_one_is_refused() -> None:
    said = picture(photo())
    assert said is not None
    with pytest.raises(BadPicture, match="damaged"):
        cleaned(photo(size=(4000, 3000)), said, MOST)


def test_a_jpeg_made_of_countless_scans_is_refused_before_it_is_decoded() -> None:
    given = photo()
    with pytest.raises(BadPicture, match="damaged"):
        clean(given + b"\xff\xda" * MOST_SCANS)


def test_what_grows_beyond_bounds_is_refused() -> None:
    with pytest.raises(BadPicture, match="pixels"):
        clean(photo(), most=100)
