"""Search for people by name or phone, or for anything by any text; sent in the body, never in a URL.

Names and phones are searched only for those who may see personal data. A worker's own token sees only what is
theirs, so it may not search.
"""

import asyncio
from typing import Annotated, Any
from weakref import WeakKeyDictionary

from msgspec import Struct
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request

from projections.base import Row
from services.access import Principal, searches
from services.api.context import Answer, answer, model, muster, reader
from services.api.problems import Problem
from services.api.routing import operation
from services.api.rows import Opener
from services.api.searching import Finder, Found, Index
from services.api.sight import sight
from services.application.lookup import region_in
from services.application.muster import Muster
from services.decisions.fields import WHOLE, PersonalLine, omitted
from services.vault import Vault
from services.views.port import Query, Views

MOST_FOUND = 100
AT_ONCE = 5_000
SEARCHED = {"roster": "name", "requests": "contact_name"}


class Find(BaseModel):
    """A name (or part of one), a whole phone number, or text: a number, call sign, name, place or phone."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={"oneOf": [{"required": [one]} for one in ("name", "phone", "text")]},
    )

    name: PersonalLine = omitted()
    phone: PersonalLine = omitted()
    text: PersonalLine = omitted()
    limit: Annotated[int, Field(ge=1, le=MOST_FOUND), WHOLE] = 20


class Finds(Struct):
    """Matching rows, as the caller sees them: of the roster and of requests; for `text` of every kind."""

    workers: list[dict[str, Any]]
    requests: list[dict[str, Any]]
    position: int
    items: list[Found] = []
    """For `text`: the finds of every kind, best first."""
    more: bool = False
    """Whether more matched than were asked for."""


@operation(id="find", tag="views", body=Find)
async def find(request: Request) -> Answer[Finds]:
    """Find workers and requests by name or phone, or anything by any text."""
    jurisdiction, asker = await reader(request)
    asked = await model(request, Find)
    seen = await sight(request, jurisdiction, asker)
    searched = {name for name in ("name", "phone") if searches(asker, seen, name)}
    allowed = asked.text or (asker.may("reveal") and _given(asked) <= searched)
    if asker.worker is not None or not allowed:
        raise Problem(403, "forbidden", variant="find")
    if len(_given(asked)) != 1:
        raise Problem(422, "invalid", variant="name_or_phone")
    service = muster(request)
    opener = Opener(service.vault, jurisdiction, seen, opens=asker.opens, areas=asker.areas)
    if asked.text:
        return await _anything(service, jurisdiction, asker, opener, asked, searched)
    if asked.phone:
        found = await _by_phone(service.vault, service.views, jurisdiction, asked.phone, asker)
    else:
        found = await _by_name(opener, service.views, jurisdiction, asked.name or "", asked.limit, asker)
    workers, requests = found["roster"][: asked.limit], found["requests"][: asked.limit]
    return answer(
        Finds(
            await opener.rows("roster", workers),
            await opener.rows("requests", requests),
            service.progress.positions.get(jurisdiction, 0),
        ),
        headers={"Cache-Control": "no-store"},
    )


def _given(asked: Find) -> set[str]:
    return {name for name in ("name", "phone", "text") if getattr(asked, name)}


async def _anything(
    service: Muster,
    jurisdiction: str,
    asker: Principal,
    opener: Opener,
    asked: Find,
    searched: set[str],
) -> Answer[Finds]:
    """Find by any text. People's names and phones are searched only for those who see or may reveal them."""
    finder = Finder(
        _index(service, jurisdiction),
        service.views,
        service.vault,
        jurisdiction,
        asker,
        opener,
        names="name" in searched,
        phones="phone" in searched,
    )
    items, more = await finder.find(asked.text, asked.limit, service.progress)
    position = service.progress.positions.get(jurisdiction, 0)
    return answer(Finds([], [], position, items, more), headers={"Cache-Control": "no-store"})


_kept: WeakKeyDictionary[Muster, dict[str, Index]] = WeakKeyDictionary()
"""What each service has indexed, by jurisdiction."""


def _index(service: Muster, jurisdiction: str) -> Index:
    """Return the jurisdiction's index. Rows rebuilt or erased there drop it, with all opened names."""
    if service not in _kept:
        kept = _kept[service] = dict[str, Index]()
        service.announcements.on_reset(lambda place: _drop(kept, place))
        service.announcements.on_erased(lambda place: _drop(kept, place))
    return _kept[service].setdefault(jurisdiction, Index(jurisdiction))


def _drop(kept: dict[str, Index], jurisdiction: str) -> None:
    kept.pop(jurisdiction, None)


Rows = dict[str, list[tuple[str, Row]]]


async def _by_phone(vault: Vault, views: Views, jurisdiction: str, phone: str, asker: Principal) -> Rows:
    subjects = await vault.find_phone(jurisdiction, phone, await region_in(views, jurisdiction))
    keys: dict[str, list[str]] = {"roster": [], "requests": []}
    for subject in subjects[:MOST_FOUND]:
        kind, _, key = subject.partition("/")
        keys["roster" if kind == "worker" else "requests"].append(key)
    rows = await views.load(jurisdiction, keys)
    return {
        view: [
            (key, row)
            for key, row in rows.get(view, {}).items()
            if row and asker.sees(row) and asker.opens(row)
        ]
        for view in keys
    }


async def _by_name(
    opener: Opener, views: Views, jurisdiction: str, name: str, limit: int, asker: Principal
) -> Rows:
    """Search by name. Every sealed name is opened, on a thread: 20,000 take about a second."""
    queries = {view: Query(within=asker.areas) for view in SEARCHED}
    found, _ = await views.snapshot(jurisdiction, queries)
    wanted = name.casefold()

    def fits(view: str, row: Any) -> bool:
        token = getattr(row, SEARCHED[view])
        plain = opener.plain(token) if token else None
        return plain is not None and wanted in plain.casefold()

    async def scan(view: str, items: list[tuple[str, Row]]) -> list[tuple[str, Row]]:
        some: list[tuple[str, Row]] = []
        for begin in range(0, len(items), AT_ONCE):
            part = items[begin : begin + AT_ONCE]
            await opener.warm(**{view: (row for _, row in part)})
            left = limit - len(some)
            some += await asyncio.to_thread(_first, part, left, lambda row: fits(view, row))
            if len(some) == limit:
                break
        return some

    return {
        view: await scan(view, [(key, row) for key, row in items if asker.opens(row)])
        for view, items in found.items()
    }


def _first(items: list[tuple[str, Row]], limit: int, fits: Any) -> list[tuple[str, Row]]:
    some: list[tuple[str, Row]] = []
    for key, row in items:
        if len(some) == limit:
            break
        if fits(row):
            some.append((key, row))
    return some
