"""Write rejected rows unchanged, with line, code and reason, to correct and import again."""

import csv
import os
from pathlib import Path
from typing import NamedTuple

from services.intake.mapping import Mapping
from services.intake.sending.outcomes import Outcomes
from services.intake.tables.harmless import HEADINGS, harmless
from services.intake.tables.header import Found
from services.intake.tables.reader import rows
from services.refusals import sentence


class Rejects(NamedTuple):
    """The rejects file and the language of its reasons."""

    path: Path
    language: str


def write_rejects(found: Found, mapping: Mapping, outcomes: Outcomes, target: Rejects) -> None:
    """Write a CSV file readable only by its owner, because rows contain personal data."""
    target.path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(target.path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", newline="", encoding="utf-8-sig") as out:
        writer = csv.writer(out)
        writer.writerow([*HEADINGS, *map(harmless, found.header)])
        wanted = outcomes.rejected()
        reject = next(wanted, None)
        for line, cells in rows(found.path, mapping, found.sheet):
            if reject is None:
                return
            if line == reject[0]:
                code, values = reject[1:]
                reason = sentence(code, values, target.language)
                writer.writerow([line, *map(harmless, (code, reason, *cells))])
                reject = next(wanted, None)
