"""The OpenAPI document follows the types of endpoints."""

import re
from typing import Any

import pytest
from msgspec import Struct
from pydantic import BaseModel
from starlette.requests import Request

from services.api.app import ROUTES
from services.api.app import document as whole
from services.api.context import Answer, NotModified, answer
from services.api.document import document
from services.api.parameters import Parameters, Reveal
from services.api.repeated import OFTEN, share
from services.api.routing import operation, operation_of


class Asked(Parameters):
    reveal: Reveal = False


class Sent(BaseModel):
    name: str


class Inner(Struct):
    count: int


class Told(Struct):
    name: str
    inner: list[Inner]
    more: str | None = None


@operation(id="tell", tag="examples", query=Asked, body=Sent, problems=(409,))
async def tell(request: Request) -> Answer[Told] | NotModified:
    """Tell something.

    At
    length.
    """
    return answer(Told("A", []))


@pytest.fixture
def told() -> dict[str, Any]:
    return document({("POST", "/places/{place}"): tell})


def test_what_an_endpoint_returns_is_what_the_document_says(told: dict[str, Any]) -> None:
    content = told["paths"]["/places/{place}"]["post"]["responses"]["200"]["content"]
    schemas = told["components"]["schemas"]

    assert content == {"application/json": {"schema": {"$ref": "#/components/schemas/Told"}}}
    assert schemas["Told"]["properties"]["inner"]["items"] == {"$ref": "#/components/schemas/Inner"}
    assert schemas["Told"]["required"] == ["name", "inner", "more"]
    assert schemas["Inner"]["properties"] == {"count": {"type": "integer"}}


def test_words_come_from_the_docstring(told: dict[str, Any]) -> None:
    described = told["paths"]["/places/{place}"]["post"]

    assert (described["summary"], described["description"]) == ("Tell something", "At length.")


def test_parameters_come_from_the_path_and_the_model(told: dict[str, Any]) -> None:
    in_path, in_query = told["paths"]["/places/{place}"]["post"]["parameters"]

    assert (in_path["name"], in_path["in"], in_path["required"]) == ("place", "path", True)
    assert (in_query["name"], in_query["in"], in_query["required"]) == ("reveal", "query", False)
    assert in_query["schema"] == {"type": "boolean", "default": False}


def test_problems_follow_from_what_can_go_wrong(told: dict[str, Any]) -> None:
    answers = told["paths"]["/places/{place}"]["post"]["responses"]

    assert list(answers) == ["200", "304", "400", "401", "409", "413", "415", "422"]


def test_every_route_is_described() -> None:
    assert all(operation_of(endpoint).id for endpoint in ROUTES.values())


def test_every_operation_has_an_id_of_its_own() -> None:
    ids = [one["operationId"] for path in whole()["paths"].values() for one in path.values()]

    assert len(ids) == len(set(ids))


def references(part: Any) -> set[str]:
    """Return all of them, such as `schemas/Told`."""
    match part:
        case {"$ref": str(name)}:
            return {name.removeprefix("#/components/")}
        case dict():
            return set[str]().union(*map(references, part.values()))
        case list():
            return set[str]().union(*map(references, part))
        case _:
            return set()


def test_every_reference_leads_somewhere() -> None:
    document = whole()
    components = {f"{kind}/{name}" for kind, some in document["components"].items() for name in some}

    assert references(document) <= components


def test_what_many_operations_share_is_a_component() -> None:
    paths = {
        f"/{n}": {"get": {"parameters": [_page(n)], "responses": {"404": _unknown()}}} for n in range(OFTEN)
    }
    components = share(paths)

    assert components["responses"] == {"answer.404": _unknown()}
    assert paths["/3"]["get"]["responses"] == {"404": {"$ref": "#/components/responses/answer.404"}}
    assert components["parameters"] == {}
    assert paths["/3"]["get"]["parameters"] == [_page(3)], "this one is like no other"


def test_the_whole_document_says_the_same_with_components_as_without(monkeypatch: pytest.MonkeyPatch) -> None:
    shared = whole()
    monkeypatch.setattr("services.api.document.share", lambda paths: {})
    plain = whole()
    components = shared["components"]

    assert plain["paths"] != shared["paths"]
    for path, methods in plain["paths"].items():
        for method, one in methods.items():
            found = shared["paths"][path][method]
            parameters = [_led(some, components) for some in found.get("parameters", [])]
            answers = {status: _led(some, components) for status, some in found["responses"].items()}
            assert (parameters, answers) == (one.get("parameters", []), one["responses"])


def test_components_have_names_that_openapi_allows_each_once() -> None:
    names = [name for some in whole()["components"].values() for name in some]

    assert [name for name in names if not re.fullmatch(r"[A-Za-z0-9._-]+", name)] == []
    assert len(set(names)) == len(names), "generators keep all in one namespace"


def test_two_kinds_of_one_name_are_told_apart() -> None:
    paths = {f"/{n}": {"get": {"parameters": [_page(n % 2)], "responses": {}}} for n in range(2 * OFTEN)}
    components = share(paths)

    assert components["parameters"] == {"query.page": _page(0), "query.page.2": _page(1)}
    assert paths["/3"]["get"]["parameters"] == [{"$ref": "#/components/parameters/query.page.2"}]


def _led(one: dict[str, Any], components: dict[str, Any]) -> dict[str, Any]:
    """Return what a reference leads to; anything else as it is."""
    if "$ref" not in one:
        return one
    kind, name = one["$ref"].removeprefix("#/components/").split("/")
    return components[kind][name]


def _page(number: int) -> dict[str, Any]:
    return {"name": "page", "in": "query", "schema": {"type": "integer", "default": number}}


def _unknown() -> dict[str, Any]:
    return {"description": "Unknown"}
