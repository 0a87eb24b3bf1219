"""The report of the institutions over HTTP: figures, their rows, the DOCX, and who may ask."""

import zipfile
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import httpx
import pytest
from service import J, Service

from services.reports.institutions import READ

HERE, OTHER = "230717", "230718"
DAY = timedelta(days=1)
PATH = f"/api/v1/{J}/reports/institutions"


async def ask(
    service: Service, path: str = "", client: httpx.AsyncClient | None = None, status: int = 200, **query: Any
) -> Any:
    assert await service.muster.progress.reached(J, (await service.muster.log.end(J)).position, 5)
    answer = await (client or service.http).get(f"{PATH}{path}", params=query)
    assert answer.status_code == status, answer.text
    return answer.json() if answer.headers["content-type"].startswith("application/") else answer


def figure(report: Any, name: str) -> Any:
    return next(one for section in report["sections"] for one in section["figures"] if one["figure"] == name)


async def city(service: Service) -> datetime:
    """Visit an enterprise in each of two counties twenty days ago, and agree on something that is overdue."""
    begin = datetime.now(UTC).replace(microsecond=0) - 20 * DAY
    seen = {"at": begin.isoformat(), "observed": True}
    for area in (HERE, OTHER):
        await service.ok("area.define", area=area, name=f"County {area}")
        await service.ok("enterprise.register", enterprise=f"E{area}", name=f"Firm {area}", area=area, **seen)
        await service.ok("unit.establish", unit=f"U{area}", name=f"Unit {area}", area=area, **seen)
        post = {"post": f"P{area}", "name": f"Post {area}", "unit": f"U{area}", "area": area}
        await service.ok("post.create", **post, **seen)
        await service.ok("visit.record", visit=f"V{area}", enterprise=f"E{area}", area=area, **seen)
        due = (begin + 5 * DAY).isoformat()
        promised = {"commitment": f"C{area}", "kind": "to_enterprises", "title": f"Road {area}", "due": due}
        await service.ok("commitment.make", owner=f"P{area}", area=area, **promised, **seen)
    return begin


async def test_each_figure_has_definition_instant_position_and_an_address_that_opens_its_rows(
    service: Service,
) -> None:
    begin = await city(service)
    since = (begin - DAY).isoformat()
    report = await ask(service, since=since)
    visits = figure(report, "R5.visits")
    assert (visits["value"], visits["before"], visits["change"], visits["came"]) == (2, 0, 2, 2)
    assert visits["definition"].keys() == {"en", "zh"}
    assert visits["at"] == report["at"]
    assert visits["at"].endswith("+08:00")
    assert visits["position"] == report["position"] == (await service.muster.log.end(J)).position
    opened = (await service.http.get(visits["address"])).json()
    assert [one["key"] for one in opened["items"]] == ["V230717", "V230718"]
    assert opened["items"][0]["name"] == "Firm 230717"
    assert all(one["new"] for one in opened["items"])


async def test_every_figure_counts_the_rows_it_opens_to(service: Service) -> None:
    await city(service)
    report = await ask(service)
    for section in report["sections"]:
        for one in section["figures"]:
            opened = (await service.http.get(one["address"])).json()
            assert sum(row["amount"] for row in opened["items"]) == one["value"], one["figure"]


async def test_a_figure_of_an_area_opens_to_the_rows_of_that_area(service: Service) -> None:
    await city(service)
    visits = figure(await ask(service, area=OTHER), "R5.visits")
    opened = (await service.http.get(visits["address"])).json()
    assert visits["value"] == 1
    assert [one["key"] for one in opened["items"]] == [f"V{OTHER}"]


async def test_what_is_overdue_has_a_name_and_a_post(service: Service) -> None:
    await city(service)
    report = await ask(service)
    assert report["overdue_count"] == 2
    first = report["overdue"][0]
    assert (first["figure"], first["name"], first["owner_name"], first["days"]) == (
        "R5.commitments_overdue",
        "Road 230717",
        "Post 230717",
        15,
    )


async def test_a_duty_is_overdue_by_name_until_something_shows_that_it_was_done(service: Service) -> None:
    begin = await city(service)
    seen, due = {"at": begin.isoformat(), "observed": True}, (begin + 2 * DAY).isoformat()
    for n, ends in ((1, due), (2, None)):
        given = {"duty_item": f"D{n}", "title": f"Duty {n}", "due": ends}
        await service.ok("duty_item.list", post=f"P{HERE}", **given, **seen)
    report = await ask(service)
    names = ("R4.duties", "R4.duties_shown", "R4.duties_overdue")
    assert [figure(report, name)["value"] for name in names] == [2, 0, 1]
    first = report["overdue"][0]
    assert (first["name"], first["owner_name"], first["days"]) == ("Duty 1", f"Post {HERE}", 18)
    await service.ok("duty_item.strike", duty_item="D1", reason="not needed")
    assert figure(await ask(service), "R4.duties_overdue")["value"] == 0


