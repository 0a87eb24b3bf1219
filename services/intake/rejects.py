"""Rejected rows as they were, with line, code and reason: to be corrected and imported again."""

import csv
import os
from pathlib import Path

from services.intake.harmless import HEADINGS, harmless
from services.intake.header import Found
from services.intake.mapping import Mapping
from services.intake.reader import rows
from services.intake.spool import Spool


def write_rejects(found: Found, mapping: Mapping, spool: Spool, target: Path) -> None:
    """Write a CSV file that only its owner reads: rows hold personal data."""
    target.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", newline="", encoding="utf-8-sig") as out:
        writer = csv.writer(out)
        writer.writerow([*HEADINGS, *map(harmless, found.header)])
        wanted = spool.rejected()
        reject = next(wanted, None)
        for line, cells in rows(found.path, mapping, found.sheet):
            if reject is None:
                return
            if line == reject[0]:
                writer.writerow([line, *map(harmless, (*reject[1:], *cells))])
                reject = next(wanted, None)
