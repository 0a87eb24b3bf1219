"""An address cut to the community: where somebody lives, without the door. Pure, and fails closed."""

import re
import unicodedata
from typing import Final

_NUMERAL: Final = "〇零一二三四五六七八九十百两甲乙丙丁"
_UNIT: Final = "号|號|栋|棟|幢|单元|單元|室|楼|樓|层|層|座|弄|户|戶|门|門|房|梯|排"
_WORDS: Final = (
    "apt|apartment|bldg|block|building|door|flat|fl|floor|lot|no|nr|num|number|po box|rm|room|ste|suite|unit"
)
_NUMBERS: Final = (
    "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen"
    "|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred"
)
_HOUSE: Final = re.compile(
    r"第?[A-Za-z]*\d"  # 18号, 3-2-501, A3栋, 12 Green Street
    rf"|第?[{_NUMERAL}]+(?:{_UNIT})"  # 三号楼, 二单元
    rf"|[A-Za-z]+\s*(?:{_UNIT})"  # A座
    r"|.?(?:单元|單元|[户戶])"  # 东单元, 西户
    rf"|#|\b(?:{_WORDS}|{_NUMBERS})\b",  # Flat B, twelve Green Street
    re.IGNORECASE,
)
"""Where the part begins that leads to one door."""
_PLACE: Final = re.compile(
    r"(?:小区|社区|花园|公寓|家园|新村|村|屯|庄|寨|镇|乡|街道|大街|街|路|巷|里|道|区|县|市|苑|园|坊|湾)$"
    r"|\b(?:street|st|road|rd|avenue|ave|lane|ln|drive|square|park|village|estate|quarter|district)\.?$",
    re.IGNORECASE,
)
"""Last words of a text that names a place, not a door."""
_POINTING: Final = re.compile(
    r"家(?=[对隔旁后前里的门东西南北左右]|$)|对面|对门|斜对|隔壁|旁边|附近|门口|[东西南北左右前后那]边|[前后里外]面|楼[上下]"
    r"|先生|女士|大妈|大爷|大叔|阿姨|奶奶|爷爷|师傅|老师"
    r"|\b(?:mr|mrs|ms|miss|family|house|home|behind|opposite|near|next|beside|above|below|left|right|across|corner"
    r"|ask|ring|knock|call|c/o)\b",
    re.IGNORECASE,
)
"""What names a household, or points to a door in words; of a place name nothing is left then."""
_EDGE: Final = " \t\r\n,，.。;；:：、-–—/()（）"
_LONGEST: Final = 60


def community(address: str) -> str | None:
    """Return an address up to its first house-number-like part; None if that cannot be told.

    `团结小区3号楼2单元501` -> `团结小区`; `长江路12号` -> `长江路`; `Green Street 12, Springfield` ->
    `Green Street`. If the number comes first, the last part of at most three words is kept:
    `12 Green Street, Springfield` -> `Springfield`. Digits, numerals with 号, 栋, 幢, 单元 or 室, and words
    such as flat or floor begin such a part. Without one, the whole text is only returned if all its parts end
    like a place (小区, 路, Street). A text that names a household or points to a door in words, such as
    `王大妈家对面巷里` or `behind the mill, Harbour Village`, gives None, with a number or without.
    """
    text = unicodedata.normalize("NFKC", address).strip(_EDGE)
    found = _HOUSE.search(text)
    if _POINTING.search(text if found is None else text[: found.start()]):
        return None
    if found is None:
        return text if 2 <= len(text) <= _LONGEST and all(map(_PLACE.search, _parts(text))) else None
    before = text[: found.start()].strip(_EDGE)
    if before:
        return before if 2 <= len(before) <= _LONGEST and "\n" not in before else None
    return next((part for part in reversed(_parts(text)[1:]) if _plain(part)), None)


def _parts(text: str) -> list[str]:
    return [part.strip(_EDGE) for part in re.split(r"[,、;\n]", text)]


def _plain(part: str) -> bool:
    plain = len(part) >= 2 and len(part.split()) <= 3
    return plain and not _HOUSE.search(part) and not _POINTING.search(part)
