"""Commands on source lists; also the HTTP bodies and OpenAPI schemas."""

from typing import Annotated

from pydantic import Field

from events.refs import Ref
from events.source_list import Verdict
from services.decisions.base import Command, command
from services.decisions.enterprise.commands import EnterpriseId
from services.decisions.fields import AreaCode, Code, Id, Instant, Label, OfList
from services.decisions.references import CONCERNS, NEW, PLAIN

SourceListId = Annotated[Id, Ref("source_list")]
SourceListNamed = Annotated[Id, Ref("source_list"), CONCERNS]
"""The list that an entry is in; it covers the whole jurisdiction."""
EntryId = Annotated[Id, Ref("entry")]
MatchId = Annotated[Id, Ref("match")]
CreditCode = Annotated[
    str,
    Field(
        min_length=1,
        max_length=64,
        pattern=r"^[^\s\x00-\x1f\x7f]+$",
        description="Unified social credit code as the source gives it, perhaps wrong",
    ),
    PLAIN,
]


@command("source_list.declare", fact=True)
class Declare(Command):
    """Declare an edition of a source list, dated by the source: `at` is the source's own date."""

    source_list: Annotated[SourceListId, NEW]
    kind: Annotated[Code, OfList("source_kind")] = Field(
        description="A term of the list source_kind: registry, platform, tax"
    )
    title: Label
    areas: Annotated[tuple[AreaCode, ...], Field(max_length=50, description="Omitted = everywhere")] = ()


@command("source_list.withdraw")
class Withdraw(Command):
    """Withdraw an edition as a mistake. As of any date it no longer counts."""

    source_list: SourceListId
    edition: Instant | None = Field(default=None, description="The source's own date; default: the newest")


@command("entry.list", fact=True)
class List(Command):
    """Enter an enterprise that a source list names, in its newest edition at that time."""

    entry: Annotated[EntryId, NEW]
    source_list: SourceListNamed
    area: AreaCode
    name: Label
    code: CreditCode | None = None
    trade: Code | None = None


@command("entry.strike")
class Strike(Command):
    """Strike an entry out of an edition as a mistake. It may be listed again, corrected."""

    entry: EntryId
    edition: Instant | None = Field(default=None, description="The source's own date; default: the newest")


@command("match.judge", fact=True)
class Judge(Command):
    """Say whether an entry is an enterprise of the ledger. Without `match` the command's id is its id."""

    match: Annotated[MatchId, NEW] | None = None
    entry: EntryId
    enterprise: EnterpriseId
    verdict: Verdict
    reason: Annotated[Code, OfList("match")] = Field(description="A term of the list match")


@command("match.undo", fact=True)
class Undo(Command):
    """Take a verdict back. The candidates are as they were without it."""

    match: MatchId
