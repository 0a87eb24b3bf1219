"""Names of enterprises: taken apart, compared, and found among many, against pairs labelled by hand."""

from functools import cache
from pathlib import Path
from random import Random
from time import process_time

import pytest
from rapidfuzz import fuzz

from services.matching.comparing import LONG, MOST, Blocks, Found, likeness
from services.matching.names import Name, regions, taken_apart
from services.matching.words import Regions
from tests.scale import LONG as LONG_RUN

PAIRS = Path(__file__).parents[1] / "names"
COUNTIES = (
    "伊美区",
    "乌翠区",
    "友好区",
    "金林区",
    "铁力市",
    "嘉荫县",
    "汤旺县",
    "丰林县",
    "大箐山县",
    "南岔县",
)


@cache
def yichun() -> Regions:
    return regions("伊春市", {county: county for county in COUNTIES})


def name(text: str) -> Name:
    return taken_apart(text, yichun())


def alike(one: str, other: str) -> str | None:
    return likeness(name(one), name(other))


def labelled(half: str) -> list[tuple[bool, str, str]]:
    """Return (same, one, other) of each pair of a half."""
    lines = (PAIRS / f"{half}.tsv").read_text(encoding="utf-8").splitlines()
    return [(verdict == "same", one, other) for verdict, one, other in (line.split("\t") for line in lines)]


def measured(half: str) -> tuple[float, float]:
    """Return precision and recall of candidates on a half."""
    counts = {(True, True): 0, (True, False): 0, (False, True): 0, (False, False): 0}
    for same, one, other in labelled(half):
        counts[same, alike(one, other) is not None] += 1
    right = counts[True, True]
    return right / (right + counts[False, True]), right / (right + counts[True, False])


def test_the_labelled_set_is_of_near_names_half_of_them_held_out():
    tuning, held_out = labelled("tuning"), labelled("held_out")
    assert len(tuning) + len(held_out) >= 150
    assert not {pair[1:] for pair in tuning} & {pair[1:] for pair in held_out}
    for half in (tuning, held_out):
        near = [fuzz.ratio(one, other) for same, one, other in half if not same]
        assert (
            sum(score > 85 for score in near) > len(near) / 2
        )  # two firms, names that differ in a character


@pytest.mark.parametrize(("half", "precision", "recall"), [("tuning", 1, 1), ("held_out", 0.97, 1)])
def test_candidates_are_precise_and_few_are_overlooked(half: str, precision: float, recall: float):
    found = measured(half)
    print(f"{half}: precision {found[0]:.3f}, recall {found[1]:.3f}")
    assert found >= (precision, recall)


def test_whole_names_are_misleading():
    """Two firms score higher than one firm under another form, so no threshold can tell them apart."""
    two = "伊春市宏达物流有限公司", "伊春市宏远物流有限公司"
    one = "圆通速递（伊春）有限公司", "圆通速递有限公司伊春分公司"
    assert (round(fuzz.ratio(*two)), round(fuzz.ratio(*one))) == (91, 64)
    assert (alike(*two), alike(*one)) == (None, "core")


