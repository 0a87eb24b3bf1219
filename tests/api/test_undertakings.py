"""Supervision over HTTP: the board of units, both figures of a review, and inspections from a phone."""

from typing import Any
from uuid import uuid4

import pytest
from service import J, Service

from services.files.sweeping import KEPT, sweep_unattached
from tests.photos import photo
from tests.workbooks import rows_of

DUE, LATER = "2022-03-04T10:00:00+08:00", "2022-06-30T10:00:00+08:00"
SET_UP, DONE, AT = "2022-02-14T01:00:00Z", "2022-03-02T01:00:00Z", "2022-03-31T15:00:00Z"


@pytest.fixture
async def city(service: Service) -> Service:
    """Two units: of one six undertakings fell due, of the other one; the sender leads them all."""
    past = {"at": SET_UP}
    for n in (1, 2):
        await service.ok("unit.establish", unit=f"U{n}", name=f"Unit {n}", area=J, **past)
        await service.ok("post.create", post=f"P{n}", name=f"Post {n}", unit=f"U{n}", area=J, **past)
        await service.ok(
            "post.appoint", post=f"P{n}", holder=f"H{n}", holder_name=f"Officer {n}", acts_as="office", **past
        )
    for n in range(8):
        body = {"title": f"Title {n}", "leader": f"P{1 + (n > 5)}", "due": LATER if n == 7 else DUE}
        await service.ok("undertaking.set_up", undertaking=f"T{n}", **body, **past)
    return service


async def read(service: Service, path: str, status: int = 200, **query: Any) -> Any:
    answer = await service.http.get(f"/api/v1/{J}/{path}", params=query)
    assert answer.status_code == status, answer.text
    return answer.json()


async def finish(service: Service, key: str, at: str) -> None:
    async with service.client(await service.tokens.create("office", "dispatcher")) as office:
        done = await service.send("undertaking.finish", client=office, undertaking=key, at=at)
    assert done.status_code == 200, done.text
    assert await service.muster.progress.reached(J, done.json()["position"], 5)


async def test_units_are_compared_by_what_fell_due_and_each_figure_has_its_rows(city: Service) -> None:
    await finish(city, "T1", DONE)
    board = await read(city, "undertakings/board", at=AT, before="2022-03-03T00:00:00Z")
    one, two = board["units"]
    assert (one["unit"], one["now"]["in_time"], one["now"]["due"], one["now"]["rank"]) == ("U1", 1, 6, 1)
    assert (one["done_in_time"], len(one["not_in_time"])) == (["T1"], 5)
    assert (two["now"]["due"], two["now"]["small"], two["now"]["rank"]) == (1, True, None)
    assert (one["before"]["due"], one["before"]["share"]) == (0, None), "nothing was due by then: no data"
    assert (board["quarter"], board["counts"]["raised"]) == ("2022-01-01", 8)
    assert {late["undertaking"] for late in board["overdue"]} == {"T0", "T2", "T3", "T4", "T5", "T6"}
    assert {late["post_name"] for late in board["overdue"]} == {"Post 1", "Post 2"}
    assert (await read(city, "undertakings/board", at=AT, limit=2))["more"] is True
    await read(city, "undertakings/board", 400, at="2199-01-01T00:00:00Z")


async def test_the_other_date_has_its_rows_too_and_a_unit_that_has_given_all_away_is_listed(
    city: Service,
) -> None:
    await finish(city, "T1", DONE)
    for n in (6, 7):
        given = {"undertaking": f"T{n}", "leader": "P1", "at": "2022-03-20T00:00:00Z"}
        await city.ok("undertaking.hand_over", **given)
    board = await read(city, "undertakings/board", at=AT, before="2022-03-10T00:00:00Z")
    one, two = board["units"]
    assert (one["before_in_time"], len(one["before_not_in_time"]), one["before"]["due"]) == (["T1"], 5, 6)
    assert (two["unit"], two["counts"]["raised"], two["now"]["share"], two["now"]["rank"]) == (
        *("U2", 0, None, None),
    )
    assert (two["before"]["due"], two["before_not_in_time"]) == (1, ["T6"])


@pytest.mark.parametrize(
    ("language", "heads"), [("en", ("Rank", "Done in time")), ("zh", ("名次", "按时完成"))]
)
async def test_the_board_is_a_workbook_in_which_small_units_have_no_rank(
    city: Service, language: str, heads: tuple[str, str]
) -> None:
    await finish(city, "T1", DONE)
    asked = {"at": AT, "before": "2022-03-03T00:00:00Z", "headings": language}
    answer = await city.http.get(f"/api/v1/{J}/undertakings/board.xlsx", params=asked)
    assert answer.status_code == 200, answer.text
    head, one, two = rows_of(answer.content)
    assert (head[0], head[4], len(head)) == (*heads, 17)
    assert one[:7] == [1, "U1", "Unit 1", "false", 1, 6, pytest.approx(1 / 6)]
    assert two[:7] == ["", "U2", "Unit 2", "true", 0, 1, 0]
    assert one[12:] == ["", "false", 0, 0, ""], "nothing was due by then: no share"
    alone = await city.http.get(f"/api/v1/{J}/undertakings/board.xlsx", params={"at": AT})
    assert len(rows_of(alone.content)[0]) == 12


