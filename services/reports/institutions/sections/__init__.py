"""The sections of the report, found by discovery: each file of this folder has one."""

import importlib
import pkgutil
from typing import Final

from services.reports.institutions.model import Figure, Section

SECTIONS: Final[tuple[Section, ...]] = tuple(
    importlib.import_module(found.name).SECTION
    for found in sorted(pkgutil.iter_modules(__path__, f"{__name__}."), key=lambda one: one.name)
)
"""In the order of their files' names."""
FIGURES: Final[dict[str, Figure]] = {
    f"{section.code}.{figure.key}": figure for section in SECTIONS for figure in section.figures
}
"""All figures by name, such as `R5.visits`."""
_ALWAYS: Final = {"areas", "jurisdictions", "posts", "terms"}
READ: Final = tuple(sorted({view for section in SECTIONS for view in section.reads} | _ALWAYS))
"""The views that the report follows from."""