@pytest.mark.parametrize(
    ("text", "core", "brand"),
    [
        ("伊春市鑫源商贸有限公司", "鑫源商贸", "鑫源"),
        ("鑫源商贸（伊春）有限责任公司", "鑫源商贸", "鑫源"),
        ("黑龙江省伊春市鑫源商贸有限公司伊美区分公司", "鑫源商贸", "鑫源"),
        ("伊春市ＡＢＣ 科技有限公司", "abc科技", "abc"),
        ("伊春市龍騰運輸有限公司", "龙腾运输", "龙腾"),
        ("哈尔滨市龙腾运输有限公司", "龙腾运输", "龙腾"),
        ("惠民超市", "惠民超市", "惠民"),
        ("老张快递驿站", "老张快递驿站", "老张"),
        ("伊春友好商贸有限公司", "商贸", "友好"),
        ("Yichun Pine Courier Co., Ltd.", "pine courier", "pine"),
        ("（）", "", ""),
    ],
)
def test_region_and_form_are_stripped_from_either_end(text: str, core: str, brand: str):
    found = name(text)
    assert (found.core, found.brand) == (core, brand)


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [
        ("伊春市鑫源商贸有限公司", "鑫源商贸行", "core"),
        ("伊春市鑫源贸易有限公司", "伊春市鑫源商贸有限公司", "trade"),
        ("鑫源", "伊春市鑫源商贸有限公司", "brand"),
        ("伊春市鹏程货运有限公司", "伊春市朋程货运有限公司", "sound"),
        ("小兴安岭之声广告有限公司", "小兴安岭之光广告有限公司", "typing"),
        ("铁力市惠民超市", "嘉荫县惠民超市", None),
        ("便民药房三店", "便民药房四店", None),
        ("第一建筑公司", "第二建筑公司", None),
    ],
)
def test_what_makes_two_names_candidates_is_said(one: str, other: str, why: str | None):
    assert alike(one, other) == why
    assert alike(other, one) == why


def test_any_text_can_be_taken_apart():
    rng = Random(7)
    signs = "伊春市区县公司店厂鑫源（）()[]【】一二三12ab ＡＢ.,-—\u3000\u200b🚚龍"
    for _ in range(3000):
        text = "".join(rng.choices(signs, k=rng.randint(0, 14)))
        found = name(text)
        assert len(found.core) <= len(text) * 2
        assert likeness(found, found) == "core"


def test_a_block_holds_whatever_is_alike():
    """Blocks save comparisons; they must not lose a candidate that comparing all would find."""
    texts = [text for half in ("tuning", "held_out") for _, *pair in labelled(half) for text in pair]
    names = {str(number): name(text) for number, text in enumerate(dict.fromkeys(texts))}
    blocks = Blocks(names)
    for one in names.values():
        every = {key for key, other in names.items() if likeness(one, other)}
        found = {one.key for one in blocks.alike(one)}
        assert found == every or len(found) == MOST


def test_the_best_candidates_are_kept():
    names = {f"E{n:02}": name("鑫源贸易行") for n in range(20)} | {"E99": name("鑫源商贸")}
    found = Blocks(names).alike(name("伊春市鑫源商贸有限公司"))
    assert (found[0], len(found)) == (Found("E99", "core"), MOST)
    assert [one.key for one in found[1:]] == [f"E{n:02}" for n in range(MOST - 1)]


def made_up(rng: Random) -> str:
    """Return a name as they are: few brands, many times."""
    signs = "鑫源宏达瑞丰恒信金泰华盛永发同兴顺通百世德邦万家聚福天地云端林海松涛青山北国东方红星明月安康佳美"
    trades = ("商贸", "物流", "快递服务", "外卖配送", "餐饮管理", "物业服务", "建筑工程", "粮油贸易", "食品")
    brand = "".join(rng.sample(signs, rng.choice([2, 2, 2, 3, 3, 4, LONG])))
    regions = ("伊春市", "伊春", "铁力市", "嘉荫县", "")
    return f"{rng.choice(regions)}{brand}{rng.choice(trades)}{rng.choice(('有限公司', '经营部', '分公司'))}"


def test_a_list_is_compared_with_a_province_in_time():
    """10,000 names against 100,000 in less than 30 s; the normal run takes a tenth of both."""
    share = 1 if LONG_RUN else 10
    rng = Random(5)
    ledger = [made_up(rng) for _ in range(100_000 // share)]
    listed = [made_up(rng) for _ in range(5_000 // share)] + ledger[: 5_000 // share]
    began = process_time()
    blocks = Blocks({str(number): name(text) for number, text in enumerate(ledger)})
    found = [blocks.alike(name(text)) for text in listed]
    took = process_time() - began
    print(f"{len(listed)} names against {len(ledger)}: {took:.1f} s, {sum(map(len, found))} candidates")
    assert all(found[5_000 // share :])
    assert took < 30 / share
