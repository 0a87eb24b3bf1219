"""The words that commands and sheets take, in both languages."""

from typing import Annotated, Any

from msgspec import Struct
from pydantic import Field
from starlette.requests import Request

from projections.allowed import LISTS, AllowedWord, allowed
from services.api.context import Answer, answer, muster, reader
from services.api.parameters import Parameters, one_of, read
from services.api.routing import operation
from services.views.port import Query


class WordParameters(Parameters):
    """Which list."""

    list: Annotated[Annotated[str, one_of(LISTS)] | None, Field(description="Default: all")] = None


class Words(Struct):
    """Words by list, in the order in which they are offered."""

    items: list[AllowedWord]


@operation(id="words", tag="views", query=WordParameters, problems=(503,))
async def words(request: Request) -> Answer[Words]:
    """List the words that commands and sheets take: trades, size classes, reasons, duties, stages and more.

    Built-in terms, and those of the jurisdiction that are not retired.
    """
    jurisdiction, _ = await reader(request)
    asked = read(request, WordParameters, "words")
    found, _ = await muster(request).views.snapshot(jurisdiction, {"terms": Query()})
    rows: Any = [row for _, row in found["terms"]]
    return answer(Words(allowed(rows, asked.list)))
