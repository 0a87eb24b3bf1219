"""Handover notes over HTTP: masked until a recorded reveal, acknowledged by name, unreadable once erased."""

from pathlib import Path
from typing import Any

import pytest
from service import J, Service, running

from services.vault import Erased

TEXT = "3 号楼 2 单元透析病人明早 6 点要车"
URL = f"/api/v1/{J}/handovers"


async def note(service: Service, **more: Any) -> None:
    await service.ok("handover.write", **{"note": "N1", "text": TEXT, **more})


async def test_a_shift_leaves_a_note_and_the_next_takes_it_on(service: Service) -> None:
    await note(service, priority=2)
    next_shift = await service.as_("dispatcher")

    for _ in range(2):  # a second tap changes nothing
        assert (await service.send("handover.acknowledge", client=next_shift, note="N1")).status_code == 200
    await service.ok("handover.resolve", note="N1")

    (row,) = await service.rows("handovers", state="resolved")
    assert await service.rows("handovers", state="open") == []
    assert (row["note"], row["area"], row["priority"]) == ("N1", J, 2)
    assert [one["by"][:11] for one in row["acknowledged"]] == ["dispatcher/"]
    assert (row["written_by"], row["resolved_by"]) == ("admin/local", "admin/local")


async def test_the_text_is_masked_for_everybody_until_it_is_asked_for(service: Service) -> None:
    await note(service)

    for scope in ("viewer", "analyst", "gateway", "dispatcher", "admin"):
        assert [row["text"] for row in await service.rows("handovers", await service.as_(scope))] == ["***"]
    for scope in ("viewer", "analyst", "gateway"):
        answer = await (await service.as_(scope)).get(URL, params={"reveal": "true"})
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


async def test_each_opening_is_recorded_once_however_many_notes_it_shows(service: Service) -> None:
    await note(service)
    await note(service, note="N2", text="second")
    desk = await service.as_("dispatcher")

    shown = await service.rows("handovers", desk, reveal="true", state="open", sort="key")
    nothing = await service.rows("handovers", desk, reveal="true", state="resolved")

    assert [row["text"] for row in shown] == [TEXT, "second"]
    assert nothing == []
    assert await service.muster.progress.reached(J, 4, 5)
    told = await service.rows("activity", name="personal.revealed")
    assert [one["detail"]["subjects"] for one in told] == [["handover/N1", "handover/N2"]]


async def test_a_workers_token_neither_reads_nor_writes_notes(service: Service) -> None:
    await note(service)
    await service.ok("worker.register", worker="W1", role="courier")
    phone = await service.as_("worker", worker="W1")

    assert (await phone.get(URL)).status_code == 403
    assert (await service.send("handover.write", client=phone, text="x")).status_code == 403
    desk = await service.as_("dispatcher")
    assert (await service.send("handover.erase", client=desk, note="N1")).status_code == 403


async def test_a_note_is_seen_in_its_area_alone(service: Service) -> None:
    await service.ok("area.define", area="230717", name="county")
    await service.ok("area.define", area="230718", name="other county")
    await note(service, area="230717")

    assert len(await service.rows("handovers", await service.as_("dispatcher", areas=("230717",)))) == 1
    assert await service.rows("handovers", await service.as_("dispatcher", areas=("230718",))) == []


async def test_nothing_readable_of_a_note_reaches_the_log(service: Service) -> None:
    await note(service)

    log = await service.http.get(f"/api/v1/{J}/log")

    assert "handover.written" in log.text
    assert "sealed:1:handover/N1:" in log.text
    assert TEXT not in log.text


async def test_an_erased_note_can_be_read_by_nobody_and_its_id_is_not_used_again(service: Service) -> None:
    await note(service)
    await service.ok("handover.erase", note="N1")

    (row,) = await service.rows("handovers", reveal="true")
    again = await service.send("handover.write", note="N1", text="again")

    assert (row["text"], row["state"]) == (None, "resolved")
    assert (again.status_code, again.json()["code"]) == (409, "subject.erased")
    with pytest.raises(Erased):
        service.muster.vault.seal(J, "handover/N1", "c", "text", "again")


async def test_a_key_that_came_back_with_a_backup_is_destroyed_at_the_next_start(tmp_path: Path) -> None:
    async with running(tmp_path) as service:
        await note(service)
        backup = {path: path.read_bytes() for path in tmp_path.glob("keys.sqlite*")}
        await service.ok("handover.erase", note="N1")
    for path in tmp_path.glob("keys.sqlite*"):
        path.unlink()
    for path, content in backup.items():
        path.write_bytes(content)

    async with running(tmp_path) as service:
        await service.ok("handover.write", note="N2", text="another")
        with pytest.raises(Erased):
            service.muster.vault.seal(J, "handover/N1", "c", "text", "again")


async def test_a_note_without_an_id_is_named_by_its_command(service: Service) -> None:
    made = await service.ok("handover.write", text="x")

    assert [row["note"] for row in await service.rows("handovers")] == [made["id"]]
