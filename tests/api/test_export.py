"""Lists as files: all matching rows, local times, harmless cells, masking as on the page."""

import csv
import io
import zipfile
from typing import Any

import httpx
import pytest
from service import J, Service

from services.api import export
from tests.workbooks import rows_of

AT = "2026-01-05T07:00:00+08:00"


async def download(
    service: Service, file: str, client: httpx.AsyncClient | None = None, **query: Any
) -> httpx.Response:
    assert await service.muster.progress.reached(J, (await service.muster.log.end(J)).position, 5)
    return await (client or service.http).get(f"/api/v1/{J}/{file}", params=query)


async def lines(service: Service, file: str, **query: Any) -> list[dict[str, str]]:
    answer = await download(service, file, **query)
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


async def sheet(service: Service, file: str, **query: Any) -> list[list[Any]]:
    answer = await download(service, file, **query)
    assert answer.status_code == 200, answer.text
    return rows_of(answer.content)


async def crew(service: Service, count: int) -> None:
    await service.ok("jurisdiction.establish", name="City", timezone="Asia/Shanghai")
    for i in range(count):
        await service.ok("worker.register", worker=f"W{i}", role="rider" if i % 2 else "courier")


async def test_a_file_has_every_matching_row_however_few_a_page_holds(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "AT_ONCE", 2)
    await crew(service, 7)
    assert [row["worker"] for row in await lines(service, "roster.csv")] == [f"W{i}" for i in range(7)]
    riders = await lines(service, "roster.csv", role="rider", sort="-key")
    assert [row["worker"] for row in riders] == ["W5", "W3", "W1"]
    heading, *rows = await sheet(service, "roster.xlsx", role="courier")
    assert [row[heading.index("worker")] for row in rows] == ["W0", "W2", "W4", "W6"]


async def test_csv_has_a_byte_order_mark_and_local_times_with_their_offset(service: Service) -> None:
    await crew(service, 1)
    await service.ok("worker.check_in", worker="W0", area=J, at=AT)
    answer = await download(service, "presence.csv")
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert f'filename="{J}-presence-' in answer.headers["content-disposition"]
    assert (await lines(service, "presence.csv"))[0]["at"] == "2026-01-05 07:00:00+08:00"
    heading, row = await sheet(service, "presence.xlsx")
    assert row[heading.index("at")] == "2026-01-05 07:00:00+08:00"


async def test_a_formula_is_text_in_both(service: Service) -> None:
    await crew(service, 0)
    await service.ok("worker.register", worker="W1", role="rider", organisation='=HYPERLINK("http://x")')
    assert (await lines(service, "roster.csv"))[0]["organisation"] == '\'=HYPERLINK("http://x")'
    answer = await download(service, "roster.xlsx")
    assert '=HYPERLINK("http://x")' in rows_of(answer.content)[1]
    assert b"<f>" not in zipfile.ZipFile(io.BytesIO(answer.content)).read("xl/worksheets/sheet1.xml")


async def test_personal_data_is_masked_unless_revealed_and_the_reveal_recorded(service: Service) -> None:
    await crew(service, 0)
    await service.ok("worker.register", worker="W1", role="rider", name="Zhang San", phone="+8613800001234")
    assert (await lines(service, "roster.csv"))[0]["name"] == "Z*"
    shown = (await lines(service, "roster.csv", reveal="true"))[0]
    assert (shown["name"], shown["phone"]) == ("Zhang San", "'+8613800001234")
    reveals = [row for row in await service.rows("activity") if row["name"] == "personal.revealed"]
    assert len(reveals) == 1
    async with await service.as_("viewer") as viewer:
        refused = await download(service, "roster.csv", viewer, reveal="true")
        masked = await download(service, "roster.csv", viewer)
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    assert "Zhang" not in masked.text


async def test_a_file_holds_what_the_token_sees(service: Service) -> None:
    await crew(service, 0)
    for area in ("230717", "230718"):
        await service.ok("area.define", area=area, name=f"County {area}")
        await service.ok("worker.register", worker=f"of-{area}", role="rider", home_area=area)
    async with await service.as_("dispatcher", areas=["230717"]) as desk:
        answer = await download(service, "roster.csv", desk)
    assert "of-230717" in answer.text
    assert "of-230718" not in answer.text


