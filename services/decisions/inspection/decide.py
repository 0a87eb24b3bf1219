"""Decisions about inspections."""

from collections.abc import Iterable

from events.answering import first_responsible
from events.base import Event
from events.inspection import (
    Finding,
    InspectionCalledOff,
    InspectionErased,
    InspectionOrdered,
    InspectionReported,
)
from events.undertaking import UndertakingSetUp
from events.undertaking_history import standing
from services.decisions import lookups
from services.decisions.base import Context, Refused, decides
from services.decisions.inspection.commands import (
    CallOffInspection,
    EraseInspection,
    Order,
    ReportInspection,
)
from services.decisions.inspection.table import INSPECTIONS, Inspection
from services.decisions.post.rules import answering
from services.decisions.post.table import CHARGES, POSTS
from services.decisions.state import State
from services.decisions.undertaking.rules import due_of, finding_due, responsible
from services.decisions.undertaking.table import UNDERTAKINGS, waits
from services.decisions.unit.table import UNITS


@decides(Order)
def _order(state: State, c: Order, ctx: Context) -> Iterable[Event]:
    key = c.inspection or ctx.id
    about = lookups.known(state, UNDERTAKINGS, c.undertaking) if c.undertaking else None
    if c.unit:
        lookups.known(state, UNITS, c.unit)
    area = c.area or (about.area if about else None) or state.jurisdiction
    known = state[INSPECTIONS].get(key)
    given = (area, c.manner, ctx.at, c.undertaking, c.unit, c.inspector)
    if known and ctx.observed and given == _told(known):
        return
    lookups.fresh(known, "inspection.exists", inspection=key)
    lookups.open_area(state, area, ctx)
    if c.undertaking is None and c.unit is None:
        raise Refused("inspection.of_nothing")
    if c.inspector:
        lookups.active_worker(state, c.inspector, ctx)
    yield InspectionOrdered(
        inspection=key,
        area=area,
        manner=c.manner,
        undertaking=c.undertaking,
        unit=c.unit,
        inspector=c.inspector,
    )


def _told(row: Inspection) -> tuple[object, ...]:
    return row.area, row.manner, row.ordered_at, row.undertaking, row.unit, row.inspector


def _awaited(state: State, key: str, ctx: Context) -> Inspection:
    """Return an inspection that was ordered by then and has not ended."""
    row = lookups.known(state, INSPECTIONS, key)
    ctx.rule(row.ordered_at <= ctx.at, "inspection.not_yet", inspection=key, since=row.ordered_at)
    if row.ended:
        raise Refused("inspection.ended", inspection=key, state=row.ended, since=row.ended_at)
    return row


@decides(ReportInspection)
def _report(state: State, c: ReportInspection, ctx: Context) -> Iterable[Event]:
    lookups.whole_place(c.lon, c.lat)
    row = _awaited(state, c.inspection, ctx)
    if row.manner == "on_site" and not c.place:
        raise Refused("inspection.no_place", inspection=c.inspection)
    found = tuple(
        Finding(one.text, f"{c.inspection[:58]}-{number}") for number, one in enumerate(c.findings, 1)
    )
    yield InspectionReported(
        inspection=c.inspection,
        area=row.area,
        findings=found,
        place=c.place,
        lat=c.lat,
        lon=c.lon,
        file=c.file,
        note=c.note,
    )
    if not found:
        return
    leader, unit, parent = _mends(state, row, ctx)
    for finding, one in zip(found, c.findings, strict=True):
        lookups.fresh(
            state[UNDERTAKINGS].get(finding.undertaking),
            "undertaking.exists",
            undertaking=finding.undertaking,
        )
        yield UndertakingSetUp(
            undertaking=finding.undertaking,
            area=row.area,
            title=one.text,
            category="finding",
            leader=leader,
            unit=unit,
            due=due_of(state, one.due, None, ctx) or finding_due(state, waits(state)["finding"], ctx),
            parent=parent,
            inspection=c.inspection,
        )


def _mends(state: State, row: Inspection, ctx: Context) -> tuple[str, str, str | None]:
    """Return who mends what is found: post, unit, and the undertaking that it is part of if that is open."""
    then = standing(state[UNDERTAKINGS][row.undertaking].facts, ctx.at) if row.undertaking else None
    if then is not None:
        return then.leader, row.unit or then.unit, row.undertaking if then.state == "open" else None
    charged = answering(state, "answer", row.area, None, ctx.at)
    leader = charged.charged if charged else first_responsible(state[POSTS], state[CHARGES], ctx.at)
    if leader is None:
        raise Refused("inspection.nobody", area=row.area)
    return leader, responsible(state, leader, row.unit, ctx), None


@decides(CallOffInspection)
def _call_off(state: State, c: CallOffInspection, ctx: Context) -> Iterable[Event]:
    row = _awaited(state, c.inspection, ctx)
    yield InspectionCalledOff(inspection=c.inspection, area=row.area, reason=c.reason)


@decides(EraseInspection)
def _erase(state: State, c: EraseInspection, ctx: Context) -> Iterable[Event]:
    row = lookups.known(state, INSPECTIONS, c.inspection)
    if not row.erased:
        yield InspectionErased(inspection=c.inspection, area=row.area)
