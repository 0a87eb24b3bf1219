"""Names of the people that rows of the report are about, sealed, where the reader may know of them."""

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

from projections.where import lies_in

Rows = Mapping[str, Mapping[str, Any]]


def anybody(row: Any) -> bool:
    """Return that personal data of a row may be seen, masked or not."""
    return True


class People:
    """Workers of the roster and holders of posts. Rows outside the reach tell no name."""

    def __init__(self, live: Rows, reach: tuple[str, ...], opens: Callable[[Any], bool]) -> None:
        self._live, self._reach, self._opens = live, reach, opens

    def name(self, person: str | None) -> str | None:
        """Return the sealed name of `worker/ID` or `holder/ID`; None if there is none for this reader."""
        kind, _, key = (person or "").partition("/")
        if kind == "holder":
            return self._holders.get(key)
        row = self._live["roster"].get(key)
        seen = row is not None and lies_in(row, self._reach) and self._opens(row)
        return row.name if row is not None and seen else None

    @cached_property
    def _holders(self) -> dict[str, str]:
        posts = [row for row in self._live["posts"].values() if lies_in(row, self._reach)]
        terms = (term for row in posts for term in row.terms)
        return {term.holder: term.holder_name for term in terms if term.holder_name}
