"""Names are searched in memory: built in the background, kept up to date, and gone with their key."""

import threading
from typing import Any

import pytest
from service import J, Service

from services.access import Principal
from services.api import searching
from services.api.rows import Opener
from services.api.searching import Finder
from services.search import index as indexes
from services.search.folding import Folded
from services.search.index import Index
from services.search.searches import Searches


async def found(service: Service, **asked: Any) -> dict[str, Any]:
    answer = await service.http.post(f"/api/v1/{J}/find", json=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def ids(service: Service, text: str) -> list[str]:
    return [one["id"] for one in (await found(service, text=text))["items"]]


async def people(service: Service) -> None:
    await service.ok("worker.register", worker="W1", role="courier", name="Zhang San")
    await service.ok("worker.register", worker="W2", role="courier", name="王小明")
    await service.ok("request.open", request="R1", category="grocery", area=J, contact_name="王小红")


async def searched(service: Service, index: Index, text: str) -> list[str]:
    """Search an index as a dispatcher of the whole jurisdiction."""
    views, vault = service.muster.views, service.muster.vault
    desk = Principal(id="p1", name="desk", scope="dispatcher")
    finder = Finder(index, views, vault, J, desk, Opener(vault, J), names=True, phones=False)
    found, _, _ = await finder.find(text, 20)
    return [one.id for one in found]


async def work(index: Index) -> None:
    """Let what it does in the background come to its end."""
    if under_way := index.begin():
        await under_way


async def test_by_name_finds_people_as_they_are_typed_and_the_best_first(service: Service) -> None:
    await people(service)
    await service.ok("worker.register", worker="W0", role="courier", name="Xan Zhang San")
    for name in ("ZHANG SAN", "zhang"):
        assert [row["worker"] for row in (await found(service, name=name))["workers"]] == ["W1", "W0"]
    told = await found(service, name="wx")
    assert [row["worker"] for row in told["workers"]] == ["W2"]
    assert [row["request"] for row in told["requests"]] == ["R1"]
    assert told["building"] is None
    assert (await found(service, name="W1"))["workers"] == []  # that is an id


async def test_until_all_names_are_opened_the_answer_says_that_finds_may_be_missing(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    await people(service)
    goes_on, opening = threading.Event(), indexes.name_of

    def slow(text: str) -> Folded:
        goes_on.wait()
        return opening(text)

    monkeypatch.setattr(indexes, "name_of", slow)
    monkeypatch.setattr(searching, "WAIT_SECONDS", 0.05)
    monkeypatch.setattr(indexes, "AT_ONCE", 2)
    told = await found(service, text="xm")
    assert (told["items"], told["building"]) == ([], {"stage": "names", "names": 3})
    goes_on.set()
    monkeypatch.setattr(searching, "WAIT_SECONDS", 5.0)
    assert await ids(service, "w") == ["R1", "W1", "W2"]
    assert (await found(service, text="w"))["building"] is None


async def test_a_destroyed_key_counts_before_any_view_has_heard_of_it(service: Service) -> None:
    await people(service)
    muster = service.muster
    index = Searches(muster.views, muster.vault, muster.progress, muster.announcements).index(J)
    assert await searched(service, index, "wxm") == ["W2"]
    assert await ids(service, "wxm") == ["W2"]
    await muster.vault.erase(J, "worker/W2")
    assert await ids(service, "wxm") == []
    assert (await found(service, name="王小明"))["workers"] == []
    assert await searched(service, index, "wxm") == []
    await work(index)
    assert "王小明" not in index.held
    assert "zhang san" in index.held


async def test_a_destroyed_key_counts_though_its_notice_was_lost(service: Service) -> None:
    await people(service)
    muster = service.muster
    index = Index(J, muster.views, muster.vault, muster.progress)  # hears of nothing
    assert await searched(service, index, "wxm") == ["W2"]
    await muster.vault.erase(J, "worker/W2")
    assert "王小明" in index.held
    assert await searched(service, index, "wxm") == []


async def test_a_name_leaves_the_memory_when_the_views_have_its_erasure(service: Service) -> None:
    await people(service)
    muster = service.muster
    index = Index(J, muster.views, muster.vault, muster.progress)
    assert await searched(service, index, "wxm") == ["W2"]
    await service.ok("worker.erase", worker="W2")
    assert await searched(service, index, "wxm") == []
    await work(index)
    assert "王小明" not in index.held


async def test_rows_that_were_rebuilt_are_read_again_without_opening_names_again(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    await people(service)
    muster = service.muster
    index = Searches(muster.views, muster.vault, muster.progress, muster.announcements).index(J)
    assert await searched(service, index, "wxm") == ["W2"]
    opened, opening = list[str](), indexes.name_of
    monkeypatch.setattr(indexes, "name_of", lambda text: opened.append(text) or opening(text))
    await service.ok("worker.register", worker="W3", role="courier", name="王小民")
    muster.announcements.reset(J)
    await work(index)
    assert await searched(service, index, "wxm") == ["W2", "W3"]
    assert opened == ["王小民"]


async def test_who_is_limited_to_an_area_is_not_told_who_fits_elsewhere(service: Service) -> None:
    await service.ok("area.define", area=f"{J}17", name="County 17")
    await people(service)
    async with await service.as_("dispatcher", areas=[f"{J}17"], jurisdictions=[J]) as desk:
        for asked in ({"text": "wxm"}, {"name": "王"}):
            answer = await desk.post(f"/api/v1/{J}/find", json=asked)
            told = answer.json()
            assert (told["items"], told["workers"], told["requests"]) == ([], [], [])
