"""Coverage over HTTP: at an instant, between days, its facts, what would raise it, and who may ask."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from each import each
from service import J, Service

from projections.coverage import Count
from services.application.announcing import Announcements
from services.application.covering import Covering, read_coverage
from tests.workbooks import rows_of

HERE, OTHER = "230717", "230718"
DAY = timedelta(days=1)


async def ask(
    service: Service, path: str = "", client: httpx.AsyncClient | None = None, status: int = 200, **query: Any
) -> dict[str, Any]:
    assert await service.muster.progress.reached(J, (await service.muster.log.end(J)).position, 5)
    answer = await (client or service.http).get(f"/api/v1/{J}/coverage{path}", params=query)
    assert answer.status_code == status, answer.text
    return answer.json()


def numbers(found: dict[str, Any]) -> tuple[int, int]:
    return found["ledger"], found["covered"]


def by(found: dict[str, Any], kind: str) -> dict[str, tuple[int, int]]:
    return {one["value"]: numbers(one) for one in found["by"][kind]}


async def admit(service: Service, key: str, at: datetime) -> None:
    """Let an enterprise pass its reviews, as reported by somebody else."""
    seen = {"at": at.isoformat(), "observed": True, "enterprise": key}
    await service.ok("review.open", **seen)
    for stage in ("screen", "verify", "check_city", "check_county"):
        await service.ok("review.judge", stage=stage, verdict="approve", **seen)


async def city(service: Service) -> datetime:
    """Set up four enterprises a month ago, in two counties, with a joint chapter of two of them."""
    begin = datetime.now(UTC).replace(hour=4, minute=0, second=0, microsecond=0) - 30 * DAY
    for code in (HERE, OTHER):
        await service.ok("area.define", area=code, name=f"County {code}")
    for n, (area, trade, size) in enumerate(
        (
            (HERE, "courier", "small"),
            (HERE, "courier", "micro"),
            (HERE, "courier", "micro"),
            (OTHER, None, None),
        )
    ):
        data = {"enterprise": f"E{n}", "name": f"Firm {n}", "area": area, "members": 1}
        data |= {name: value for name, value in (("trade", trade), ("size", size)) if value}
        await service.ok("enterprise.register", at=begin.isoformat(), **data)
        await admit(service, f"E{n}", begin)
    await service.ok(
        "chapter.form", at=(begin + DAY).isoformat(), chapter="C1", name="Couriers", enterprises=["E0", "E1"]
    )
    return begin


async def test_coverage_is_that_of_the_instant_asked_for(service: Service) -> None:
    begin = await city(service)
    await service.ok("chapter.leave", at=(begin + 3 * DAY).isoformat(), chapter="C1", enterprise="E1")

    moments = [begin - DAY, begin, begin + DAY, begin + 3 * DAY]
    found = [await ask(service, at=one.isoformat()) for one in moments]
    now = await ask(service)

    assert [numbers(one) for one in found] == [(0, 0), (4, 0), (4, 2), (4, 1)]
    assert [one["share"] for one in found] == [None, 0, 0.5, 0.25]
    assert numbers(now) == (4, 1)
    assert now["position"] == (await service.muster.log.end(J)).position


async def test_it_is_divided_by_county_trade_size_and_route(service: Service) -> None:
    await city(service)
    found = await ask(service)

    assert by(found, "area") == {HERE: (3, 2), OTHER: (1, 0)}
    assert by(found, "trade") == {"": (1, 0), "courier": (3, 2)}
    assert by(found, "size") == {"": (1, 0), "micro": (2, 1), "small": (1, 1)}
    assert by(found, "route") == {"community": (4, 0), "joint": (4, 2), "own": (4, 0)}
    assert numbers(await ask(service, area=HERE)) == (3, 2)
    assert numbers(await ask(service, trade="courier")) == (3, 2)


async def test_the_curve_has_a_point_for_each_day_of_change_and_the_facts_behind_it(service: Service) -> None:
    begin = await city(service)
    first, last = (begin - DAY).date(), (begin + 5 * DAY).date()
    span: dict[str, Any] = {"since": first.isoformat(), "until": last.isoformat()}
    curve = await ask(service, "/curve", **span)
    facts = await ask(service, "/facts", **span)
    few = await ask(service, "/facts", limit=2, **span)

    assert numbers(curve["before"]) == (0, 0)
    assert [(one["day"], *numbers(one)) for one in curve["days"]] == [
        (first.isoformat(), 0, 0),
        (begin.date().isoformat(), 4, 0),
        ((begin + DAY).date().isoformat(), 4, 2),
        (last.isoformat(), 4, 2),
    ]
    told = [(one["what"], one["enterprise"], one["chapter"]) for one in facts["items"]]
    assert told == [
        *(("entered", f"E{n}", None) for n in range(4)),
        ("covered", "E0", "C1"),
        ("covered", "E1", "C1"),
    ]
    assert (len(few["items"]), few["more"], facts["more"]) == (2, True, False)
    read = await service.http.get(f"/api/v1/{J}/log", params={"after": facts["items"][-1]["position"] - 1})
    assert read.status_code == 200
    assert '"chapter.formed"' in read.text


async def test_what_would_raise_it_most_names_the_route_and_who_could_take_them(service: Service) -> None:
    begin = await city(service)
    found = await ask(service, "/gaps")
    before = await ask(service, "/gaps", at=begin.isoformat(), limit=1)

    assert found["routes"] == {"joint": 1, "community": 1}
    assert [(one["route"], one["area"], one["enterprises"], one["chapters"]) for one in found["items"]] == [
        ("joint", HERE, ["E2"], ["C1"]),
        ("community", OTHER, ["E3"], []),
    ]
    assert [one["gain"] for one in before["items"]] == [0.75]
    assert before["more"]


async def test_dated_thresholds_change_what_fits(service: Service) -> None:
    begin = await city(service)
    await service.ok("formation.set", at=(begin + 2 * DAY).isoformat(), members=1)

    assert (await ask(service, "/gaps"))["routes"] == {"own": 2}
    assert (await ask(service, "/gaps", at=(begin + DAY).isoformat()))["routes"] == {
        "joint": 1,
        "community": 1,
    }


async def test_a_token_counts_what_lies_in_its_areas(service: Service) -> None:
    begin = await city(service)
    day = begin.date().isoformat()
    async with await service.as_("viewer", areas=[OTHER]) as viewer:
        assert numbers(await ask(service, client=viewer)) == (1, 0)
        for elsewhere in (HERE, "230799"):  # one that there is and one that there is not
            refused = await ask(service, client=viewer, area=elsewhere, status=404)
            assert refused["values"] == {"view": "areas", "key": elsewhere}
        facts = await ask(service, "/facts", client=viewer, since=day, until=day)
        gaps = await ask(service, "/gaps", client=viewer)
    assert [one["enterprise"] for one in facts["items"]] == ["E3"]
    assert [one["enterprises"] for one in gaps["items"]] == [["E3"]]


async def test_a_worker_may_not_ask(service: Service) -> None:
    await city(service)
    await service.ok("worker.register", worker="W1", role="courier")
    async with await service.as_("worker", worker="W1") as worker:
        for path in ("", "/curve", "/facts", "/gaps"):
            assert (await ask(service, path, client=worker, status=403))["code"] == "forbidden"


async def test_what_cannot_be_answered_is_said(service: Service) -> None:
    await city(service)
    later = (datetime.now(UTC) + DAY).isoformat()
    bad: list[tuple[str, dict[str, Any]]] = [
        ("", {"at": later}),
        ("/gaps", {"at": "yesterday"}),
        ("/curve", {"since": "2022-03-02", "until": "2022-03-01"}),
        ("/facts", {"since": "2022-02-31"}),
        ("", {"by": "area"}),
    ]
    for path, query in bad:
        assert (await ask(service, path, status=400, **query))["code"].startswith("parameter."), (path, query)


@pytest.fixture
async def counted(service: Service) -> Service:
    await city(service)
    return service


@each("path", ["", "/curve", "/facts", "/gaps", ".xlsx"])
@each(("name", "value", "view"), [("area", "230799", "areas"), ("trade", "快递", "terms")])
async def test_what_is_not_there_has_no_sums(
    counted: Service, path: str, name: str, value: str, view: str
) -> None:
    query: dict[str, Any] = {name: value}
    refused = await ask(counted, path, status=404, **query)
    assert (refused["code"], refused["values"]["view"]) == ("row.unknown", view)


async def test_a_trade_that_is_no_term_is_there_if_an_enterprise_has_it(service: Service) -> None:
    await city(service)
    await service.ok("enterprise.register", enterprise="E9", name="Firm 9", area=HERE, trade="i64")
    assert numbers(await ask(service, trade="i64")) == (0, 0)


async def test_following_the_log_finds_what_reading_it_all_finds(service: Service) -> None:
    begin = await city(service)
    covering = Covering(service.muster.views, service.muster.progress, Announcements())

    async def found() -> list[Count]:
        await service.muster.progress.reached(J, (await service.muster.log.end(J)).position, 5)
        moments = [begin + n * DAY for n in range(6)]
        followed, at = await covering.read(J, lambda index: [index.curves().at(one) for one in moments])
        index, position = await read_coverage(service.muster.views, J)
        assert followed == [index.curves().at(one) for one in moments]
        assert at == position
        return followed

    assert [one.covered for one in await found()] == [0, 2, 2, 2, 2, 2]
    await service.ok("enterprise.close", at=(begin + 4 * DAY).isoformat(), enterprise="E0")
    await service.ok("chapter.join", at=(begin + 2 * DAY).isoformat(), chapter="C1", enterprise="E3")
    assert await found() == [Count(4, 0), Count(4, 2), Count(4, 3), Count(4, 3), Count(3, 2), Count(3, 2)]


async def test_it_is_a_workbook_too_with_names_in_the_language(service: Service) -> None:
    await city(service)
    assert await service.muster.progress.reached(J, (await service.muster.log.end(J)).position, 5)
    answer = await service.http.get(f"/api/v1/{J}/coverage.xlsx", params={"headings": "zh"})
    assert answer.status_code == 200
    lines = [tuple(line) for line in rows_of(answer.content)]

    assert lines[0] == ("分项", "代码", "名称", "台账企业数", "已覆盖企业数", "覆盖率")
    assert lines[1][3:] == (4, 2, 0.5)
    assert ("area", HERE, f"County {HERE}", 3, 2, 2 / 3) in lines
    assert ("trade", "courier", "快递物流", 3, 2, 2 / 3) in lines
