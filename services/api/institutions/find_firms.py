"""Search for enterprises by parts of their name, code or id, for the forms that name one."""

from typing import Annotated, cast

from msgspec import Meta, Struct
from pydantic import Field
from starlette.requests import Request

from services.api.context import Answer, answer, reader
from services.api.parameters import Flag, Parameters, in_range, read, text_up_to
from services.api.problems import Problem
from services.api.routing import operation
from services.search.firms import Asked, Firms


class FirmParameters(Parameters):
    """What is looked for."""

    text: Annotated[str, text_up_to(200, least=1), Field(description="Parts of a name, code or id")]
    ledger: Annotated[Flag, Field(description="Only what is in the ledger; default: all that trade")] = False
    limit: Annotated[int, in_range(1, 100), Field(description="Most finds")] = 20


class FoundFirm(Struct):
    """One find."""

    enterprise: str
    name: str
    area: str
    code: str | None = None


class FoundFirms(Struct):
    """The finds by name, first those that begin with the text."""

    items: list[FoundFirm]
    more: Annotated[bool, Meta(description="Whether more fit")]
    position: int


@operation(id="find-enterprises", tag="views", query=FirmParameters, problems=(503,))
async def find_firms(request: Request) -> Answer[FoundFirms]:
    """Find enterprises by parts of their name, code or id. A token limited to areas finds those inside."""
    jurisdiction, asker = await reader(request)
    if asker.worker is not None:
        raise Problem(403, "forbidden", variant="view", view="enterprises")
    params, firms = read(request, FirmParameters, "enterprises"), cast("Firms", request.app.state.firms)
    asked = Asked(params.text, params.limit, params.ledger, asker.areas)
    found, position = await firms.find(jurisdiction, asked)
    items = [FoundFirm(one.enterprise, one.name, one.area, one.code) for one in found[: params.limit]]
    return answer(FoundFirms(items, len(found) > params.limit, position))
