"""A token limited to areas is told of a post outside them only that there is one, whatever it reads."""

from typing import Any

from service import J, Service

from projections.catalog import public_views
from projections.naming import ELSEWHERE, POSTS_IN

HERE, THERE = "230717", "230718"
AT, DUE = "2026-01-05T00:00:00Z", "2026-03-02T00:00:00Z"
HIDDEN = {"post": "zq-there"}
NAMED: tuple[tuple[str, dict[str, Any]], ...] = (
    ("activity.announce", {"activity": "A1", "title": "T", "begins": DUE, "owner": "zq-there", "area": HERE}),
    (
        "commitment.make",
        {"commitment": "C1", "kind": "decision", "title": "T", "owner": "zq-there", "area": HERE},
    ),
    ("course.offer", {"course": "K1", "title": "T", "mode": "online", "owner": "zq-there", "area": HERE}),
    ("difficulty.register", {"difficulty": "Q1", "category": "pay", "text": "T", "area": HERE}),
    ("relief.adopt", {"relief": "R1", "title": "T", "owner": "zq-there", "area": HERE}),
    (
        "undertaking.set_up",
        {"undertaking": "U1", "title": "T", "leader": "zq-there", "due": DUE, "at": AT, "area": HERE},
    ),
    ("visit.record", {"visit": "V1", "group": "G", "area": HERE, **HIDDEN}),
    ("nomination.make", {"nomination": "N1", "worker": "W1", "honour": "star", "area": HERE, **HIDDEN}),
    ("enterprise.register", {"enterprise": "E1", "name": "Firm", "area": HERE}),
    ("review.open", {"enterprise": "E1"}),
    ("review.delegate", {"enterprise": "E1", "stage": "screen", "to": "zq-there"}),
    ("review.judge", {"enterprise": "E1", "stage": "screen", "verdict": "approve"}),
    ("chapter.form", {"chapter": "C1", "name": "C", "route": "community", "enterprises": ["E1"]}),
    ("chapter.lead", {"chapter": "C1", **HIDDEN}),
    ("post.create", {"post": "below", "name": "Below", "unit": "U1", "area": HERE, "parent": "zq-there"}),
)
"""Rows of this county that name a post of another one."""
BOARDS = ("difficulties/board", "undertakings/board", "leaders", "reviews/funnel", "responsibility")


async def world(service: Service) -> None:
    for area in (HERE, THERE):
        await service.ok("area.define", area=area, name=f"County {area}", at=AT)
    await service.ok("unit.establish", unit="U1", name="Unit", area=J, at=AT)
    await service.ok("post.create", post="zq-there", name="Zq office", unit="U1", area=THERE, at=AT)
    for task in ("answer", "screen"):
        await service.ok("post.charge", post="zq-there", task=task, area=J, at=AT)
    await service.ok("worker.register", worker="W1", role="courier", home_area=HERE)
    for name, body in NAMED:
        await service.ok(name, **body, observed=True)


async def test_no_view_and_no_board_names_it(service: Service) -> None:
    await world(service)
    told: set[str] = set()
    async with await service.as_("dispatcher", areas=[HERE]) as desk:
        for path in (*public_views(), "verdicts_without_right", *BOARDS):
            whole, limited = [await one.get(f"/api/v1/{J}/{path}") for one in (service.http, desk)]
            assert limited.status_code == 200, (path, limited.text)
            assert "zq-there" not in limited.text, path
            assert "Zq office" not in limited.text, path
            if "zq-there" in whole.text and ELSEWHERE in limited.text:
                told.add(path)
        for path in ("commitments.csv", "undertakings.xlsx", "verdicts_without_right.csv"):
            answer = await desk.get(f"/api/v1/{J}/{path}")
            assert answer.status_code == 200, path
            assert b"zq-there" not in answer.content, path
        stream = f"/api/v1/{J}/stream?views={','.join(POSTS_IN.keys() - {'verdicts_without_right'})}"
        async with desk.stream("GET", stream) as answer:
            first = await anext(line async for line in answer.aiter_lines() if line.startswith("data:"))
        assert ELSEWHERE in first
        assert "zq-there" not in first
        log = await desk.get(f"/api/v1/{J}/log")
        assert log.status_code == 403
    assert told >= {"commitments", "courses", "difficulties", "leads", "undertakings", "visits", "posts"}
    assert told >= {"nominations", "reliefs", "activities", "difficulties/board", "verdicts_without_right"}
