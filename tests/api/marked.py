"""A city in which every text tells what it belongs to, and tokens of every kind.

Each thing is named `zq`, its place, its kind: `zqBworker`. So is every text about it. An answer with such a
mark tells of the thing, whatever the field.
"""

import asyncio
import io
import json
import struct
import zipfile
import zlib
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final, NamedTuple
from urllib.parse import quote, urlencode
from uuid import NAMESPACE_URL, uuid5

from fastapi import FastAPI

from projections.catalog import public_views
from services import wiring
from services.access import Tokens
from services.api.app import build
from services.application.muster import Muster
from services.decisions.table import kinds
from services.views.port import Query
from tests.examples import placed

J, ELSEWHERE, NOWHERE = "2307", "3307", "9907"
"""The jurisdiction, another one, and one that does not exist."""
AREAS: Final = {"A": "230717001", "B": "230718", "N": None, "O": "330717"}
"""Place -> its area. N lies in no area, O in another jurisdiction."""
TOLD: Final = ("area", "assignment", "handover", "incident", "request", "sos", "team", "worker")
"""Kinds with a part in the story below. Any other is in it by its example (tests/examples)."""
KINDS: Final = (*dict.fromkeys((*TOLD, *placed, "token")),)
SPANNING: Final = tuple(kind for kind, table in kinds.items() if table.spans)
"""Kinds that whoever covers a part of their area knows of."""
PHONES: Final = {"A": "13811117711", "B": "13822227722", "N": "13833337733", "O": "13844447744"}
MISSING: Final = "M"


MARK: Final = "zq"
"""How each mark begins."""


def mark(place: str, kind: str) -> str:
    """Return the id of a thing, which is also in every text about it."""
    return f"{MARK}{place}{kind}"


def id_of(place: str, kind: str) -> str:
    """Return the id of a thing. Areas have codes."""
    if kind != "area":
        return mark(place, kind)
    return "230799" if place == MISSING else AREAS[place] or J


def home(place: str) -> str:
    """Return the jurisdiction of a place."""
    return ELSEWHERE if place == "O" else J


# -- what there is -----------------------------------------------------------------------------------------


