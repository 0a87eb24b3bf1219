"""What a row says of a thing, which a sheet has a memory of."""

from functools import cache

from services.decisions.base import SAID, commands
from services.decisions.saying import row_named, thing_field
from services.intake.rows.draft import Draft


def saying(draft: Draft) -> str | None:
    """Return what a sheet's saying is kept under; None for what is dated, or says nothing of a thing."""
    kept = draft.at is None and draft.data.get(thing_field(draft.name)) and _says(draft.name)
    return row_named(draft.name, draft.data.get) if kept else None


@cache
def _says(command: str) -> bool:
    return SAID in commands[command].model_fields
