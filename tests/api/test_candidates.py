"""Candidates over HTTP: what is shown to whom, and how wide the search is."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from each import each
from service import J, Service

from services import wiring
from services.dispatch.abilities import AbilitiesInvalid
from services.locations.port import Fix

HERE, COUNTY, OTHER = "230717001", "230717", "230718"


async def town(service: Service) -> None:
    """Set up R1, a request for groceries in a street, with two couriers, a driver and a team on duty."""
    for code, name in ((COUNTY, "County 1"), (HERE, "Street 1"), (OTHER, "County 2")):
        await service.ok("area.define", area=code, name=name)
    for worker, role, area in (("W1", "courier", HERE), ("W2", "courier", OTHER), ("W3", "driver", HERE)):
        await service.ok(
            "worker.register", worker=worker, role=role, name="骑手001号", organisation=f"Firm {worker}"
        )
        await service.ok("worker.check_in", worker=worker, area=area)
    await service.ok("worker.register", worker="W4", role="courier", home_area=HERE)
    await service.ok("team.form", team="T1", name="Team 1", kind="courier", area=COUNTY, activate=True)
    await service.ok("request.open", request="R1", category="grocery", area=HERE, contact_name="居民01号")


async def ask(service: Service, client: httpx.AsyncClient | None = None, **query: Any) -> dict[str, Any]:
    given = {"request": "R1", **query}
    answer = await (client or service.http).get(f"/api/v1/{J}/candidates", params=given)
    assert answer.status_code == 200, answer.text
    return answer.json()


def units(found: dict[str, Any]) -> list[str]:
    return [one["unit"] for one in found["items"]]


async def code(service: Service, client: httpx.AsyncClient | None = None, **query: Any) -> tuple[int, str]:
    answer = await (client or service.http).get(f"/api/v1/{J}/candidates", params=query)
    return answer.status_code, answer.json()["code"]


async def test_free_able_and_near_come_first_and_each_says_why(service: Service) -> None:
    await town(service)

    found = await ask(service)

    assert units(found) == ["W1", "T1", "W2", "W3"]
    assert {name: found[name] for name in ("request", "takes", "placed", "within")} == {
        "request": "R1",
        "takes": 1,
        "placed": None,
        "within": J,
    }
    assert found["needs"]["roles"] == ["courier", "rider", "volunteer"]
    assert found["position"] == service.muster.progress.positions[J]
    assert found["items"][0] == {
        "kind": "worker",
        "unit": "W1",
        "name": "骑手001号",
        "call_sign": "C-0001",
        "role": "courier",
        "presence": "available",
        "skills": [],
        "vehicle": None,
        "in_team": None,
        "organisation": "Firm W1",
        "area": HERE,
        "area_name": "Street 1",
        "free": True,
        "can_go": True,
        "why": None,
        "able": True,
        "matched": ["role:courier"],
        "asked": False,
        "steps": 0,
        "distance": None,
        "placed": None,
        "live": 0,
        "capacity": 1,
    }
    assert found["items"][1] == {
        "kind": "team",
        "unit": "T1",
        "name": "Team 1",
        "call_sign": "T-0001",
        "team_kind": "courier",
        "state": "active",
        "leader": None,
        "members": 0,
        "members_on_duty": 0,
        "organisation": None,
        "area": COUNTY,
        "area_name": "County 1",
        "free": True,
        "can_go": True,
        "why": None,
        "able": True,
        "matched": ["team_kind:courier"],
        "asked": False,
        "steps": 1,
        "distance": None,
        "placed": None,
        "live": 0,
        "capacity": None,
    }


async def test_who_is_sent_is_shown_as_asked_and_that_nobody_else_is_needed(service: Service) -> None:
    await town(service)
    await service.ok("assignment.offer", assignment="A1", request="R1", worker="W1")
    offered = {one["unit"]: (one["free"], one["asked"]) for one in (await ask(service))["items"]}
    await service.ok("assignment.accept", assignment="A1")
    taken = await ask(service)

    assert offered == {"W1": (False, True), "T1": (True, False), "W2": (True, False), "W3": (True, False)}
    assert taken["takes"] == 0
    assert [(one["free"], one["live"]) for one in taken["items"] if one["unit"] == "W1"] == [(False, 1)]
    assert units(taken)[-1] == "W1"


async def test_it_looks_no_farther_than_it_must(service: Service) -> None:
    await town(service)

    found = await ask(service, kind="worker", limit=1)

    assert (units(found), found["within"]) == (["W1"], HERE)
    assert (await ask(service, kind="worker", limit=2))["within"] == J
    assert units(await ask(service, kind="team")) == ["T1"]


async def test_a_text_finds_who_is_off_duty_too_but_nobody_by_name(service: Service) -> None:
    await town(service)
    await service.ok("team.join", team="T1", worker="W3")

    assert units(await ask(service, q="w4")) == ["W4"]
    assert units(await ask(service, q="FIRM W2")) == ["W2"]
    assert units(await ask(service, q="team 1")) == ["T1", "W3"]
    assert units(await ask(service, q="team 1", kind="worker")) == ["W3"]
    assert units(await ask(service, q="骑手")) == []


async def test_metres_from_the_last_known_place(service: Service) -> None:
    await town(service)
    await service.ok("request.amend", request="R1", lon=128.9, lat=47.72)
    now = datetime.now(UTC)
    await service.muster.locations.record(
        J,
        [
            Fix(worker="W2", at=now, lon=128.91234, lat=47.72),
            Fix(worker="W1", at=now - timedelta(hours=13), lon=128.9, lat=47.72),
        ],
    )

    found = {one["unit"]: one for one in (await ask(service))["items"]}
    seen = {one["unit"]: one for one in (await ask(service, await service.as_("viewer")))["items"]}

    assert (await ask(service))["placed"] == "request"
    assert (found["W2"]["distance"], found["W2"]["placed"], found["W2"]["steps"]) == (923, "phone", 2)
    assert (found["W1"]["distance"], found["W1"]["placed"]) == (None, None)  # too old
    assert seen["W2"]["distance"] == 900  # viewers see hundreds of metres


async def test_an_area_with_a_place_stands_for_who_has_none(service: Service) -> None:
    await service.ok("area.define", area=COUNTY, name="County 1", lon=128.9, lat=47.72)
    await service.ok("area.define", area=OTHER, name="County 2", lon=129.0, lat=47.72)
    await service.ok("worker.register", worker="W1", role="courier")
    await service.ok("worker.check_in", worker="W1", area=OTHER)
    await service.ok("request.open", request="R1", category="grocery", area=COUNTY)

    found = await ask(service)

    assert found["placed"] == "area"
    assert [(one["distance"], one["placed"]) for one in found["items"]] == [(7481, "area")]


async def test_only_what_lies_in_the_askers_areas(service: Service) -> None:
    await town(service)
    here = await service.as_("dispatcher", areas=(HERE,))
    elsewhere = await service.as_("dispatcher", areas=(OTHER,))

    assert units(await ask(service, here)) == ["W1", "W3"]
    assert await code(service, elsewhere, request="R1") == (404, "row.unknown")


@pytest.mark.parametrize(
    ("scope", "masked"),
    [("viewer", True), ("analyst", True), ("dispatcher", False), ("gateway", True), ("admin", False)],
)
async def test_who_may_read_may_ask_and_sees_names_by_the_rules(
    service: Service, scope: str, masked: bool
) -> None:
    await town(service)

    found = await ask(service, await service.as_(scope))

    names = {one["name"] for one in found["items"] if one["kind"] == "worker"}
    assert (names == {"骑*"}) == masked


async def test_a_workers_token_may_not(service: Service) -> None:
    await town(service)

    assert await code(service, await service.as_("worker", worker="W1"), request="R1") == (403, "forbidden")
    assert await code(service, service.client(None), request="R1") == (401, "unauthorized")


@pytest.fixture
async def peopled(service: Service) -> Service:
    await town(service)
    return service


@each(
    ("query", "expected"),
    [
        ({}, (400, "parameter.invalid")),
        ({"request": "R9"}, (404, "row.unknown")),
        ({"request": "R1", "kind": "drone"}, (400, "parameter.invalid")),
        ({"request": "R1", "limit": "0"}, (400, "parameter.invalid")),
        ({"request": "R1", "limit": "201"}, (400, "parameter.invalid")),
        ({"request": ["R1", "R2"]}, (400, "parameter.invalid")),
        ({"request": "R1", "q": "x" * 101}, (400, "parameter.invalid")),
        ({"request": "R1", "name": "x"}, (400, "parameter.unknown")),
    ],
)
async def test_what_is_asked_wrongly_is_told(
    peopled: Service, query: dict[str, Any], expected: tuple[int, str]
) -> None:
    assert await code(peopled, **query) == expected


async def test_a_view_that_is_set_aside_is_not_guessed_from(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    await town(service)

    async def degraded(jurisdiction: str) -> dict[str, int]:
        return {"busy": 3}

    monkeypatch.setattr(service.muster.views, "degraded", degraded)

    assert await code(service, request="R1") == (503, "view.degraded")


async def test_a_command_centre_may_have_its_own_table(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await town(service)
    own = tmp_path / "abilities.toml"
    own.write_text('[categories.grocery]\nroles = ["driver"]\n')
    monkeypatch.setenv("MUSTER_ABILITIES", str(own))
    service.muster.abilities = wiring.abilities()

    assert units(await ask(service, limit=1)) == ["W3"]


async def test_a_table_that_is_wrong_stops_the_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = tmp_path / "abilities.toml"
    own.write_text("roles = 1\n")
    monkeypatch.setenv("MUSTER_ABILITIES", str(own))

    with pytest.raises(AbilitiesInvalid, match="is invalid"):
        await wiring.embedded(tmp_path / "data")
    assert not (tmp_path / "data").exists()