async def test_supervision_and_recognition_are_counted_and_tasks_are_overdue_by_name(
    service: Service,
) -> None:
    begin = await city(service)
    seen, due = {"at": begin.isoformat(), "observed": True}, (begin + 3 * DAY).isoformat()
    task = {"undertaking": "T1", "title": "Charging points", "category": "campaign", "leader": f"P{HERE}"}
    await service.ok("undertaking.set_up", **task, area=HERE, due=due, **seen)
    about = {"publication": "PB1", "topic": "Through the snow", "channel": "board", "area": HERE}
    await service.ok("publication.publish", **about, **seen)
    report = await ask(service)
    names = ("R10.raised", "R10.open", "R10.campaigns", "R10.overdue", "R9.published", "R9.brands")
    assert [figure(report, name)["value"] for name in names] == [1, 1, 1, 1, 1, 0]
    [late] = [one for one in report["overdue"] if one["figure"] == "R10.overdue"]
    assert (late["name"], late["owner_name"]) == ("Charging points", f"Post {HERE}")
    dues = [one["due"] for one in report["overdue"]]
    assert len(dues) == 3  # a due date at a weekend moves the task behind the two commitments
    assert dues == sorted(dues)


async def test_without_a_choice_it_is_compared_with_the_last_monthly_review(service: Service) -> None:
    begin = await city(service)
    end_of_month = "T23:59:59.999999+08:00"
    assert (await ask(service))["since"].endswith(end_of_month)
    for day in (12, 4):
        held = (begin + day * DAY).isoformat()
        review = {"monthly_review": f"M{day}", "month": f"2020-{day:02}", "at": held, "observed": True}
        await service.ok("monthly_review.hold", **review)
    assert datetime.fromisoformat((await ask(service))["since"]) == begin + 12 * DAY
    earlier = await ask(service, at=(begin + 10 * DAY).isoformat())
    assert datetime.fromisoformat(earlier["since"]) == begin + 4 * DAY
    assert (await ask(service, area=HERE))["since"].endswith(end_of_month)


async def test_a_report_of_an_earlier_date_does_not_know_what_came_later(service: Service) -> None:
    begin = await city(service)
    report = await ask(service, at=(begin - DAY).isoformat())
    assert all(section["empty"] for section in report["sections"] if section["section"] != "R8")
    assert report["overdue"] == []


async def test_a_token_limited_to_an_area_counts_only_what_lies_there(service: Service) -> None:
    await city(service)
    limited = await service.as_("dispatcher", jurisdictions=[J], areas=[HERE])
    report = await ask(service, client=limited)
    assert [figure(report, name)["value"] for name in ("R1.posts", "R2.enterprises", "R5.visits")] == [
        1,
        1,
        1,
    ]
    assert {one["key"] for one in report["overdue"]} == {"C230717"}
    assert OTHER not in str(report).replace(str(report["position"]), "")
    rows = await ask(service, "/rows", limited, figure="R5.commitments")
    assert [one["key"] for one in rows["items"]] == ["C230717"]
    for area in (OTHER, "230799"):  # the one is there, the other is not
        unknown = await ask(service, "/rows", limited, 404, figure="R5.visits", area=area)
        assert unknown["code"] == "row.unknown"


async def test_a_workers_token_is_refused(service: Service) -> None:
    await service.ok("worker.register", worker="W1", role="courier")
    worker = await service.as_("worker", jurisdictions=[J], worker="W1")
    for path, query in (("", {}), ("/rows", {"figure": "R5.visits"}), (".docx", {})):
        assert (await ask(service, path, worker, 403, **query))["code"] == "forbidden"


async def test_what_cannot_be_answered_says_so(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    await service.ok("area.define", area=HERE, name="County")
    now = datetime.now(UTC)
    for path, query in (
        ("", {"at": (now + DAY).isoformat()}),
        ("", {"at": (now - DAY).isoformat(), "since": now.isoformat()}),
        ("/rows", {"figure": "R5.shoes"}),
        ("/rows", {}),
        (".docx", {"language": "fr"}),
    ):
        assert (await ask(service, path, None, 400, **query))["code"] == "parameter.invalid"

    async def degraded(jurisdiction: str) -> dict[str, int]:
        return {READ[0]: 1}

    monkeypatch.setattr(service.muster.views, "degraded", degraded)
    assert (await ask(service, status=503))["code"] == "view.degraded"


@pytest.mark.parametrize(("language", "said"), [("en", "Road 230717"), ("zh", "逾期事项")])
async def test_the_document_holds_the_figures_and_links_to_their_rows(
    service: Service, language: str, said: str
) -> None:
    await city(service)
    at = datetime.now(UTC).isoformat()
    answer = await service.http.get(f"{PATH}.docx", params={"language": language, "at": at})
    assert answer.status_code == 200
    assert answer.headers["content-type"].endswith("wordprocessingml.document")
    again = await service.http.get(f"{PATH}.docx", params={"language": language, "at": at})
    assert again.content == answer.content
    with zipfile.ZipFile(BytesIO(answer.content)) as parts:
        assert said in parts.read("word/document.xml").decode()
        links = parts.read("word/_rels/document.xml.rels").decode()
    assert f"{service.url}/#/{J}/report?figure=R5.visits&amp;at=" in links