async def chosen(
    service: Service, ending: str = "csv", client: httpx.AsyncClient | None = None, **body: Any
) -> httpx.Response:
    assert await service.muster.progress.reached(J, (await service.muster.log.end(J)).position, 5)
    return await (client or service.http).post(f"/api/v1/{J}/rows.{ending}", json={"view": "roster", **body})


def workers(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [row["worker"] for row in csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))]


async def test_a_file_of_chosen_rows_has_these_in_this_order(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "AT_ONCE", 2)
    await crew(service, 6)
    wanted = ["W4", "W0", "W9", "W5", "W1", "W4"]
    assert workers(await chosen(service, keys=wanted)) == ["W4", "W0", "W5", "W1"]
    assert workers(await chosen(service, keys=[])) == []
    answer = await chosen(service, "xlsx", keys=["W1"], headings="zh")
    assert [row[0] for row in rows_of(answer.content)] == ["人员", "W1"]


async def test_chosen_rows_may_be_those_of_an_instant(service: Service) -> None:
    enterprise = {"enterprise": "E1", "name": "Before Ltd"}
    await service.ok("enterprise.register", **enterprise, at="2022-02-01T08:00:00Z")
    await service.ok("enterprise.amend", enterprise="E1", name="After Ltd", at="2022-03-01T08:00:00Z")

    then = await chosen(service, view="enterprises", keys=["E1"], at="2022-02-15T08:00:00Z")
    assert ("Before Ltd" in then.text, "After Ltd" in then.text) == (True, False)
    early = await chosen(service, view="enterprises", keys=["E1"], at="2022-01-01T00:00:00Z")
    assert "Ltd" not in early.text
    undated = await chosen(service, keys=["W1"], at="2022-02-15T08:00:00Z")
    assert (undated.status_code, undated.json()["code"]) == (400, "parameter.unknown")


async def test_choosing_rows_shows_nobody_more_than_they_see(service: Service) -> None:
    await crew(service, 2)
    for area in ("230717", "230718"):
        await service.ok("area.define", area=area, name=f"County {area}")
        await service.ok("worker.register", worker=f"of-{area}", role="rider", home_area=area)
    keys = ["of-230717", "of-230718", "W0", "W1"]
    async with await service.as_("dispatcher", areas=["230717"]) as desk:
        assert workers(await chosen(service, client=desk, keys=keys)) == ["of-230717"]
    async with await service.as_("worker", worker="W1") as phone:
        assert workers(await chosen(service, client=phone, keys=keys)) == ["W1"]
    async with await service.as_("viewer") as viewer:
        refused = await chosen(service, client=viewer, keys=keys, reveal=True)
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")


async def test_revealing_chosen_rows_is_recorded_for_these(service: Service) -> None:
    await crew(service, 0)
    for worker in ("W1", "W2"):
        await service.ok("worker.register", worker=worker, role="rider", name="Zhang San")
    shown = await chosen(service, keys=["W2"], reveal=True)
    assert "Zhang San" in shown.text
    [told] = [row for row in await service.rows("activity") if row["name"] == "personal.revealed"]
    assert told["detail"]["subjects"] == ["worker/W2"]


@pytest.mark.parametrize(
    "body", [{"keys": ["W0"], "view": "commands"}, {"keys": ["W0"], "headings": "fr"}, {"view": "roster"}]
)
async def test_a_bad_choice_of_rows_is_refused(service: Service, body: dict[str, Any]) -> None:
    await crew(service, 1)
    assert (await chosen(service, **body)).status_code == 422


async def test_headings_are_in_the_language_asked_for_or_the_names_of_the_fields(service: Service) -> None:
    await crew(service, 1)
    found: dict[str, list[str]] = {}
    for language in ("en", "zh", "fields"):
        heading, row = await sheet(service, "roster.xlsx", headings=language)
        assert row[0] == "W0"
        found[language] = heading[:4]
        assert list((await lines(service, "roster.csv", headings=language))[0])[:4] == heading[:4]
    assert found == {
        "en": ["Worker", "Call sign", "Area", "Role"],
        "zh": ["人员", "呼号", "区域", "角色"],
        "fields": ["worker", "call_sign", "area", "role"],
    }
    assert await sheet(service, "roster.xlsx") == await sheet(service, "roster.xlsx", headings="fields")


