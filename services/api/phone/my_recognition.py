"""Recognition for a worker's own page: their consent to be named, and what is or may be published of them."""

from datetime import datetime
from typing import Annotated, Any, Final

from msgspec import Meta, Struct
from starlette.requests import Request

from events.base import Personal
from projections.awards import AwardRow
from projections.consents import GIVEN, ConsentRow
from projections.nominations import NominationRow
from projections.publications import PublicationRow
from services.api.context import Answer, answer, muster
from services.api.parameters import NoParameters, read
from services.api.phone.me import own_worker
from services.api.routing import operation
from services.api.rows import Opener
from services.views.port import Query

MOST: Final = 200
_PROPOSED: Final = ["nominated", "approved"]
"""Nominations that may still lead to an award. What was rejected or withdrawn stays with the offices."""


class MyNomination(Struct, kw_only=True):
    """A nomination, without its author's words."""

    nomination: str
    honour: Annotated[str, Meta(description="Of the list `honour`")]
    state: Annotated[str, Meta(description="`nominated` or `approved`")]
    made_at: datetime


class MyAward(Struct, kw_only=True):
    """An award."""

    award: str
    honour: str
    title: str
    state: Annotated[str, Meta(description="`valid` or `revoked`")]
    granted_at: datetime


class MyItem(Struct, kw_only=True):
    """A published item that names this worker, in clear."""

    publication: str
    topic: str
    channel: str
    outlet: str | None
    state: Annotated[str, Meta(description="`published` or `retracted`")]
    published_at: datetime
    name: Personal | None
    text: Personal | None
    link: Personal | None


class MyRecognition(Struct, kw_only=True):
    """Whether a worker consents to be named, and where they are named or may be."""

    consent: Annotated[str | None, Meta(description="`given` or `withdrawn`; null = never said")]
    since: datetime | None
    nominations: list[MyNomination]
    awards: list[MyAward]
    items: list[MyItem]
    position: int


@operation(id="my-recognition", tag="phone", query=NoParameters, problems=(503,))
async def my_recognition(request: Request) -> Answer[MyRecognition]:
    """Read the caller's consent to be named, nominations, awards, and published items naming the caller.

    Nobody else can read which items name somebody. The items are gone here once the consent is withdrawn.
    """
    jurisdiction, _, worker = await own_worker(request)
    read(request, NoParameters, "me")
    rows, head = await muster(request).views.snapshot(
        jurisdiction,
        {
            "consents": Query(filters={"key": [worker]}),
            "nominations": Query(filters={"worker": [worker], "state": _PROPOSED}),
            "awards": Query(filters={"worker": [worker]}),
        },
    )
    tables: dict[str, list[Any]] = {name: [row for _, row in some] for name, some in rows.items()}
    said: ConsentRow | None = next(iter(tables["consents"]), None)
    found = MyRecognition(
        consent=said.state if said else None,
        since=said.since if said else None,
        nominations=[_nomination(row) for row in tables["nominations"][:MOST]],
        awards=[_award(row) for row in tables["awards"][:MOST]],
        items=await _items(request, jurisdiction, said),
        position=head.position,
    )
    return answer(found, headers={"Cache-Control": "no-store"})


def _nomination(row: NominationRow) -> MyNomination:
    return MyNomination(nomination=row.nomination, honour=row.honour, state=row.state, made_at=row.made_at)


def _award(row: AwardRow) -> MyAward:
    return MyAward(
        award=row.award, honour=row.honour, title=row.title, state=row.state, granted_at=row.granted_at
    )


async def _items(request: Request, jurisdiction: str, said: ConsentRow | None) -> list[MyItem]:
    """Return the items that name somebody by the consent that they give now."""
    if said is None or said.state != GIVEN:
        return []
    service = muster(request)
    handle = Query(filters={"consent": [said.history[-1].consent]}, limit=MOST)
    keys = [key for key, _ in (await service.views.query(jurisdiction, "named_items", handle)).items]
    if not keys:
        return []
    rows: dict[str, Any] = (await service.views.load(jurisdiction, {"publications": keys}))["publications"]
    known: list[PublicationRow] = [row for row in rows.values() if row is not None and row.named]
    opener = Opener(service.vault, jurisdiction)
    await opener.warm(publications=known)
    return [_item(row, opener) for row in sorted(known, key=lambda row: row.published_at, reverse=True)]


def _item(row: PublicationRow, opener: Opener) -> MyItem:
    def plain(token: str | None) -> str | None:
        return opener.plain(token) if token else None

    return MyItem(
        publication=row.publication,
        topic=row.topic,
        channel=row.channel,
        outlet=row.outlet,
        state=row.state,
        published_at=row.published_at,
        name=plain(row.name),
        text=plain(row.text),
        link=plain(row.link),
    )
