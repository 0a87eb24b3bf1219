"""People in the report of the institutions, by name as the reader may see them, and source lists by title."""

import zipfile
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import httpx
from service import J, Service

HERE, OTHER = "230717", "230718"
DAY = timedelta(days=1)
PATH = f"/api/v1/{J}/reports/institutions"
CODE = "91110000600037341L"


async def ask(service: Service, path: str = "", client: httpx.AsyncClient | None = None, **query: Any) -> Any:
    assert await service.muster.progress.reached(J, (await service.muster.log.end(J)).position, 5)
    answer = await (client or service.http).get(f"{PATH}{path}", params=query)
    assert answer.status_code == 200, answer.text
    return answer


async def rows(
    service: Service, figure: str, client: httpx.AsyncClient | None = None, **query: Any
) -> list[Any]:
    return (await ask(service, "/rows", client, figure=figure, **query)).json()["items"]


async def city(service: Service) -> None:
    """A courier at home in one county, and a post there whose holder has something overdue."""
    begin = datetime.now(UTC).replace(microsecond=0) - 20 * DAY
    seen = {"at": begin.isoformat(), "observed": True}
    await service.ok("jurisdiction.establish", name="City", timezone="Asia/Shanghai")
    for area in (HERE, OTHER):
        await service.ok("area.define", area=area, name=f"County {area}")
    await service.ok("worker.register", worker="W1", role="courier", name="赵小明", home_area=HERE)
    await service.ok("worker.report", worker="W1", area=HERE)
    await service.ok("unit.establish", unit="U1", name="Unit", area=HERE, **seen)
    await service.ok("post.create", post="P1", name="Secretary", unit="U1", area=HERE, **seen)
    await service.ok("post.appoint", post="P1", holder="H1", holder_name="钱大海", **seen)
    due = (begin + 5 * DAY).isoformat()
    await names(service, "on_demand")
    promised = {"commitment": "C1", "kind": "to_enterprises", "title": "Road", "due": due}
    await service.ok("commitment.make", owner="P1", area=HERE, **promised, **seen)


async def revealed(service: Service) -> list[tuple[str, tuple[str, ...]]]:
    """What the log says of reveals: by which view, and whom."""
    found = await service.rows("activity", name="personal.revealed")
    return [(one["detail"]["view"], tuple(one["detail"]["subjects"])) for one in reversed(found)]


async def names(service: Service, sight: str) -> None:
    """Let dispatchers see names so."""
    rules = dict.fromkeys(("name", "need", "community", "address", "phone"), sight)
    await service.ok("jurisdiction.set_disclosure", rules={"dispatcher": rules})


async def test_people_are_called_by_masked_names_and_reveals_are_recorded(service: Service) -> None:
    await city(service)
    (one,) = await rows(service, "R7.reported")
    assert (one["person"], one["person_name"], one["name"]) == ("worker/W1", "赵*", "W1")
    assert await revealed(service) == []
    (one,) = await rows(service, "R7.reported", reveal="true")
    assert one["person_name"] == "赵小明"
    assert await revealed(service) == [("reports", ("worker/W1",))]


async def test_whoever_has_something_overdue_is_named_beside_the_post(service: Service) -> None:
    await city(service)
    (late,) = (await ask(service)).json()["overdue"]
    assert (late["owner_name"], late["holder"], late["holder_name"]) == ("Secretary", "H1", "钱*")
    (late,) = (await ask(service, reveal="true")).json()["overdue"]
    assert late["holder_name"] == "钱大海"
    assert await revealed(service) == [("reports", ("holder/H1",))]


async def test_the_document_masks_names_unless_their_reveal_is_recorded(service: Service) -> None:
    await city(service)
    await names(service, "clear")
    (late,) = (await ask(service)).json()["overdue"]
    assert late["holder_name"] == "钱大海"

    async def text(**query: Any) -> str:
        with zipfile.ZipFile(BytesIO((await ask(service, ".docx", **query)).content)) as parts:
            return parts.read("word/document.xml").decode()

    assert "Secretary (钱*)" in await text(language="en")
    assert await revealed(service) == []
    assert "Secretary (钱大海)" in await text(language="en", reveal="true")
    assert await revealed(service) == [("reports", ("holder/H1",))]