def story(place: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the commands that create one of each kind in a place."""

    def text(kind: str) -> str:
        return f"Text {mark(place, kind)}"

    root, area = home(place), AREAS[place]
    worker, request, assignment = (mark(place, one) for one in ("worker", "request", "assignment"))
    where = area or root
    if area:
        for code in (area[:6], area) if len(area) > 6 else (area,):
            yield "area.define", {"area": code, "name": text("area") if code == area else "County"}
        yield "area.bound", {"area": area, "boundary": [[[[1, 1], [2, 1], [2, 2], [1, 1]]]]}
    about = {"name": text("worker"), "phone": PHONES[place], "organisation": text("worker")}
    at_home = {"home_area": area} if area else {}
    yield "worker.register", {"worker": worker, "role": "rider", "call_sign": worker, **about, **at_home}
    yield "worker.consent", {"worker": worker}
    if area:
        yield "worker.check_in", {"worker": worker, "area": area}
    yield (
        "incident.declare",
        {
            "incident": mark(place, "incident"),
            "name": text("incident"),
            **({"areas": [area]} if area else {}),
        },
    )
    team = {"team": mark(place, "team"), "name": text("team"), "kind": "courier", "area": where}
    yield "team.form", {**team, "call_sign": mark(place, "team"), "organisation": text("team")}
    for key in (request, f"{request}2"):
        need = {"text": text("request"), "contact_name": text("request"), "address": text("request")}
        more = {"incident": mark(place, "incident"), "contact_phone": PHONES[place]}
        yield "request.open", {"request": key, "category": "grocery", "area": where, **need, **more}
    for more in ("", "2"):  # one more than the worker's capacity: an anomaly
        task = {"assignment": assignment + more, "request": request + more, "worker": worker}
        yield "assignment.dispatch", task
    note = {"note": mark(place, "handover"), "text": text("handover")}
    yield "handover.write", {**note, **({"area": area} if area else {})}
    yield "worker.raise_sos", {"worker": worker, "sos": mark(place, "sos"), "place": text("sos")}
    for kind in ("need", "station"):
        keeper = {"worker": f"worker-{mark(place, kind)}", "role": "rider"}
        yield "worker.register", {**keeper, **at_home}
    for kind, example in placed.items():
        if kind not in (*TOLD, "term"):  # terms are the whole jurisdiction's
            for command in example(where, mark(place, kind)):
                yield command.NAME, command.model_dump(mode="json", exclude_unset=True)
    yield "station.report", {"station": mark(place, "station"), "status": "open", "present": 1}
    yield "station.use", {"station": mark(place, "station"), "service": "rest", "via": "keeper"}


TOKENS: Final[dict[str, tuple[str, dict[str, Any]] | None]] = {
    "anonymous": None,
    "revoked": ("admin", {}),
    "worker": ("worker", {"worker": "zqAworker"}),
    "other worker": ("worker", {"worker": "W9"}),
    "dispatcher": ("dispatcher", {}),
    "dispatcher around": ("dispatcher", {"areas": ["230717"]}),
    "dispatcher there": ("dispatcher", {"areas": ["230718"]}),
    "dispatcher within": ("dispatcher", {"areas": ["230717001001"]}),
    "viewer": ("viewer", {}),
    "viewer around": ("viewer", {"areas": ["230717"]}),
    "analyst within": ("analyst", {"areas": ["230717001001"]}),
    "gateway there": ("gateway", {"areas": ["230718"]}),
    "admin": ("admin", {}),
    "admin around": ("admin", {"areas": ["230717"]}),
    "admin elsewhere": ("admin", {"jurisdictions": [ELSEWHERE]}),
}
"""Each asks in J, most have limits. The area `within` lies in A's, with nothing in it."""
Known = frozenset[tuple[str, str]]


@cache
def known_to(name: str) -> Known:
    """Return (place, kind) of what a token may know."""
    here = {(place, kind) for place in "ABN" for kind in KINDS}
    spans = {(place, kind) for place in "AN" for kind in SPANNING}
    everybody = {(place, kind) for place in "ABN" for kind in ("area", "incident")}
    own = {("A", kind) for kind in ("worker", "request", "assignment", "sos")}
    own |= {(place, kind) for place in "AN" for kind in ("activity", "session")}  # they are invited
    match name.split():
        case ["anonymous" | "revoked"]:
            return frozenset()
        case ["worker"]:
            return frozenset(everybody | own)
        case ["other", "worker"]:
            return frozenset(everybody)
        case [_, "around"]:
            return frozenset({one for one in here if one[0] == "A"} | spans)
        case [_, "there"]:
            return frozenset({one for one in here if one[0] == "B"} | {("N", kind) for kind in SPANNING})
        case [_, "within"]:
            return frozenset(spans)
        case [_, "elsewhere"]:
            return frozenset(("O", kind) for kind in KINDS)
        case _:
            return frozenset(here)


# -- how it is asked ---------------------------------------------------------------------------------------


class Call(NamedTuple):
    """One request. `target` is what it asks about, by `asked`, as it is written in the request."""

    method: str
    path: str
    query: Mapping[str, Any] = {}
    body: bytes = b""
    media: str = "application/json"
    target: tuple[str, str] | None = None
    asked: tuple[str, ...] = ()


class Answered(NamedTuple):
    """A response; workbooks as the text of their sheets."""

    status: int
    text: str


class City:
    """A running application in this process, asked without a socket."""

    def __init__(self, app: FastAPI, muster: Muster, tokens: Tokens) -> None:
        self._app, self.muster, self.tokens = app, muster, tokens
        self.secrets: dict[str, str | None] = {}
        self.keys: dict[tuple[str, str], str] = {}
        """(view, place) -> a row's key."""
        self.files: dict[str, str] = {}
        self.imports: dict[str, str] = {}
        self.token_ids: dict[str, str] = {}

    async def ask(self, call: Call, secret: str | None) -> Answered:
        """Send a request. A stream is left after its first frame."""
        headers = [(b"content-type", call.media.encode()), (b"host", b"muster")]
        if secret:
            headers.append((b"authorization", f"Bearer {secret}".encode()))
        if "/commands/" in call.path and call.method == "POST":
            headers.append((b"idempotency-key", str(uuid5(NAMESPACE_URL, repr((call, secret)))).encode()))
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": call.method,
            "scheme": "http",
            "path": call.path,
            "raw_path": quote(call.path).encode(),
            "query_string": urlencode(call.query, doseq=True).encode(),
            "headers": headers,
            "client": ("127.0.0.1", 1),
            "server": ("muster", 80),
            "root_path": "",
        }
        status, parts, left = 0, list[bytes](), asyncio.Event()
        bodies = iter([{"type": "http.request", "body": call.body, "more_body": False}])

        async def receive() -> Any:
            if (first := next(bodies, None)) is not None:
                return first
            await left.wait()
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            nonlocal status
            status = message.get("status", status)
            parts.append(message.get("body", b""))
            if call.path.endswith("/stream") and b"\n\n" in parts[-1]:
                left.set()

        await self._app(scope, receive, send)
        if status == HTTPStatus.ACCEPTED:
            await self._imported()
        return Answered(status, _text(b"".join(parts)))

    async def _imported(self) -> None:
        """Wait until all imports have ended: only two may run at once."""
        desk = self._app.state.imports
        while any(one.state not in ("done", "failed") for one in desk.all(lambda where, owner: True)):
            await asyncio.sleep(0.005)

    async def must(self, call: Call, secret: str | None) -> Any:
        """Send a request that must succeed, and return its JSON."""
        answer = await self.ask(call, secret)
        assert answer.status < 300, (call, answer)
        return json.loads(answer.text)


