"""Lists of published items in both languages; twice changes nothing, and nobody is named without consent."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from intaking import KEY, Deciding, sums

from events.consent import ConsentFact
from services.decisions.area.table import AREAS, Area
from services.decisions.consent.table import CONSENTS
from services.decisions.publication.table import PUBLICATIONS
from services.decisions.worker.table import WORKERS, Worker
from services.intake import import_files, load_mapping
from services.intake.cells.places import Places

BEGIN = datetime(2020, 1, 1, tzinfo=UTC)
PLACES = Places("2307", {"2307": "伊春", "230717": "南山"}, timezone="Asia/Shanghai")
LISTS = {
    "zh": (
        "发布日期,主题,渠道,媒体名称,荣誉,行业,区域,人员编号,姓名,标题,链接,编号\n"
        "2022-03-01,雪夜送药,报纸,日报1,身边好人,快递,南山,W1,队员001,队员001雪夜送药,https://a.cn/1,1\n"
        "2022-03-02,志愿服务,公众号,,优秀志愿者,,,,,,,\n"
        "2022-03-03,无人同意,电视,,,,,W2,队员002,,,3\n"
    ),
    "en": (
        "published on,topic,channel,outlet,honour,trade,area,person number,name,title,link,item number\n"
        "2022-03-01,雪夜送药,newspaper,日报1,good person,courier,南山,W1,队员001,t,https://a.cn/1,1\n"
        "2022-03-02,志愿服务,social media,,exemplary volunteer,,,,,,,\n"
        "2022-03-03,无人同意,television,,,,,W2,队员002,,,3\n"
    ),
}


def city() -> Deciding:
    """Return a sink that knows two people, one of whom agreed to be named."""
    sink = Deciding()
    sink.state.put(sink.state[AREAS], "230717", Area("南山"))
    for key in ("W1", "W2"):
        sink.state.put(sink.state[WORKERS], key, Worker(role="courier"))
    sink.state.put(sink.state[CONSENTS], "W1", (ConsentFact(BEGIN, 1, True, "test", "handle-1"),))
    return sink


@pytest.mark.parametrize("language", LISTS)
async def test_a_list_of_published_items(tmp_path: Path, language: str) -> None:
    sink, mapping, file = city(), load_mapping("publications"), tmp_path / "items.csv"
    file.write_text(LISTS[language], "utf-8")
    for expected in ((3, 2, 0, 1), (3, 0, 2, 1)):
        done = await import_files([file], mapping, "2307", sink, import_key=KEY, places=PLACES)
        assert sums(done) == expected, done
    rows = sorted(sink.state[PUBLICATIONS].values(), key=lambda one: one.published_at)
    assert [(one.topic, one.channel, one.honour, one.trade, one.area, one.consent) for one in rows] == [
        ("雪夜送药", "newspaper", "good_person", "courier", "230717", "handle-1"),
        ("志愿服务", "social", "exemplary_volunteer", None, "2307", None),
    ]
    assert rows[0].published_at == datetime(2022, 2, 28, 16, tzinfo=UTC)
