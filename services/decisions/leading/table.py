"""Which posts lead which chapters."""

from typing import Final

from events.leading import Lead
from services.decisions.table import Table

LEADS: Final = Table("leads", tuple[Lead, ...])
"""Chapter -> the posts that led it, in the order of their time."""
