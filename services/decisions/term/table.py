"""Descriptor of defined terms. What is built in has no rows."""

from events.terms import Term
from services.decisions.table import Table

TERMS = Table(
    "terms",
    Term,
    kind="term",
    areas=lambda state, key, row: (state.jurisdiction,),
    own=lambda state, key, worker: True,  # every worker may read every term
)