@pytest.mark.parametrize(
    "query", [{"limit": "5"}, {"colour": "red"}, {"sort": "shoe_size"}, {"headings": "fr"}]
)
async def test_a_bad_parameter_is_refused_before_a_file_begins(
    service: Service, query: dict[str, Any]
) -> None:
    await crew(service, 1)
    for file in ("roster.csv", "roster.xlsx"):
        assert (await download(service, file, **query)).status_code == 400


async def test_the_past_is_exported_too(service: Service) -> None:
    await crew(service, 0)
    early = "2026-01-05T06:00:00+08:00"
    await service.ok("worker.register", worker="W0", role="rider", at=early, observed=True)
    await service.ok("worker.check_in", worker="W0", area=J, at=AT)
    then = (await service.muster.log.end(J)).position
    await service.ok("worker.check_out", worker="W0", at="2026-01-05T09:00:00+08:00")
    assert (await lines(service, "roster.csv", as_of=then))[0]["presence"] == "available"
    for clock, presence in (("08", "available"), ("10", "off_duty")):
        at = await lines(service, "presence.csv", at=f"2026-01-05T{clock}:00:00+08:00")
        assert [row["presence"] for row in at] == [presence]


async def worked(service: Service) -> None:
    await crew(service, 0)
    for worker, organisation in (("W1", "Red Cross"), ("W2", None)):
        await service.ok(
            "worker.register", worker=worker, role="rider", organisation=organisation, name="Li Si"
        )
    times = [
        ("W1", "2026-01-05T22:00:00+08:00", "2026-01-06T03:00:00+08:00"),
        ("W1", "2026-01-12T08:00:00+08:00", "2026-01-12T09:30:00+08:00"),
        ("W2", "2026-02-01T08:00:00+08:00", "2026-02-01T10:00:00+08:00"),
    ]
    for worker, since, until in times:
        await service.ok("worker.check_in", worker=worker, area=J, at=since)
        await service.ok("worker.check_out", worker=worker, at=until)


async def test_hours_are_summed_per_person_and_period_of_the_local_calendar(service: Service) -> None:
    await worked(service)
    span: dict[str, Any] = {"from": "2026-01-01", "to": "2026-02-28"}

    async def table(**query: Any) -> list[tuple[str, str, float]]:
        found = await service.rows("hours", **span, **query)
        return [(row["worker"], row["period"], row["hours"]) for row in found]

    assert await table() == [
        ("W1", "2026-01-05", 2.0),
        ("W1", "2026-01-06", 3.0),
        ("W1", "2026-01-12", 1.5),
        ("W2", "2026-02-01", 2.0),
    ]
    assert await table(by="week", worker="W1") == [("W1", "2026-W02", 5.0), ("W1", "2026-W03", 1.5)]
    assert await table(by="month") == [("W1", "2026-01", 6.5), ("W2", "2026-02", 2.0)]
    assert await table(by="total", organisation="Red Cross") == [("W1", "", 6.5)]


async def test_hours_are_cut_to_the_days_asked_for_and_exported(service: Service) -> None:
    await worked(service)
    rows = await lines(service, "hours.csv", **{"from": "2026-01-06", "to": "2026-01-06", "by": "total"})
    assert [(row["worker"], row["name"], row["hours"], row["duties"]) for row in rows] == [
        ("W1", "L*", "3.0", "1")
    ]
    heading, row = await sheet(service, "hours.xlsx", **{"from": "2026-02-01", "to": "2026-02-01"})
    assert (row[heading.index("worker")], row[heading.index("seconds")]) == ("W2", 7200)


async def test_a_worker_reads_their_own_hours(service: Service) -> None:
    await worked(service)
    span: dict[str, Any] = {"from": "2026-01-01", "to": "2026-02-28"}
    async with await service.as_("worker", worker="W2") as own:
        found = await service.rows("hours", own, **span)
    assert {row["worker"] for row in found} == {"W2"}


async def test_hours_of_an_area_are_those_of_duties_in_it(service: Service) -> None:
    await crew(service, 1)
    await service.ok("area.define", area="230717", name="County")
    for at, area in (("07", J), ("09", "230717")):
        await service.ok("worker.check_in", worker="W0", area=area, at=f"2026-01-05T{at}:00:00+08:00")
    await service.ok("worker.check_out", worker="W0", at="2026-01-05T10:00:00+08:00")
    day: dict[str, Any] = {"from": "2026-01-05", "to": "2026-01-05"}
    found = await service.rows("hours", area="230717", **day)
    assert [row["hours"] for row in found] == [1.0]
