"""Map settings and the security policy of pages: this origin, plus the tile server if one is set."""

from pathlib import Path

import pytest
from service import J, Service, running

from services.api.server.edge import BadTiles, Edge
from services.demo.driver import ScenarioClock

TILES = "https://tiles.example:8443/{z}/{x}/{y}.png?style=calm"


def directives(policy: str) -> dict[str, str]:
    parts = (part.strip().partition(" ") for part in policy.split(";"))
    return {name: allowed for name, _, allowed in parts}


async def test_pages_keep_to_their_own_origin(service: Service) -> None:
    headers = (await service.http.get("/docs")).headers
    found = directives(headers["content-security-policy"])
    assert found["default-src"] == found["script-src"] == found["style-src"] == "'self'"
    assert found["connect-src"] == found["worker-src"] == found["manifest-src"] == "'self'"
    assert found["img-src"] == "'self' data:"
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["permissions-policy"].startswith("geolocation=(self), camera=(self), microphone=(self)")


async def test_tiles_of_another_origin_may_be_fetched_from_there_and_nowhere_else(tmp_path: Path) -> None:
    edge = Edge(tiles=TILES, attribution="© who drew it", datum="gcj02")
    async with running(tmp_path, edge=edge) as service:
        found = directives((await service.http.get("/docs")).headers["content-security-policy"])
        told = (await service.http.get("/api/v1/session")).json()["map"]
    assert found["img-src"] == "'self' data: https://tiles.example:8443"
    assert found["connect-src"] == "'self' https://tiles.example:8443"
    assert all("tiles.example" not in found[name] for name in found.keys() - {"img-src", "connect-src"})
    assert told == {"tiles": TILES, "basemap": None, "attribution": "© who drew it", "datum": "gcj02"}


async def test_a_base_map_is_served_by_ranges_to_whoever_is_signed_in(tmp_path: Path) -> None:
    archive = tmp_path / "map.pmtiles"
    archive.write_bytes(b"PMTiles\x03" + bytes(range(200)) * 20)
    async with running(tmp_path / "data", edge=Edge(basemap=archive)) as service:
        told = (await service.http.get("/api/v1/session")).json()["map"]["basemap"]
        part = await service.http.get(told, headers={"Range": "bytes=0-7"})
        nobody = await service.client(None).get(told)
    assert told.startswith("/basemap.pmtiles?v=")
    assert (part.status_code, part.content) == (206, b"PMTiles\x03")
    assert part.headers["content-range"] == "bytes 0-7/4008"
    assert "content-encoding" not in part.headers
    assert nobody.status_code == 401


@pytest.mark.parametrize(("content", "why"), [(None, "cannot be read"), (b"PK", "is no PMTiles archive")])
def test_what_is_no_base_map_is_refused(tmp_path: Path, content: bytes | None, why: str) -> None:
    archive = tmp_path / "map.pmtiles"
    if content:
        archive.write_bytes(content)
    with pytest.raises(BadTiles, match=why):
        Edge(basemap=archive)


@pytest.mark.parametrize(
    ("tiles", "origin"),
    [
        ("/tiles/{z}/{x}/{y}.png", None),
        ("https://Tiles.Example/{z}/{y}/{x}", "https://tiles.example"),
        ("http://127.0.0.1:8081/m?x={x}&y={y}&z={z}", "http://127.0.0.1:8081"),
    ],
)
def test_the_origin_of_tiles(tiles: str, origin: str | None) -> None:
    assert Edge(tiles=tiles).origin == origin


@pytest.mark.parametrize(
    "tiles",
    [
        "https://tiles.example/{z}/{x}.png",
        "https://tiles.example/{z}/{x}/{y}/{s}.png",
        "https://{x}.tiles.example/{z}/{x}/{y}.png",
        "https://tiles.example; script-src */{z}/{x}/{y}",
        "https://tiles.example/{z}/{x}/{y}; script-src *",
        "https://tiles.example/{z}/{x}/{y} https://else.example",
        "https://user:secret@tiles.example/{z}/{x}/{y}",
        "https://*/{z}/{x}/{y}",
        "https:///{z}/{x}/{y}",
        "https://[::1/{z}/{x}/{y}",
        "//tiles.example/{z}/{x}/{y}",
        "ftp://tiles.example/{z}/{x}/{y}",
        "javascript:{z}{x}{y}",
        "tiles/{z}/{x}/{y}",
    ],
)
def test_what_is_no_plain_url_of_tiles_is_refused(tiles: str) -> None:
    with pytest.raises(BadTiles, match="give a URL such as"):
        Edge(tiles=tiles)


async def test_a_page_is_told_the_time_and_whose_it_is(service: Service) -> None:
    before = service.muster.clock.now()
    answer = await service.http.get("/api/v1/session")
    assert answer.json()["scenario"] is False
    assert before.isoformat().replace("+00:00", "Z") <= answer.json()["now"]
    assert answer.json()["map"] == {"tiles": None, "attribution": "", "datum": "wgs84", "basemap": None}
    assert answer.headers["cache-control"] == "no-store"

    service.muster.clock = ScenarioClock(before)
    told = (await service.http.get("/api/v1/session")).json()
    assert told["scenario"] is True
    assert told["now"] == before.isoformat().replace("+00:00", "Z")


# -- compressed ----------------------------------------------------------------------------------------------


async def test_large_answers_are_compressed_for_who_takes_it(service: Service) -> None:
    for n in range(30):
        await service.ok("worker.register", worker=f"W{n}", role="courier")
    url = f"/api/v1/{J}/roster"
    packed = await service.http.get(url, headers={"Accept-Encoding": "gzip"})
    plain = await service.http.get(url, headers={"Accept-Encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.json() == plain.json()
    assert int(packed.headers["content-length"]) * 5 < int(plain.headers["content-length"])
    assert "Accept-Encoding" in packed.headers["vary"]
    again = await service.http.get(url, headers={"If-None-Match": packed.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


async def test_small_answers_commands_and_the_log_are_sent_as_they_are(service: Service) -> None:
    items = [{"id": f"00000000-0000-4000-8000-{n:012d}", "name": "shoes", "data": {}} for n in range(100)]
    await service.ok("worker.register", worker="W1", role="courier")
    answers = [
        await service.http.get("/healthz"),
        await service.http.get(f"/api/v1/{J}/roster/W1"),
        await service.http.post(f"/api/v1/{J}/commands", json=items),
        await service.http.get(f"/api/v1/{J}/log"),
    ]
    assert len(answers[2].content) > 2_000
    assert all("content-encoding" not in answer.headers for answer in answers)
