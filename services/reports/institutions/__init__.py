"""The report of the institutions: R1 to R10 at a date, changes since an earlier one, and what is overdue."""

from services.reports.institutions.from_log import Folded, folded
from services.reports.institutions.sections import FIGURES, READ, SECTIONS
from services.reports.institutions.worked import (
    Asked,
    FigureFound,
    InstitutionsReport,
    Opened,
    RowFound,
    Worked,
    before,
)

__all__ = [
    "FIGURES",
    "READ",
    "SECTIONS",
    "Asked",
    "FigureFound",
    "Folded",
    "InstitutionsReport",
    "Opened",
    "RowFound",
    "Worked",
    "before",
    "folded",
]
