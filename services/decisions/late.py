"""Late facts: what is recorded although it already holds."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from events.dated import Change
from services.decisions.base import Context

C = TypeVar("C", bound=Change)


def is_news(holds: bool, changes: Iterable[C], says: Callable[[C], object], ctx: Context) -> bool:
    """Whether a fact is recorded: it does not hold yet, or is late and not recorded for that very time.

    A late fact that already holds is news, because it ends whatever is recorded for an earlier time.
    """
    return not holds or (ctx.late and not any(one.at == ctx.at and says(one) for one in changes))
