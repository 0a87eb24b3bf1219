"""Which enterprise a row means: by its number, its credit code or its name, always in one way."""

import re
import unicodedata
from collections.abc import Iterable
from typing import Final, NamedTuple

from events.area import inside
from events.credit_code import plain_code
from services.intake.errors import RowError
from services.intake.mapping.templates import identifier

NEAR: Final = 3
"""Enterprises named when a name means several."""
_CODE: Final = re.compile(r"[0-9A-Z]{18}|[0-9]{15}")


class Firm(NamedTuple):
    """An enterprise of the ledger."""

    key: str
    name: str
    area: str
    code: str | None


class Wanted(NamedTuple):
    """What a row says of an enterprise, as written; "" = nothing."""

    number: str
    code: str
    name: str
    area: str | None
    """Code of the area; None if it is not said."""


class Firms:
    """The enterprises of one jurisdiction, and those that a sheet adds."""

    def __init__(self, known: Iterable[Firm] = ()) -> None:
        self._names: dict[str, str] = {}
        """Id -> name."""
        self._coded: dict[str, dict[str, None]] = {}
        self._named: dict[str, list[Firm]] = {}
        for one in known:
            self.add(one.key, one.name, one.code or "")
            self._named.setdefault(_fold(one.name), []).append(one)

    def add(self, key: str, name: str, code: str) -> None:
        """Add one that a row registers: later rows may name it by its number or its code."""
        self._names.setdefault(key, name)
        if is_code(plain := plain_code(code)):
            self._coded.setdefault(plain, {})[key] = None

    def find(self, wanted: Wanted, where: str) -> str | None:
        """Return the id of an enterprise: by its number, else its code, else its name, in its area if that is
        said. None if there is none. Raise RowError if a name means several."""
        code = plain_code(wanted.code)
        for key in (identifier(wanted.number) if wanted.number else "", code):
            if key in self._names:
                return key
        if keys := self._coded.get(code):
            name = _fold(wanted.name)
            return next((key for key in keys if _fold(self._names[key]) == name), next(iter(keys)))
        return None if wanted.number else self._by_name(wanted, code, where)

    def _by_name(self, wanted: Wanted, code: str, where: str) -> str | None:
        """Return the one of a name. It is another one if both have codes, and these differ."""
        found = [
            one
            for one in self._named.get(_fold(wanted.name), ())
            if (wanted.area is None or inside(one.area, wanted.area))
            and not (is_code(code) and is_code(plain_code(one.code)))
        ]
        if len(found) > 1:
            found = [one for one in found if one.area == wanted.area] or found
        if len(found) > 1:
            near = tuple(f"{one.key} ({one.area})" for one in found[:NEAR])
            raise RowError("unmatched", variant="several", where=where, text=wanted.name[:80], near=near)
        return found[0].key if found else None


def is_code(code: str) -> bool:
    """Whether a code, as `plain_code` returns it, has the form of a credit code, old or new."""
    return _CODE.fullmatch(code) is not None


def _fold(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).split()).casefold()