def _text(content: bytes) -> str:
    if not content.startswith(b"PK"):
        return content.decode(errors="replace")
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return "".join(book.read(name).decode("utf-8", "replace") for name in book.namelist())


def picture(place: str) -> bytes:
    """Return a PNG of one pixel, another one for each place."""

    def part(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    pixel = zlib.compress(b"\0" + bytes([ord(place), 0, 0]))
    size = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", size) + part(b"IDAT", pixel) + part(b"IEND", b"")


def command_id(place: str, number: int) -> str:
    """Return the id of a command of a place's story."""
    return str(uuid5(NAMESPACE_URL, f"{place}/{number}"))


@asynccontextmanager
async def city(folder: Path) -> AsyncIterator[City]:
    """Run a city with one of everything in every place."""
    muster, tokens = await wiring.embedded(folder), await wiring.tokens(folder)
    app = build(muster, tokens)
    async with app.router.lifespan_context(app):
        made = City(app, muster, tokens)
        await _fill(made)
        yield made
    await tokens.close()


async def _fill(made: City) -> None:
    admin = await made.tokens.first_admin()
    for place in AREAS:
        items = [
            {
                "id": command_id(place, number),
                "name": name,
                "data": data,
                "observed": name == "assignment.dispatch",
            }
            for number, (name, data) in enumerate(story(place))
        ]
        await _all(made, home(place), items, admin)
    await _all(made, J, [item("worker.register", {"worker": "W9", "role": "rider"})], admin)
    within = {"area": "230717001001", "name": "Within"}
    await _all(made, J, [item("area.define", within)], admin)
    term = {"list": "category", "code": "pets", "names": {"en": "Pets"}}
    await _all(made, J, [item("term.define", term)], admin)
    for name, told in TOKENS.items():
        if told is None:
            made.secrets[name] = None
            continue
        scope, limits = told
        given = {"jurisdictions": [J], **limits}
        made.secrets[name] = await made.tokens.create(name.replace(" ", "-"), scope, **given)
    await made.tokens.revoke("revoked")
    for place in AREAS:
        token = await made.tokens.create_token(
            mark(place, "token"), "viewer", (home(place),), (), worker=None, expires=None
        )
        made.token_ids[place] = token[0].id
        upload = Call(
            "POST",
            f"/api/v1/{home(place)}/files",
            {"subject": f"request/{mark(place, 'request')}"},
            picture(place),
            "image/png",
        )
        made.files[place] = (await made.must(upload, admin))["file"]
        sheet = Call(
            "POST",
            f"/api/v1/{home(place)}/imports",
            {"mapping": "areas", "file": f"{mark(place, 'token')}.csv"},
            f"code,name\n{AREAS[place] or J},Text {mark(place, 'area')}\n".encode(),
            "application/octet-stream",
        )
        made.imports[place] = (await made.must(sheet, admin))["import"]
    for code in (J, ELSEWHERE):
        end = (await made.muster.log.end(code)).position
        assert await made.muster.progress.reached(code, end, 10)
    await _find_keys(made)


def item(name: str, data: dict[str, Any]) -> dict[str, Any]:
    return {"id": str(uuid5(NAMESPACE_URL, json.dumps(data))), "name": name, "data": data}


async def _all(made: City, code: str, items: list[dict[str, Any]], admin: str | None) -> None:
    call = Call("POST", f"/api/v1/{code}/commands", body=json.dumps(items).encode())
    done = await made.must(call, admin)
    assert {one["outcome"] for one in done["items"]} <= {"accepted", "unchanged"}, done  # a setting set twice


async def _find_keys(made: City) -> None:
    """Choose a row of each view and place: the last one that lies there."""
    here = set[tuple[str, str]]()
    for code in (J, ELSEWHERE):
        found, _ = await made.muster.views.snapshot(code, {view: Query() for view in public_views()})
        for view, rows in found.items():
            for key, row in rows:
                if code == ELSEWHERE and (view, key) in here:
                    continue  # such as a position, which is nobody's
                here.add((view, key))
                areas = getattr(row, "areas", None) or (getattr(row, "area", None),)
                for place, area in AREAS.items():
                    if home(place) == code and areas == (area or code,):
                        made.keys[view, place] = key
