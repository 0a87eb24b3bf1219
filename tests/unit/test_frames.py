"""Events compressed one by one: any sequence of them forms a valid gzip stream."""

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.api.frames import GZIP_HEADER, LEAST, Frame, deflated
from services.base.accepts import takes_gzip

TEXTS = st.binary(max_size=3 * LEAST) | st.integers(1, 60_000).map(lambda size: b"row " * size)


@given(st.lists(TEXTS, max_size=8))
def test_each_can_be_read_as_soon_as_it_is_there_whatever_came_before(events: list[bytes]) -> None:
    reader = zlib.decompressobj(31)
    assert reader.decompress(GZIP_HEADER) == b""
    for event in events:
        assert reader.decompress(deflated(event)) == event
    assert not reader.eof


def test_a_small_one_is_stored_and_a_large_one_shrinks() -> None:
    assert len(deflated(b"x" * (LEAST - 1))) == LEAST - 1 + 5
    assert len(deflated(b"x" * 10_000)) < 100


def test_an_event_is_compressed_once_for_all() -> None:
    one = Frame("patch", {"rows": ["row"] * 1000}, 7)
    assert one.plain.startswith(b"id: 7\nevent: patch\ndata: {")
    assert one.packed is one.packed


@pytest.mark.parametrize(
    ("accepted", "taken"),
    [
        ("gzip", True),
        ("gzip, deflate, br, zstd", True),
        ("br;q=1.0, GZIP;q=0.2", True),
        ("", False),
        ("identity", False),
        ("gzip;q=0", False),
        ("gzip; q=0.000, br", False),
        ("notgzip", False),
    ],
)
def test_gzip_is_for_who_says_so(accepted: str, taken: bool) -> None:
    assert takes_gzip(accepted) is taken
