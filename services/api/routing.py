"""Declarations of endpoints, from which the routes and the OpenAPI document are generated."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, TypeVar

import msgspec
from pydantic import BaseModel
from starlette.responses import Response

Endpoint = Callable[..., Awaitable[Response]]
E = TypeVar("E", bound=Endpoint)

JSON: Final = "application/json"
_operations: dict[Endpoint, "Operation"] = {}


class Operation(msgspec.Struct, frozen=True, kw_only=True):
    """One operation. Summary and description are the endpoint's docstring, its response the return type."""

    id: str
    tag: str
    query: type[BaseModel] | None = None
    body: type[Any] | None = None
    """A pydantic model, or a list of one; `bytes` = a file."""
    takes: tuple[str, ...] = ()
    """Media types of a body of bytes, if it is not a sheet to import."""
    headers: Mapping[str, str] = {}
    """Required request headers that hold a UUID, each with its description."""
    optional: Mapping[str, str] = {}
    """Optional request headers, each with its description."""
    problems: tuple[int, ...] = ()
    """Statuses beyond those that follow from the path, the query and the body."""
    words: Mapping[int, str] = {}
    """Descriptions of responses that differ from the defaults."""
    same: tuple[int, ...] = ()
    """Further statuses with the same body as success."""
    status: int = 200
    media: str = JSON
    """Media type of the response. Anything but JSON and pictures is text."""
    public: bool = False
    """Whether no token is needed."""


def operation(**told: Any) -> Callable[[E], E]:
    """Register an endpoint's operation; the arguments are the fields of `Operation`."""

    def registered(endpoint: E) -> E:
        _operations[endpoint] = Operation(**told)
        return endpoint

    return registered


def operation_of(endpoint: Endpoint) -> Operation:
    """Return the operation of an endpoint. Raises KeyError if it has none."""
    return _operations[endpoint]
