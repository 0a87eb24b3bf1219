"""The words that commands and sheets take: terms of lists, built in and defined, and what is fixed."""

from collections.abc import Iterable, Mapping
from typing import Final

import msgspec

from events.terms import BUILT_IN, Names
from projections.terms import TermRow


class AllowedWord(msgspec.Struct, frozen=True, kw_only=True):
    """One word of a list."""

    list: str
    code: str
    """What commands take."""
    names: Names
    """What people call it, by language; sheets take these too."""
    fixed: bool = False
    """Not a term: nobody can add or rename one."""


def _named(**names: tuple[str, str]) -> dict[str, Names]:
    return {code: Names(en=en, zh=zh) for code, (en, zh) in names.items()}


FIXED: Final[Mapping[str, Mapping[str, Names]]] = {
    "duty": _named(
        lead=("Lead", "牵头"),
        coordinate=("Coordinate", "统筹"),
        carry_out=("Carry out", "实施"),
        act_jointly=("Act jointly", "联动"),
        guarantee=("Guarantee", "兜底"),
    ),
    "task": _named(
        answer=("Answer", "负责"),
        screen=("Screen", "初审"),
        verify=("Verify", "核验"),
        check_city=("Check by city", "市级联审"),
        check_county=("Check by county", "县级联审"),
    ),
    "stage": _named(
        screen=("Screening", "初审"),
        verify=("Verification", "核验"),
        check_city=("Check by city", "市级联审"),
        check_county=("Check by county", "县级联审"),
    ),
    "verdict": _named(approve=("Approve", "通过"), reject=("Reject", "不通过")),
    "formation": _named(
        own=("Own chapter", "单独组建"),
        joint=("Joint by trade", "行业联建"),
        community=("By the community", "社区统建"),
    ),
}
"""Lists that are part of the service. `formation`: routes; reasons for another one are the terms `route`."""
LISTS: Final = (*BUILT_IN, *FIXED)


def allowed(defined: Iterable[TermRow], only: str | None = None) -> list[AllowedWord]:
    """Return the words of all lists, or of one: built-in terms and defined ones that are not retired."""
    own = {(row.list, row.code): row for row in defined}
    found: list[AllowedWord] = []
    for list_ in LISTS if only is None else (only,):
        if list_ in FIXED:
            found += [AllowedWord(list=list_, code=c, names=n, fixed=True) for c, n in FIXED[list_].items()]
            continue
        terms = BUILT_IN[list_]  # pyright: ignore[reportArgumentType]  one of LISTS
        for code in dict.fromkeys((*terms, *(code for of, code in own if of == list_))):
            row, usual = own.get((list_, code)), terms[code].names if code in terms else Names()
            if row is None or not row.retired:
                names = Names(en=(row and row.names.en) or usual.en, zh=(row and row.names.zh) or usual.zh)
                found.append(AllowedWord(list=list_, code=code, names=names))
    return found
