"""Holder commands; also the HTTP bodies and OpenAPI schemas."""

from typing import Annotated

from events.refs import Ref
from services.decisions.base import Command, command
from services.decisions.fields import Id

HolderId = Annotated[Id, Ref("holder")]


@command("holder.erase", by="admin")
class Erase(Command):
    """Destroy the holder's key, making their name permanently unreadable. Their terms stay."""

    holder: HolderId
