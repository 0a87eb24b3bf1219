"""Test whether a row meets the conditions of a mapping."""

import re

from services.intake.cells.instants import Instants
from services.intake.cells.numbers import number_of
from services.intake.cells.texts import Cells, fold
from services.intake.mapping import Condition, templates
from services.intake.mapping.columns import PREVIOUS


class Conditions:
    """Tests rows against conditions."""

    def __init__(self, instants: Instants) -> None:
        """`instants` parses cells that are compared as instants."""
        self._instants = instants

    def holds(self, condition: Condition, cells: Cells) -> bool:
        """Return whether a row meets a condition."""
        if condition.any_of:
            return any(self.holds(one, cells) for one in condition.any_of)
        if condition.all_of:
            return all(self.holds(one, cells) for one in condition.all_of)
        if condition.template is not None:
            cell = templates.fill(condition.template, cells)
        else:
            cell = cells.get(condition.column or "", "").strip()
        return (
            _filled(condition, cell)
            and self._within(condition, cell, cells)
            and self._against(condition, cell, cells)
            and _changed(condition, cell, cells)
        )

    def _within(self, condition: Condition, cell: str, cells: Cells) -> bool:
        """Compare with at_least and at_most: the number of the cell, or the minutes since an instant."""
        if condition.since is None:
            return _compared(condition, cell)
        try:
            begun = self._instants.read(templates.fill(condition.since, cells))
            lasted = (self._instants.read(cell) - begun).total_seconds() / 60
        except (ValueError, OverflowError):
            return False
        return _compared(condition, str(lasted))

    def _against(self, condition: Condition, cell: str, cells: Cells) -> bool:
        """Compare with other cells. What cannot be compared does not hold."""
        if condition.same_as is not None and fold(cell) != fold(templates.fill(condition.same_as, cells)):
            return False
        for template, sign in ((condition.less_than, 1), (condition.more_than, -1)):
            if template is None:
                continue
            order = self._order(cell, templates.fill(template, cells))
            if order is None or order * sign <= 0:
                return False
        return True

    def _order(self, one: str, other: str) -> float | None:
        """Return by how much `other` is more, as numbers or else as instants; None if they are neither."""
        for read in (lambda text: number_of(text, "."), lambda text: self._instants.read(text).timestamp()):
            try:
                return read(other) - read(one)
            except (ValueError, OverflowError):
                continue
        return None


def _filled(condition: Condition, cell: str) -> bool:
    return (
        (condition.filled is None or bool(cell) == condition.filled)
        and (condition.is_ is None or fold(cell) in map(fold, condition.is_))
        and (condition.not_ is None or fold(cell) not in map(fold, condition.not_))
        and (condition.matches is None or re.search(condition.matches, cell, re.IGNORECASE) is not None)
    )


def _compared(condition: Condition, cell: str) -> bool:
    if condition.at_least is None and condition.at_most is None:
        return True
    try:
        number = number_of(cell, ".")
    except ValueError:
        return False
    return (condition.at_least is None or number >= condition.at_least) and (
        condition.at_most is None or number <= condition.at_most
    )


def _changed(condition: Condition, cell: str, cells: Cells) -> bool:
    if condition.changed is None:
        return True
    before = cells.get(f"{PREVIOUS}{condition.column}")
    return (before is None or before.strip() != cell) == condition.changed
