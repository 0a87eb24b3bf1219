"""The order in which commands are sent, and the accounting of rows."""
# ruff: noqa: E501  mapping files

from pathlib import Path
from typing import Any

import pytest
from intaking import Deciding, run, sums

from services.decisions.area.table import AREAS
from services.decisions.team.table import TEAMS
from services.decisions.worker.table import WORKERS
from services.intake import ImportFailed

LOG = """
name = "log"
timezone = "UTC"
[[source]]
name = "log"
optional = ["area"]
[[source.command]]
name = "request.open"
once_per = ["call"]
at = { column = "received", pick = "min" }
data = { request = "{call}", category = "fire", area = { template = "{area}", default = "{jurisdiction}" }, slots = { null = true } }
[[source.command]]
name = "team.form"
once_per = ["unit"]
at = { column = "sent", pick = "min" }
data = { team = "{unit}", name = "{unit}", kind = "engine", area = "{jurisdiction}", capacity = 1, activate = true }
[[source.command]]
name = "assignment.dispatch"
at = "{sent}"
data = { assignment = "{call}-{unit}", request = "{call}", team = "{unit}" }
[[source.command]]
name = "assignment.progress"
when = [{ column = "there", filled = true }]
at = "{there}"
data = { assignment = "{call}-{unit}", stage = "on_scene" }
[[source.command]]
name = "assignment.done"
when = [{ column = "free", filled = true }]
at = "{free}"
data = { assignment = "{call}-{unit}" }
[[source.command]]
name = "request.complete"
once_per = ["call"]
when = [{ column = "free", filled = true, over = "every" }]
at = { column = "free", pick = "max" }
data = { request = "{call}" }
"""
HEAD = "call,unit,received,sent,there,free\n"


def row(call: str, unit: str, *minutes: int | None) -> str:
    return ",".join([call, unit, *("" if m is None else f"2024-01-01T10:{m:02}:00" for m in minutes)]) + "\n"


def told(sink: Deciding) -> list[str]:
    """Return the verb and the assignment, request or team of each command sent."""
    return [
        f"{item['name'].partition('.')[2]} {item['data'].get('assignment') or item['data'].get('request') or item['data'].get('team')}"
        for item in sink.sent
    ]


async def test_a_unit_freed_at_ten_can_be_sent_at_ten(tmp_path: Path) -> None:
    table = HEAD + row("2", "E1", 0, 10, 12, 20) + row("1", "E1", 0, 1, 5, 10)
    sink = Deciding()
    assert sums(await run(tmp_path, LOG, table, sink)) == (2, 2, 0, 0)
    assert sink.anomalies == []
    names = told(sink)
    assert names.index("done 1-E1") < names.index("dispatch 2-E1")


async def test_commands_of_a_row_never_overtake_each_other_and_keep_their_times(tmp_path: Path) -> None:
    sink = Deciding()
    await run(tmp_path, LOG, HEAD + row("1", "E1", 0, 5, 3, 4) + row("2", "E2", 4, 4, 5, 6), sink)
    assert [one for one in told(sink) if one.endswith("1-E1")] == [
        "dispatch 1-E1",
        "progress 1-E1",
        "done 1-E1",
    ]
    times = [item["at"].minute for item in sink.sent if item["data"].get("assignment") == "1-E1"]
    assert times == [5, 3, 4]
    assert told(sink).index("dispatch 1-E1") > told(sink).index("dispatch 2-E2")


async def test_stages_at_the_instant_of_their_own_dispatch_come_after_it(tmp_path: Path) -> None:
    sink = Deciding()
    done = await run(tmp_path, LOG, HEAD + row("1", "E1", 5, 5, 5, 5) + row("2", "E1", 5, 5, 5, 5), sink)
    assert sums(done) == (2, 2, 0, 0)
    assert told(sink)[-1] == "complete 2"


async def test_a_request_ends_with_its_last_unit_only_if_every_one_is_free(tmp_path: Path) -> None:
    sink = Deciding()
    table = HEAD + row("1", "E1", 0, 1, 2, 9) + row("1", "E2", 0, 1, 2, 7) + row("2", "E3", 0, 1, 2, None)
    table += row("2", "E4", 0, 1, 2, 8)
    await run(tmp_path, LOG, table, sink)
    ends = [item for item in sink.sent if item["name"] == "request.complete"]
    assert [(item["data"]["request"], item["at"].minute) for item in ends] == [("1", 9)]


AREAS_MAPPING = """
name = "areas"
[[source]]
name = "areas"
[[source.command]]
name = "area.define"
data = { area = "{code}", name = "{name}" }
[[source.command]]
name = "worker.register"
data = { worker = "{code}", role = "courier", home_area = "{code}" }
"""


async def test_parents_first_then_what_has_no_time_in_the_order_of_the_file(tmp_path: Path) -> None:
    sink = Deciding()
    table = "code,name\n230717001001,a\n230717001,b\n230717,c\n"
    assert sums(await run(tmp_path, AREAS_MAPPING, table, sink)) == (3, 3, 0, 0)
    assert list(sink.state[AREAS]) == ["230717", "230717001", "230717001001"]
    assert list(sink.state[WORKERS]) == ["230717001001", "230717001", "230717"]


# -- accounting --------------------------------------------------------------------------------------------


