"""A short story that causes every type of event: (command, body) in order, for end-to-end tests."""

import json
from typing import Any

from services.api.named_files import NAMING
from tests.examples import stories
from tests.photos import photo

J = "2307"
Step = tuple[str, dict[str, Any]]
ALREADY_SO: Step = ("request.complete", {"request": "R1"})
"""The one step that changes nothing: with its last unit done, R1 completed by itself."""


def _crew() -> list[Step]:
    return [
        ("area.define", {"area": "230717", "name": "County 1"}),
        ("area.define", {"area": "230718", "name": "County 2"}),
        ("area.rename", {"area": "230718", "name": "County two"}),
        ("incident.declare", {"incident": "I1", "name": "Lockdown"}),
        ("incident.amend", {"incident": "I1", "kind": "lockdown", "expected_days": 14}),
        *(
            (
                "worker.register",
                {"worker": f"W{i}", "role": "courier", "name": f"Courier {i}", "phone": f"0000000{i}"},
            )
            for i in range(1, 6)
        ),
        ("worker.amend", {"worker": "W1", "role": "rider", "phone": "00000099"}),
        ("worker.report", {"worker": "W1", "area": "230717"}),
        *(("worker.check_in", {"worker": f"W{i}", "area": "230717"}) for i in range(1, 6)),
        ("worker.set_presence", {"worker": "W5", "presence": "on_break"}),
        (
            "team.form",
            {"team": "T1", "name": "Team 1", "kind": "courier", "area": "230717", "incident": "I1"},
        ),
        ("team.amend", {"team": "T1", "name": "Team one"}),
        ("team.join", {"team": "T1", "worker": "W1"}),
        ("team.join", {"team": "T1", "worker": "W2"}),
        ("team.appoint_leader", {"team": "T1", "worker": "W1"}),
        ("team.activate", {"team": "T1", "said": {"sheet": "roster/people"}}),
    ]


def _requests() -> list[Step]:
    opened: list[Step] = [
        (
            "request.open",
            {
                "request": f"R{i}",
                "category": "grocery",
                "area": "230717",
                "incident": "I1",
                "text": f"Text {i}",
                "contact_name": f"Resident {i}",
            },
        )
        for i in range(1, 8)
    ]
    return [
        *opened,
        ("request.acknowledge", {"request": "R1"}),
        ("request.amend", {"request": "R1", "priority": 1, "area": "230718"}),
        ("assignment.offer", {"assignment": "A1", "request": "R1", "worker": "W3"}),
        ("assignment.accept", {"assignment": "A1"}),
        ("assignment.dispatch", {"assignment": "A1"}),
        ("assignment.progress", {"assignment": "A1", "stage": "en_route"}),
        ("assignment.progress", {"assignment": "A1", "stage": "on_scene"}),
        ("assignment.done", {"assignment": "A1"}),
        ALREADY_SO,
        ("assignment.offer", {"assignment": "A2", "request": "R2", "worker": "W4"}),
        ("assignment.decline", {"assignment": "A2", "reason": "too_far"}),
        ("assignment.dispatch", {"assignment": "A3", "request": "R2", "team": "T1"}),
        ("assignment.progress", {"assignment": "A3", "stage": "en_route"}),
        (
            "assignment.reassign",
            {"items": [{"assignment": "A3", "new": "A4", "worker": "W4"}], "reason": "nearer"},
        ),
        ("assignment.release", {"assignment": "A4", "reason": "sick"}),
        ("request.cancel", {"request": "R2", "reason": "not_needed"}),
        ("request.reopen", {"request": "R2"}),
        ("request.fail", {"request": "R2", "reason": "unreachable"}),
        ("request.merge", {"request": "R3", "into": "R4"}),
        ("request.cancel", {"request": "R4", "reason": "not_needed"}),
        ("request.complete", {"request": "R5"}),
        ("request.complete", {"request": "R6"}),
        ("request.complete", {"request": "R7"}),
        ("request.erase", {"request": "R7"}),
    ]


def _ends() -> list[Step]:
    return [
        ("worker.check_out", {"worker": "W3"}),
        ("team.leave", {"team": "T1", "worker": "W2"}),
        ("team.stand_down", {"team": "T1"}),
        ("worker.retire", {"worker": "W2"}),
        ("worker.erase", {"worker": "W5"}),
        ("area.close", {"area": "230718"}),
        ("incident.close", {"incident": "I1"}),
        ("incident.reopen", {"incident": "I1"}),
    ]


STORY: list[Step] = [*_crew(), *_requests(), *stories, *_ends()]
"""`worker.taken_back`, `assignment.expired`, `personal.revealed` and `log.fenced` need more than a body."""


def told_in(jurisdiction: str) -> list[Step]:
    """Return the story of another jurisdiction, whose code its areas begin with."""
    return [(name, body) for name, body in json.loads(json.dumps(STORY).replace(J, jurisdiction))]


def upload_of(name: str, body: dict[str, Any]) -> dict[str, Any] | None:
    """Return the request that uploads the file that a step names; its answer has the name to send."""
    kind = next((kind for command, kind in NAMING.items() if name == command.NAME), None)
    if kind is None or "file" not in body:
        return None
    media = {"Content-Type": "image/png"}
    return {"params": {"subject": f"{kind}/{body[kind]}"}, "content": photo("PNG"), "headers": media}