async def test_a_post_outside_ones_areas_is_not_named_on_the_board(city: Service) -> None:
    past = {"at": SET_UP}
    for area in ("230717", "230718"):
        await city.ok("area.define", area=area, name=f"County {area}")
    await city.ok("post.create", post="P8", name="Post 8", unit="U1", area="230718", **past)
    task = {"title": "T", "leader": "P8", "area": "230717", "due": DUE}
    await city.ok("undertaking.set_up", undertaking="TC", **task, **past)
    async with await city.as_("viewer", areas=["230717"]) as there:
        answer = await there.get(f"/api/v1/{J}/undertakings/board", params={"at": AT})
    late = answer.json()["overdue"]
    assert [(one["post"], one["post_name"], one["vacant"]) for one in late] == [
        ("elsewhere", "elsewhere", None)
    ]
    whole = await read(city, "undertakings/board", at=AT)
    assert ("TC", "Post 8") in {(one["undertaking"], one["post_name"]) for one in whole["overdue"]}


async def test_a_review_stays_as_it_was_and_shows_what_was_corrected(city: Service) -> None:
    await city.ok("monthly_review.hold", monthly_review="M1", month="2022-03")
    await finish(city, "T1", DONE)
    found = await read(city, "monthly_reviews/figures", review="M1")
    assert (found["known_then"]["done"], found["known_since"]["done"]) == (0, 1)
    assert [one["undertaking"] for one in found["corrected"]] == ["T1"]
    await read(city, "monthly_reviews/figures", 404, review="M9")
    async with await city.as_("viewer", areas=["330717"]) as elsewhere:
        hidden = await elsewhere.get(f"/api/v1/{J}/monthly_reviews/figures", params={"review": "M1"})
    assert hidden.status_code == 404


async def test_a_worker_reports_their_own_inspection_with_a_picture(city: Service) -> None:
    for worker in ("W1", "W2"):
        await city.ok("worker.register", worker=worker, role="courier")
    await city.ok("inspection.order", inspection="I1", undertaking="T0", inspector="W1")
    content, media = photo(), {"Content-Type": "image/jpeg"}
    upload, subject = f"/api/v1/{J}/files", {"subject": "inspection/I1"}
    async with await city.as_("worker", worker="W2", jurisdictions=[J]) as other:
        assert (await other.get(f"/api/v1/{J}/inspections")).json()["items"] == []
        refused = await other.post(upload, params=subject, content=content, headers=media)
        assert refused.status_code == 404
    async with await city.as_("worker", worker="W1", jurisdictions=[J]) as mine:
        [row] = (await mine.get(f"/api/v1/{J}/inspections")).json()["items"]
        assert row["inspection"] == "I1"
        stored = await mine.post(upload, params=subject, content=content, headers=media)
        assert stored.status_code == 200, stored.text
        report = {"inspection": "I1", "place": "Station 1", "findings": [{"text": "No light"}]}
        body = {**report, "file": stored.json()["file"], "note": "Seen"}
        done = await city.send("inspection.report", key=str(uuid4()), client=mine, **body)
        assert done.status_code == 200, done.text
    assert await city.muster.progress.reached(J, done.json()["position"], 5)
    [found] = await city.rows("undertakings", inspection="I1")
    assert (found["title"], found["category"], found["leader"]) == ("No light", "finding", "P1")
    shown = await city.http.get(f"/api/v1/{J}/files/{stored.json()['file']}")
    assert (shown.status_code, shown.headers["content-type"]) == (200, "image/jpeg")
    later = city.muster.clock.now() + 2 * KEPT
    assert await sweep_unattached(city.muster.files, city.muster.log, city.muster.views, J, later) == 0


async def test_evidence_is_a_sealed_file_that_must_have_been_uploaded(city: Service) -> None:
    address, subject = f"/api/v1/{J}/files", {"subject": "undertaking/T0"}
    paper, media = b"%PDF-1.7 minutes", {"Content-Type": "application/pdf"}
    wrong = await city.http.post(address, params=subject, content=b"no paper", headers=media)
    assert (wrong.status_code, wrong.json()["code"]) == (422, "file.invalid")
    picture: dict[str, Any] = {"params": {"subject": "inspection/I9"}, "content": paper, "headers": media}
    assert (await city.http.post(address, **picture)).status_code == 415, "a report has a picture"
    async with await city.as_("viewer", jurisdictions=[J]) as viewer:
        assert (await viewer.post(address, params=subject, content=paper, headers=media)).status_code == 403
    said: dict[str, Any] = {"undertaking": "T0", "evidence": "Minutes"}
    missing = await city.send("undertaking.evidence", **said, file="0" * 64)
    assert missing.json()["code"] == "file.unknown"
    names: list[str] = []
    for content, kind in ((paper, "application/pdf"), (photo(), "image/jpeg")):
        stored = await city.http.post(
            address, params=subject, content=content, headers={"Content-Type": kind}
        )
        assert stored.status_code == 200, stored.text
        names.append(stored.json()["file"])
        await city.ok("undertaking.evidence", **said, file=names[-1])
        shown = await city.http.get(f"{address}/{names[-1]}")
        assert shown.headers["content-type"] == kind
        assert (shown.content == content) == (kind == "application/pdf"), "photos lose place, time and device"
        assert ("attachment" in shown.headers["content-disposition"]) == (kind == "application/pdf")
    other = await city.send("duty_item.show", duty_item="D9", file=names[0])
    assert other.json()["code"] == "file.unknown", "it was uploaded for something else"
    (row,) = await city.rows("undertakings", undertaking="T0")
    assert [one["file"] for one in row["files"]] == names
    later = city.muster.clock.now() + 2 * KEPT
    assert await sweep_unattached(city.muster.files, city.muster.log, city.muster.views, J, later) == 0
    await city.ok("undertaking.erase", undertaking="T0")
    assert (await city.http.get(f"{address}/{names[0]}")).status_code in (404, 410)
    (row,) = await city.rows("undertakings", undertaking="T0")
    assert (row["files"], row["evidence"]) == ([], 2)
