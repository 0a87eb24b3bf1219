"""The sheet of the ledger of supervision: one row for each step."""

from datetime import UTC, datetime
from pathlib import Path

from intaking import KEY, Deciding, sums

from events.undertaking_history import standing
from services.decisions.undertaking.table import UNDERTAKINGS
from services.intake import import_files, load_mapping
from services.intake.cells.places import Places

POSTS = """\
单位,职责,上级单位,成立日期,岗位
社会工作部,牵头,,2022-01-01,部长
行业组织,实施,社会工作部,2022-01-01,站长
"""
SHEET = """\
任务编号,任务名称,类别,所属任务编号,牵头岗位,责任单位,目标,举措,完成时限,节点,节点时限,立项时间
1,组织覆盖,领域,,社会工作部-部长,,全部覆盖,,2022-12-30,,,2022-02-14
1-1,摸清底数,举措,1,行业组织-站长,行业组织,,入户走访,2022-04-03,走访,2022-02-25,2022-02-14
,,,,,,,数据比对,,比对,2022-03-04,2022-02-14
2,没有岗位,举措,,社会工作部-局长,,,,2022-04-03,,,2022-02-14
"""


async def test_a_ledger_of_supervision_is_imported_and_again_changes_nothing(tmp_path: Path) -> None:
    sink, places = Deciding(), Places("2307", {"2307": "伊春"}, timezone="Asia/Shanghai")
    posts, file = tmp_path / "posts.csv", tmp_path / "ledger.csv"
    posts.write_text(POSTS, "utf-8")
    file.write_text(SHEET, "utf-8")
    await import_files([posts], load_mapping("units-and-posts"), "2307", sink, import_key=KEY, places=places)
    mapping = load_mapping("undertakings")
    done = await import_files([file], mapping, "2307", sink, import_key=KEY, places=places)
    assert sums(done) == (4, 3, 0, 1), "nobody can lead the last one"
    known = sink.state[UNDERTAKINGS]
    assert sorted(known) == ["1", "1-1"]
    part = standing(known["1-1"].facts)
    assert part is not None
    assert (known["1-1"].parent, known["1-1"].category) == ("1", "measure")
    assert (part.leader, part.unit, part.measures) == ("行业组织-站长", "行业组织", ("入户走访", "数据比对"))
    assert [(one.step, one.due.day) for one in part.steps] == [("走访", "2022-02-25"), ("比对", "2022-03-04")]
    assert part.due is not None
    assert (part.due.day, part.due.ends) == ("2022-04-03", datetime(2022, 4, 6, 16, tzinfo=UTC)), "Qingming"
    again = await import_files([file], mapping, "2307", sink, import_key=KEY, places=places)
    assert sums(again) == (4, 0, 3, 1)
    assert sink.anomalies == []
