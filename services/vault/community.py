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
_EDGE: Final = " \t\r\n,，.。;；:：、-–—/()（）"
_LONGEST: Final = 60


def community(address: str) -> str | None:
    """Return an address up to its first house-number-like part; None if that cannot be told.

    `团结小区3号楼2单元501` -> `团结小区`; `长江路12号` -> `长江路`; `Green Street 12, Springfield` ->
    `Green Street`. If the number comes first, the last part of at most three words is kept:
    `12 Green Street, Springfield` -> `Springfield`. Digits, numerals with 号, 栋, 幢, 单元 or 室, and words
    such as flat or floor begin such a part. Without one, the whole text is only returned if it ends like a
    place (小区, 路, Street): other text may name a door in words, and is masked.
    """
    text = unicodedata.normalize("NFKC", address).strip(_EDGE)
    found = _HOUSE.search(text)
    if found is None:
        return text if 2 <= len(text) <= _LONGEST and _PLACE.search(text) else None
    before = text[: found.start()].strip(_EDGE)
    if before:
        return before if 2 <= len(before) <= _LONGEST and "\n" not in before else None
    parts = (part.strip(_EDGE) for part in reversed(text.split(",")[1:]))
    return next((part for part in parts if _plain(part)), None)


def _plain(part: str) -> bool:
    return len(part) >= 2 and len(part.split()) <= 3 and not _HOUSE.search(part)
