"""Turn a GeoJSON file into boundaries of areas: plan what each feature would do, then send the commands."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, Final, Literal
from uuid import uuid4

import msgspec
from msgspec import Meta

from events.boundary import Boundary, frozen, vertices
from services.decisions.area.commands import BoundArea
from services.intake.boundaries.geojson import Feature, Polygons, parse
from services.intake.boundaries.matching import Known
from services.intake.boundaries.simplifying import simplified
from services.intake.errors import RowError
from services.intake.sending.sender import Sink, settled
from services.locations.datum import Datum, to_wgs84
from services.refusals import sentence

SUFFIXES: Final = (".geojson", ".json")
_BATCH: Final = 20
"""Boundaries sent at once: about a MiB at most."""


class Shape(msgspec.Struct, kw_only=True, omit_defaults=True):
    """One feature of the file. `reason` is in English; code and values give other languages."""

    feature: Annotated[int, Meta(description="Counted from 1")]
    name: Annotated[str, Meta(description="Name in the file, or else its code")]
    area: str | None = None
    area_name: str | None = None
    outcome: Literal["planned", "applied", "known", "rejected"] = "planned"
    code: str | None = None
    reason: str | None = None
    values: dict[str, Any] = {}

    def reject(self, code: str, values: dict[str, Any]) -> None:
        """Note why it is not used."""
        self.outcome, self.code, self.values = "rejected", code, values
        self.reason = sentence(code, values)


class Boundaries(msgspec.Struct, kw_only=True):
    """What a file of boundaries does: features = planned + applied + known + rejected."""

    file: str
    datum: Annotated[Datum, Meta(description="Of the file; boundaries are kept in WGS-84")]
    features: int
    applied: int = 0
    known: int = 0
    rejected: int = 0
    vertices: Annotated[int, Meta(description="Points in the file")]
    kept: Annotated[int, Meta(description="Points after simplification")] = 0
    items: list[Shape]


class Plan(msgspec.Struct, frozen=True):
    """The account of a file, and the boundary of each area that it names."""

    account: Boundaries
    wanted: dict[str, Boundary]


def is_geojson(path: Path) -> bool:
    """Return whether the name of a file says that it is GeoJSON."""
    return path.suffix.lower() in SUFFIXES


def planned(content: bytes, file: str, areas: Iterable[tuple[str, str]], datum: Datum | None = None) -> Plan:
    """Plan the import of a file into these areas (code, name). Raise FileError.

    `datum` overrides what the file declares; a file that declares nothing is WGS-84. Features of one area are
    its parts.
    """
    found, known = parse(content, file), Known(areas)
    of_file: Datum = datum or found.datum or "WGS-84"
    parts: dict[str, Polygons] = {}
    items = [_matched(feature, known, parts) for feature in found.features]
    wanted = {area: _converted(polygons, of_file) for area, polygons in parts.items()}
    account = Boundaries(
        file=file,
        datum=of_file,
        features=len(items),
        vertices=found.vertices,
        kept=sum(map(vertices, wanted.values())),
        items=items,
    )
    _count(account)
    return Plan(account, wanted)


def _matched(feature: Feature, known: Known, parts: dict[str, Polygons]) -> Shape:
    """Return the account of a feature, and add its polygons to those of its area."""
    shape = Shape(feature=feature.nth, name=feature.name or feature.code)
    try:
        if feature.polygons is None:
            raise RowError("boundary.no_polygon")
        area = known.match(feature.code, feature.name)
    except RowError as why:
        shape.reject(why.code, why.values)
        return shape
    shape.area, shape.area_name = area, known.name(area)
    parts.setdefault(area, []).extend(feature.polygons)
    return shape


def _converted(polygons: Polygons, datum: Datum) -> Boundary:
    """Simplify polygons, then convert the few points that are left."""
    few = simplified(polygons)
    return frozen([[[to_wgs84(*point, datum) for point in ring] for ring in polygon] for polygon in few])


async def bind(plan: Plan, jurisdiction: str, sink: Sink) -> Boundaries:
    """Send the boundaries and return the account. A boundary that is the same already is `known`.

    Raise ImportFailed if the service does not answer in time.
    """
    areas = list(plan.wanted)
    for begin in range(0, len(areas), _BATCH):
        some = areas[begin : begin + _BATCH]
        answers = await settled(sink, jurisdiction, [_item(area, plan.wanted[area]) for area in some])
        for area, answer in zip(some, answers, strict=True):
            _note(plan.account, area, answer)
    _count(plan.account)
    return plan.account


def _item(area: str, boundary: Boundary) -> dict[str, Any]:
    """Return a command under an id of its own: the same file may be wanted again after another one."""
    data = {"area": area, "boundary": boundary}
    return {
        "id": str(uuid4()),
        "name": BoundArea.NAME,
        "at": None,
        "sent_at": None,
        "observed": False,
        "data": data,
    }


def _note(account: Boundaries, area: str, answer: dict[str, Any]) -> None:
    for shape in account.items:
        if shape.area != area:
            continue
        if answer["outcome"] == "refused":
            shape.reject(answer.get("code") or "internal", answer.get("values") or {})
        else:
            shape.outcome = "applied" if answer["outcome"] == "accepted" else "known"


def _count(account: Boundaries) -> None:
    outcomes = [shape.outcome for shape in account.items]
    account.applied, account.known = outcomes.count("applied"), outcomes.count("known")
    account.rejected = outcomes.count("rejected")
