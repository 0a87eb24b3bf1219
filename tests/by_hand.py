"""The figures of the institutions of Yichun, counted a second time from exported raw events alone.

Nothing of Muster's folds, views or reports is used: events are lines of an export, and each figure is counted
as somebody would with pencil and paper.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from events.base import EventEnvelope
from events.worker import WorkerTakenBack

Line = dict[str, Any]
_STAGES = {"screen", "verify", "check_city", "check_county"}
_ENDS = {"difficulty.declined", "difficulty.withdrawn", "difficulty.closed"}


def exported(events: Sequence[EventEnvelope]) -> list[Line]:
    """Return events as lines of an export, as they happened, without what was taken back."""
    lines = [
        {**msgspec.to_builtins(one.data), "at": one.at, "position": one.position, "event": one.name}
        for one in events
    ]
    undone = {one.data.position for one in events if isinstance(one.data, WorkerTakenBack)}
    kept = (line for line in lines if line["position"] not in undone)
    return sorted(kept, key=lambda line: (line["at"], line["position"]))


def counted(lines: list[Line], when: datetime) -> dict[str, int]:
    """Return the figures at an instant, by the names that the report has for them."""
    told = [line for line in lines if line["at"] <= when]
    many = Counter(line["event"] for line in told)
    return {
        **_offices(told),
        **_enterprises(told),
        **_difficulties(told),
        **_people(told),
        **_training(told, [line for line in lines if line["event"] == "session.presence_corrected"]),
        **_tasks(told),
        "R9.published": many["publication.published"] - many["publication.retracted"],
        "R9.awards": many["award.granted"] - many["award.revoked"],
        "R9.brands": many["brand.registered"] - many["brand.retired"],
        "R10.reviews": many["monthly_review.held"],
        "R10.inspections": many["inspection.reported"],
        "R5.meetings": many["meeting.held"],
        "R5.visits": many["visit.recorded"],
        "R5.reliefs": many["relief.adopted"],
        "R5.commitments": many["commitment.made"],
        "R5.done": many["commitment.done"],
        "R5.activities": len({line["activity"] for line in told if line["event"] == "activity.attended"}),
        "R6.stations": many["station.registered"],
        "R6.on_map": len({line["station"] for line in told if line["event"] == "station.published"}),
        "R6.uses": len({line["use"] for line in told if line["event"] == "station.used"}),
        "R8.incidents": many["incident.declared"],
        "R8.teams": many["team.formed"],
        "R8.requests": many["request.opened"],
    }


def _offices(told: list[Line]) -> dict[str, int]:
    duties = Counter(line.get("duty") for line in told if line["event"] == "unit.established")
    posts = {line["post"] for line in told if line["event"] == "post.created"}
    held: set[str] = set()
    for line in told:
        if line["event"] == "post.appointed":
            held.add(line["post"])
        elif line["event"] == "post.vacated":
            held.discard(line["post"])
    names = ("lead", "coordinate", "carry_out", "act_jointly", "guarantee")
    return {
        **{f"R1.{duty}": duties[duty] for duty in names},
        "R1.posts": len(posts),
        "R1.vacant": len(posts - held),
    }


def _enterprises(told: list[Line]) -> dict[str, int]:
    verdicts: dict[str, dict[str, str]] = {}
    chapters: dict[str, str] = {}
    members: dict[str, set[str]] = {}
    registered = 0
    for line in told:
        match line["event"]:
            case "enterprise.registered":
                registered += 1
                verdicts[line["enterprise"]] = {}
            case "review.sent_back":
                verdicts[line["enterprise"]] = {}
            case "review.judged":
                verdicts[line["enterprise"]][line["stage"]] = line["verdict"]
            case "enterprise.closed":
                del verdicts[line["enterprise"]]
            case "chapter.formed":
                chapters[line["chapter"]] = line["route"]
                members[line["chapter"]] = set(line["enterprises"])
            case "chapter.joined":
                members[line["chapter"]].add(line["enterprise"])
            case _:
                pass
    ledger = {key for key, given in verdicts.items() if given == dict.fromkeys(_STAGES, "approve")}
    covered = set().union(*members.values()) & ledger
    routes = Counter(chapters.values())
    return {
        "R2.registered": registered,
        "R2.enterprises": len(verdicts),
        "R2.ledger": len(ledger),
        "R3.chapters": len(chapters),
        **{f"R3.{route}": routes[route] for route in ("own", "joint", "community")},
        "R3.covered": len(covered),
        "R3.uncovered": len(ledger - covered),
    }


def _difficulties(told: list[Line]) -> dict[str, int]:
    state: dict[str, str] = {}
    for line in told:
        match line["event"]:
            case "difficulty.raised" | "difficulty.reopened":
                state[line["difficulty"]] = "open"
            case "difficulty.confirmed" | "difficulty.settled":
                state[line["difficulty"]] = "solved"
            case "difficulty.merged":
                del state[line["difficulty"]]
            case name if name in _ENDS:
                state[line["difficulty"]] = "ended"
            case _:
                pass
    many = Counter(state.values())
    return {"R5.raised": len(state), **{f"R5.{name}": many[name] for name in ("solved", "open", "ended")}}


def _tasks(told: list[Line]) -> dict[str, int]:
    state: dict[str, str] = {}
    kinds = Counter(line["category"] for line in told if line["event"] == "undertaking.set_up")
    for line in told:
        match line["event"]:
            case "undertaking.set_up" | "undertaking.reopened":
                state[line["undertaking"]] = "open"
            case "undertaking.done" | "undertaking.withdrawn":
                state[line["undertaking"]] = line["event"].partition(".")[2]
            case _:
                pass
    states = Counter(state.values())
    return {
        "R10.raised": len(state),
        **{f"R10.{name}": states[name] for name in ("done", "open", "withdrawn")},
        **{f"R10.{kind}s": kinds[kind] for kind in ("field", "measure", "campaign", "plan")},
    }


def _half_day(line: Line) -> tuple[str, str, str]:
    return line["session"], line.get("worker") or line["holder"], line["half"]


def _training(told: list[Line], corrections: list[Line]) -> dict[str, int]:
    """A correction says how it was, so that it counts whenever it was entered."""
    roles = {_half_day(line): line["role"] for line in told if line["event"] == "session.attended"}
    for line in corrections:
        if _half_day(line) in roles:
            roles[_half_day(line)] = line.get("role")
    there = {(session, who) for (session, who, _), role in roles.items() if role == "participant"}
    leads = {line["chapter"]: line.get("post") for line in told if line["event"] == "chapter.led"}
    return {
        "R4.person_times": len(there),
        "R4.people": len({who for _, who in there}),
        "R4.sessions": len({session for session, _ in there}),
        "R4.led": sum(post is not None for post in leads.values()),
    }


def _people(told: list[Line]) -> dict[str, int]:
    home: set[str] = set()
    about: dict[str, Line] = {}
    there: set[str] = set()
    began = None
    for line in told:
        match line["event"]:
            case "worker.registered":
                about[line["worker"]] = line
            case "worker.reported":
                home.add(line["worker"])
            case "incident.declared":
                began = line["at"]
            case "worker.checked_in" if began and about[line["worker"]]["role"] == "property_staff":
                there.add(line["worker"])
            case _:
                pass
    return {
        "R7.reported": len(home),
        "R8.property_staff": len(there),
        "R8.firms": len({about[who]["organisation"] for who in there}),
    }


def person_times(lines: list[Line], when: datetime) -> int:
    """Count the times somebody who had reported was in one area, from a check-in on."""
    home: set[str] = set()
    on: dict[str, str] = {}
    times = 0
    for line in lines:
        if line["at"] > when:
            break
        match line["event"]:
            case "worker.reported":
                home.add(line["worker"])
            case "worker.checked_in":
                times += line["worker"] in home and on.get(line["worker"]) != line["area"]
                on[line["worker"]] = line["area"]
            case "worker.checked_out":
                on.pop(line["worker"], None)
            case _:
                pass
    return times
