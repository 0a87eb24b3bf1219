"""Term commands; also the HTTP bodies and OpenAPI schemas."""

from pydantic import BaseModel, ConfigDict, Field

from events.terms import List
from services.decisions.base import Command, command
from services.decisions.fields import Code, Label


class TermNames(BaseModel):
    """What a term is called, by language."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    en: Label | None = None
    zh: Label | None = None


@command("term.define", by="admin")
class Define(Command):
    """Add a term to a list, or define one again; the whole definition replaces the earlier one."""

    list: List
    code: Code
    names: TermNames = Field(default=TermNames(), description="Omitted = the built-in names")
    confirm: bool = Field(default=False, description="Only categories: a dispatcher confirms completion")
    retired: bool = Field(default=False, description="No longer offered")
