"""Import of the boundaries of areas from GeoJSON, over HTTP."""

import asyncio
from typing import Annotated, Any, get_args

from pydantic import Field
from starlette.requests import Request

from services.api.context import Answer, answer, muster
from services.api.import_models import FileName
from services.api.imports import content_of, file_problem, importer, sink_of
from services.api.parameters import Flag, Parameters, one_of, read
from services.api.problems import Problem
from services.api.routing import operation
from services.application.lookup import open_areas
from services.intake import FileError, ImportFailed
from services.intake.boundaries import Boundaries, bind, planned
from services.locations.datum import Datum


class BoundaryParameters(Parameters):
    """The file, its datum, and whether to record anything."""

    file: FileName = "boundaries.geojson"
    datum: Annotated[
        Datum | None,
        one_of(get_args(Datum)),
        Field(description="Of the file; default: what it declares (`datum` or `crs`), or else WGS-84"),
    ] = None
    preview: Annotated[Flag, Field(description="Only report what would be done")] = False


@operation(
    id="import-boundaries",
    tag="imports",
    query=BoundaryParameters,
    body=bytes,
    problems=(503,),
    words={415: "Not application/octet-stream", 422: "import.geojson: it cannot be used"},
)
async def boundaries(request: Request) -> Answer[Boundaries]:
    """Import boundaries of areas from GeoJSON.

    Each feature is matched to an area by its property `code`, or else `name`. Boundaries are simplified, and
    converted to WGS-84. Importing a file again changes nothing.
    """
    jurisdiction, asker = await importer(request)
    asked = read(request, BoundaryParameters, "imports")
    content = await content_of(request)
    areas = await open_areas(muster(request).views, jurisdiction, asker.areas)
    try:
        plan = await asyncio.to_thread(planned, content, asked.file, areas, asked.datum)
        if asked.preview:
            return answer(plan.account)
        return answer(await bind(plan, jurisdiction, sink_of(request, jurisdiction, asker)))
    except FileError as error:
        raise file_problem(error) from error
    except ImportFailed as error:
        values: dict[str, Any] = error.values
        raise Problem(503, error.code, **values) from error