async def test_a_refused_group_rejects_all_its_rows_with_the_first_reason(tmp_path: Path) -> None:
    table = "area,call,unit,received,sent,there,free\n" + "".join(
        f"{area},{line}"
        for area, line in (
            ("9999", row("1", "E1", 0, 1, 2, 3)),
            ("9999", row("1", "E2", 0, 1, 2, 3)),
            ("", row("2", "E3", 0, 1, 2, 3)),
        )
    )
    sink = Deciding()
    assert sums(await run(tmp_path, LOG, table, sink)) == (3, 1, 0, 2)
    rejects = (tmp_path / "rejects.csv").read_text("utf-8-sig").splitlines()
    assert [line.split(",")[:2] for line in rejects[1:]] == [["2", "area.unknown"], ["3", "area.unknown"]]
    assert rejects[0].endswith("area,call,unit,received,sent,there,free")


async def test_nothing_of_an_unreadable_row_is_sent_and_it_can_be_corrected(tmp_path: Path) -> None:
    sink = Deciding()
    table = HEAD + row("1", "E1", 0, 1, 2, 3) + row("2", "E2", 0, 1, 2, 3).replace("10:02:00", "soon")
    assert sums(await run(tmp_path, LOG, table, sink)) == (2, 1, 0, 1)
    assert "E2" not in sink.state[TEAMS]
    corrected = (
        (tmp_path / "rejects.csv").read_text("utf-8-sig").replace("2024-01-01Tsoon", "2024-01-01T10:02")
    )
    assert sums(await run(tmp_path, LOG, corrected, sink, "rejects-corrected.csv")) == (1, 1, 0, 0)
    whole = HEAD + row("1", "E1", 0, 1, 2, 3) + row("2", "E2", 0, 1, 2, 3)
    assert sums(await run(tmp_path, LOG, whole, sink)) == (2, 0, 2, 0)


async def test_a_jurisdiction_of_another_name_is_left_as_it_is_and_rejects_no_row(tmp_path: Path) -> None:
    establish = '[[source.command]]\nname = "jurisdiction.establish"\nonce_per = []\n'
    mapping = LOG + establish + 'data = { name = "%s", timezone = "UTC" }\n'
    sink = Deciding()
    table = HEAD + row("1", "E1", 0, 1, 2, 3)
    assert sums(await run(tmp_path, mapping % "One", table, sink)) == (1, 1, 0, 0)
    done = await run(tmp_path, mapping % "Other", table, sink)
    assert sums(done) == (1, 0, 1, 0)
    assert (done.notes, sink.state.meta.name) == ([], "One")
    assert done.commands["jurisdiction.establish"] == {"known": 1}


async def test_pending_commands_are_sent_again_in_order_until_they_are_not(tmp_path: Path) -> None:
    class Stumbling(Deciding):
        calls = 0

        async def submit(self, jurisdiction: str, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
            self.calls += 1
            if self.calls == 1:  # the first item is recorded, but its answer is lost
                await super().submit(jurisdiction, items[:1])
                return [{"id": item["id"], "outcome": "pending"} for item in items]
            return await super().submit(jurisdiction, items)

    sink = Stumbling()
    assert sums(await run(tmp_path, LOG, HEAD + row("1", "E1", 0, 1, 2, 3), sink)) == (1, 1, 0, 0)
    assert sink.calls == 2


async def test_what_was_sent_after_pending_commands_is_sent_again_with_them(tmp_path: Path) -> None:
    class Interrupted(Deciding):
        ahead = 3
        calls = 0

        async def submit(self, jurisdiction: str, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
            self.calls += 1
            if self.calls == 2:  # the third batch is decided without the second
                return [{"id": item["id"], "outcome": "pending"} for item in items]
            return await super().submit(jurisdiction, items)

    sink = Interrupted()
    table = HEAD + "".join(row(str(n), f"E{n}", 0, 1, 2, 3) for n in range(400))
    assert sums(await run(tmp_path, LOG, table, sink)) == (400, 400, 0, 0)
    assert sink.calls > 5


async def test_a_service_that_never_answers_ends_the_import(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Silent(Deciding):
        async def submit(self, jurisdiction: str, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
            return [{"id": item["id"], "outcome": "pending"} for item in items]

    monkeypatch.setattr("services.intake.sending.sender.TRIES", 2)
    with pytest.raises(ImportFailed, match="Import again later"):
        await run(tmp_path, LOG, HEAD + row("1", "E1", 0, 1, 2, 3), Silent())


async def test_progress_tells_rows_read_then_commands_sent(tmp_path: Path) -> None:
    seen: list[tuple[float, float | None]] = []
    table = HEAD + "".join(row(str(n), f"E{n}", 0, 1, 2, 3) for n in range(600))
    await run(tmp_path, LOG, table, Deciding(), progress=lambda done, total: seen.append((done, total)))
    assert seen[0] == (500, None)
    assert seen[-1] == (3600, 3600)


async def test_ids_come_of_the_key_and_of_what_is_said(tmp_path: Path) -> None:
    from intaking import KEY

    from services.intake.cells.identity import command_id, person_id

    sink = Deciding()
    await run(tmp_path, LOG, HEAD + row("1", "E1", 0, 1, 2, 3), sink)
    ids = [item["id"] for item in sink.sent]
    assert len(set(ids)) == len(ids)
    assert {(one[14], one[19] in "89ab") for one in ids} == {("8", True)}
    said: dict[str, Any] = {
        "jurisdiction": "2307",
        "name": "team.activate",
        "at": None,
        "data": {"team": "A"},
    }
    assert command_id(KEY, **said, file_hash="file 1") != command_id(KEY, **said, file_hash="file 2")
    assert command_id(KEY, **said, file_hash="file 1") != command_id(b"other", **said, file_hash="file 1")
    assert person_id(KEY, "2307", ["张 三", "138-0000-0001"]) == person_id(
        KEY, "2307", ["张 三", "１３８00000001.0"]
    )
    assert person_id(KEY, "2307", ["A", "1"]) != person_id(KEY, "2308", ["A", "1"])
    assert person_id(KEY, "2307", ["", " "]) == ""