async def test_who_may_not_reveal_is_refused_and_other_areas_tell_no_name(service: Service) -> None:
    await city(service)
    viewer = await service.as_("viewer", jurisdictions=[J])
    refused = await viewer.get(PATH, params={"reveal": "true"})
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    limited = await service.as_("dispatcher", jurisdictions=[J], areas=[OTHER])
    assert await rows(service, "R7.reported", limited) == []
    assert (await ask(service, client=limited)).json()["overdue"] == []
    await viewer.aclose()
    await limited.aclose()


async def test_a_person_without_a_name_is_called_by_number(service: Service) -> None:
    await city(service)
    await service.ok("worker.register", worker="W2", role="courier", home_area=HERE)
    await service.ok("worker.report", worker="W2", area=HERE)
    two, one = await rows(service, "R7.reported")
    assert [(row["person_name"], row["name"]) for row in (one, two)] == [("赵*", "W1"), (None, "W2")]


async def test_completeness_is_a_figure_of_each_source_list_with_the_sources_own_date(
    service: Service,
) -> None:
    """Two editions of one list: the second names one more, that the ledger does not have."""
    await city(service)
    first, second = (datetime(2022, 2, day, tzinfo=UTC) for day in (1, 20))
    seen = {"at": first.isoformat(), "observed": True}
    known = {"enterprise": "E1", "name": "伊春市宏达物流有限公司", "code": CODE}
    await service.ok("enterprise.register", area=HERE, **known, **seen)
    entries = [("X1", "宏达物流有限公司", CODE, HERE), ("X2", "宏达商贸有限公司", CODE, HERE)]
    for edition, more in ((first, []), (second, [("X3", "远山木业有限公司", None, OTHER)])):
        listed = {"source_list": "L1", "at": edition.isoformat(), "observed": True}
        await service.ok("source_list.declare", kind="registry", title="Registry", **listed)
        for entry, name, code, area in (*entries, *more):
            await service.ok("entry.list", entry=entry, area=area, name=name, code=code, **listed)
    asked: Any = {"since": (first + DAY).isoformat(), "at": (second + DAY).isoformat()}
    report = (await ask(service, **asked)).json()
    figures = {one["figure"]: one for section in report["sections"] for one in section["figures"]}
    told = {name: figures[f"R2.{name}"] for name in ("listed", "matched", "different", "missing")}
    assert {name: (one["value"], one["before"]) for name, one in told.items()} == {
        "listed": (3, 2),
        "matched": (1, 1),
        "different": (1, 1),
        "missing": (1, 0),
    }
    (part,) = told["missing"]["parts"]
    assert (part["name"], part["value"], part["change"], part["share"]) == ("Registry", 1, 1, 1 / 3)
    assert datetime.fromisoformat(part["edition"]) == second
    assert datetime.fromisoformat(part["edition_before"]) == first
    assert told["missing"]["position"] == report["position"]
    (row,) = await rows(service, "R2.missing", **asked)
    assert (row["key"], row["name"], row["part"]) == ("X3", "远山木业有限公司", "Registry (2022-02-20)")
    struck = {"entry": "X2", "edition": second.isoformat()}
    await service.ok("entry.strike", **struck)
    opened = (await ask(service, "/rows", figure="R2.different", **asked)).json()
    assert [(one["key"], one["part"]) for one in opened["gone"]] == [("X2", "Registry (2022-02-01)")]
    limited = await service.as_("dispatcher", jurisdictions=[J], areas=[HERE])
    assert await rows(service, "R2.missing", limited, **asked) == []
    of_these = (await ask(service, client=limited, **asked)).json()
    listed = next(one for one in of_these["sections"][1]["figures"] if one["figure"] == "R2.listed")
    assert [(one["name"], one["value"]) for one in listed["parts"]] == [("Registry", 1)]
    await limited.aclose()
