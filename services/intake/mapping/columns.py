"""The columns that a mapping mentions, and the names that it may use beside them."""

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Final

from services.intake.mapping import templates
from services.intake.mapping.command import CommandMap
from services.intake.mapping.condition import Condition
from services.intake.mapping.models import Mapping, Source
from services.intake.mapping.value import Value

HERE: Final = "jurisdiction"
"""Placeholder for the code of the target jurisdiction."""
PREVIOUS: Final = "previous."
"""Prefix of a column: its cell in the previous row with the same key."""
NUMBER: Final = "key.number"
"""Placeholder for the running number of a row within its key: 1, 2, ..."""
_MADE: Final = ("item", "value", "number")
"""Placeholders defined by `each`."""


def used_columns(source: Source) -> list[str]:
    """Return every column the source mentions, in order of first mention."""
    found: dict[str, None] = dict.fromkeys((*source.columns, *source.key, *source.fill_down))
    for one in source.command:
        made = _MADE if one.each else ()
        found |= dict.fromkeys(column for column in named(one) if column not in made)
    found |= dict.fromkeys(_of_conditions(source.skip))
    if source.order_by:
        found |= dict.fromkeys(_of_value(source.order_by))
    return list(
        dict.fromkeys(column.removeprefix(PREVIOUS) for column in found if column not in (HERE, NUMBER))
    )


@cache
def _cached_columns(template: str) -> tuple[str, ...]:
    return tuple(templates.columns(template))


def named(one: CommandMap) -> Iterator[str]:
    """Yield the columns and placeholders that a command mentions."""
    for value in (*one.data.values(), *([one.at] if one.at else [])):
        yield from _of_value(value)
    yield from _of_conditions(one.when)
    yield from one.once_per or []
    if one.each:
        single = one.each.column or one.each.count
        yield from [single] if single else one.each.columns


def _of_value(value: Value) -> Iterator[str]:
    if value.column:
        yield value.column
    yield from value.id_of or []
    yield from value.area_of or []
    yield from value.enterprise_of or []
    for template in (value.template, value.after, value.default, value.plus, value.since):
        if isinstance(template, str):
            yield from _cached_columns(template)


def _of_conditions(conditions: Iterable[Condition]) -> Iterator[str]:
    for condition in flat(conditions):
        if condition.column:
            yield condition.column
        for template in (condition.template, *_against(condition)):
            if template:
                yield from _cached_columns(template)


def _against(condition: Condition) -> tuple[str | None, ...]:
    return condition.same_as, condition.less_than, condition.more_than, condition.since


def flat(conditions: Iterable[Condition]) -> Iterator[Condition]:
    """Yield conditions, each followed by those within it."""
    for condition in conditions:
        yield condition
        yield from flat((*condition.any_of, *condition.all_of))


def names_enterprises(mapping: Mapping) -> bool:
    """Whether rows of a mapping name enterprises of the ledger."""
    return any(
        spec.enterprise_of
        for source in mapping.source
        for one in source.command
        for spec in one.data.values()
    )
