"""Calls of every operation of the OpenAPI document, about things in every place of a marked city."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any, Final, NamedTuple

from marked import (
    AREAS,
    KINDS,
    MISSING,
    NOWHERE,
    PHONES,
    Call,
    City,
    J,
    command_id,
    home,
    id_of,
    item,
    mark,
    picture,
)

from projections.catalog import public_views
from services.api.app import document
from services.api.view_parameters import DERIVED
from services.decisions.base import Command
from services.decisions.references import ARRIVES, mentions
from services.decisions.scopes import PUBLIC
from tests.built import Build

Calls = Iterator[Call]
Asking = Callable[[City, str, str, str], Calls]
"""Returns the calls of an operation from the city, its path, its method and the place they are about."""
HERE: Final = f"/api/v1/{J}"
FILE: Final = "application/octet-stream"
VIEW_KIND: Final = {
    "areas": "area",
    "boundaries": "area",
    "incidents": "incident",
    "handovers": "handover",
    "teams": "team",
    "units": "unit",
    "posts": "post",
    "source_lists": "source_list",
    "certificates": "certificate",
    "nominations": "nomination",
    "awards": "award",
    "publications": "publication",
    "brands": "brand",
    "visits": "visit",
    "difficulties": "difficulty",
    "allies": "ally",
    "meetings": "meeting",
    "commitments": "commitment",
    "reliefs": "relief",
    "activities": "activity",
    "courses": "course",
    "sessions": "session",
    "training": "session",
    "leads": "chapter",
    "duty_items": "duty_item",
    "undertakings": "undertaking",
    "inspections": "inspection",
    "monthly_reviews": "monthly_review",
    "homes": "service",
    "services": "service",
    "service_confirmations": "service",
}
"""View -> kind of what it tells, where that is not the work of a place (any other kind of it)."""
UNPLACED_VIEWS: Final = (
    "jurisdictions",
    "terms",
    "formation_rules",
    "review_deadlines",
    "service_limits",
    "training_targets",
)
"""Views without areas, which everybody of the jurisdiction may read."""


def _views(made: City, path: str, method: str, place: str) -> Calls:
    view = re.split("[/.]", path.removeprefix("/api/v1/{jurisdiction}/"))[0]
    there = path.replace("{jurisdiction}", J)
    if "{key}" not in path:
        if place == "A":
            yield Call(method, there)
            if path.endswith(view):
                yield Call(method, there, {"reveal": "true"} if view in ("roster", "requests") else {})
        yield Call(method, there, {"area": AREAS[place] or J})
        return
    if view in UNPLACED_VIEWS or (view, place) not in made.keys:
        if place != "O" and view not in (*UNPLACED_VIEWS, "boundaries"):
            assert view == "areas" or place == "N", f"give {view} a row in {place} (tests/api/marked.py)"
        return
    key = made.keys[view, place]
    kind = VIEW_KIND.get(view, "handover" if view in ("headcount", "ledger", "timeline") else "worker")
    yield Call(method, there.replace("{key}", key), target=(place, kind), asked=(key,))
    yield Call(method, there.replace("{key}", key + "9"), target=(MISSING, kind), asked=(key + "9",))


def _about(
    kind: str,
    *,
    body: Callable[[str], Any] | None = None,
    query: Callable[[str], Mapping[str, Any]] = lambda key: {},
    more: Mapping[str, Any] | None = None,
    key: Callable[[str, str], str] = mark,
    media: str = "application/json",
) -> Asking:
    """Return the calls of an operation that names one thing: in its path (`{...}`), its body or its query."""

    def calls(made: City, path: str, method: str, place: str) -> Calls:
        for one in (place, MISSING):
            name = key(one, kind)
            there = re.sub(r"\{.*\}", name, path.replace("{jurisdiction}", J))
            sent = body(name) if body else b""
            content = sent if isinstance(sent, bytes) else json.dumps(sent).encode()
            yield Call(method, there, {**query(name), **(more or {})}, content, media, (one, kind), (name,))

    return calls


def _each(*some: Asking) -> Asking:
    """Return the calls of all of these."""

    def calls(made: City, path: str, method: str, place: str) -> Calls:
        for one in some:
            yield from one(made, path, method, place)

    return calls


def _ids(kind: str, of: Callable[[City], Mapping[str, str]], missing: str) -> Asking:
    """Return the calls of an operation whose path names something by an id that the service gave."""

    def calls(made: City, path: str, method: str, place: str) -> Calls:
        yield from _about(
            kind,
            key=lambda one, _: missing if one == MISSING else of(made)[one],
            body=(lambda key: {}) if method == "PATCH" else None,
        )(made, path, method, place)

    return calls


def _plain(query: Mapping[str, Any] | None = None, body: Any = None) -> Asking:
    """Return the call of an operation that names nothing."""

    def calls(made: City, path: str, method: str, place: str) -> Calls:
        if place == "A":
            there = path.replace("{jurisdiction}", J).replace("{mapping}", "roster")
            yield Call(method, there, query or {}, json.dumps(body).encode() if body is not None else b"")

    return calls


def _phone(place: str, kind: str) -> str:
    return PHONES.get(place, "13899999999")


def _upload(made: City, path: str, method: str, place: str) -> Calls:
    yield from _about(
        "request",
        query=lambda key: {"subject": f"request/{key}"},
        body=lambda key: picture(place),
        media="image/png",
    )(made, path, method, place)


def _fix(worker: str) -> Any:
    at = "2022-03-28T00:00:00Z"
    return {"sent_at": at, "fixes": [{"at": at, "lon": 1, "lat": 1, "worker": worker}]}


def _people(area: str) -> bytes:
    return f"name,role,home area\nSomebody,rider,{area}\n".encode()


def _square(code: str) -> Any:
    shape = {"type": "Polygon", "coordinates": [[[1, 1], [2, 1], [2, 2], [1, 1]]]}
    return {"type": "Feature", "properties": {"code": code}, "geometry": shape}


def _code(place: str, kind: str) -> str:
    return NOWHERE if place == MISSING else home(place)


def _batch(key: str) -> Any:
    return [item("request.cancel", {"request": key, "reason": "not_needed"})]


def _text(place: str, kind: str) -> str:
    return f"Text {mark(place, kind)}"


SHEETS: Final = _each(
    _about("area", body=_people, more={"mapping": "roster"}, media=FILE),
    _about(
        "area", body=_people, more={"mapping": "roster"}, media=FILE, key=lambda p, k: f"Text {mark(p, k)}"
    ),
    _about("area", body=_people, more={"mapping": "roster"}, media=FILE, key=id_of),
)
"""A sheet of people whose home area is given by id, name and code."""
FINDS: Final = _each(
    *(
        _about(kind, body=lambda key: {"text": key}, key=lambda one, kind: mark(one, kind))
        for kind in ("worker", "request", "team", "incident")
    ),
    _about("worker", body=lambda key: {"name": key}),
    _about("worker", body=lambda key: {"phone": key}, key=_phone),
    _about("worker", body=lambda key: {"text": key}, key=_phone),
)
CHOSEN: Final = _each(
    _about("worker", body=lambda key: {"view": "roster", "keys": [key]}),
    _about("request", body=lambda key: {"view": "requests", "keys": [key], "reveal": True}),
    _about("incident", body=lambda key: {"view": "incidents", "keys": [key]}),
)
OF_AREA: Final = _each(_plain(), _about("area", query=lambda key: {"area": key}, key=id_of))
"""A read about all that the token covers, and about one area."""
_KEYS: Final = {"p256dh": "AA", "auth": "AA"}
_NO_ID: Final = "00000000-0000-4000-8000-000000000000"
CALLS: Final[dict[str, Asking]] = {
    "healthz": _plain(),
    "readyz": _plain(),
    "metrics": _plain(),
    "index": _plain(),
    "sign-in": _plain(body={"token": "wrong"}),
    "sign-out": _plain(),
    "who": _plain(),
    "tokens": _plain(),
    "create_token": _about(
        "token", body=lambda key: {"name": "new", "scope": "viewer", "jurisdictions": [key]}, key=_code
    ),
    "limit_token": _ids("token", lambda made: made.token_ids, "0" * 16),
    "revoke_token": _ids("token", lambda made: made.token_ids, "0" * 16),
    "push-key": _plain(),
    "push-subscribe": _plain(body={"endpoint": "https://push.example/1", "keys": _KEYS}),
    "push-unsubscribe": _plain(body={"endpoint": "https://push.example/1"}),
    "codes": _about("worker", body=lambda key: {"worker": key}),
    "commands": _about("request", body=_batch),
    "command-status": _ids("worker", lambda made: {one: command_id(one, 3) for one in AREAS}, _NO_ID),
    "stream": _plain({"views": ",".join(public_views())}),
    "log": _plain(),
    "find": FINDS,
    "find-enterprises": _plain({"text": "e", "limit": "100"}),
    "telemetry": _about("worker", body=_fix),
    "mappings": _plain(),
    "words": _plain(),
    "mapping-template": _plain(),
    "import-preview": SHEETS,
    "import-boundaries": _about("area", body=_square, more={"preview": "true"}, media=FILE, key=id_of),
    "import-names": _plain(),
    "import": SHEETS,
    "imports": _plain(),
    "import-status": _ids("token", lambda made: made.imports, _NO_ID),
    "import-rejects": _ids("token", lambda made: made.imports, _NO_ID),
    "me": _plain(),
    **dict.fromkeys(("my-activities", "my-recognition", "my-stations", "my-training"), _plain()),
    "task": _each(_about("assignment"), _about("assignment", more={"reveal": "true"})),
    "places": _about("worker", query=lambda key: {"worker": key}),
    "alerts": _plain(),
    "candidates": _about("request", query=lambda key: {"request": key}),
    **dict.fromkeys(
        ("responsibility", "funnel", "coverage", "coverage-xlsx", "coverage-curve", "coverage-facts"), OF_AREA
    ),
    "coverage-gaps": OF_AREA,
    "leaders": OF_AREA,
    **dict.fromkeys(("report-institutions", "report-institutions-docx"), OF_AREA),
    "report-institutions-rows": _about(
        "area", query=lambda key: {"area": key, "figure": "R5.visits"}, key=id_of
    ),
    **dict.fromkeys(("public-stations", "public-stations-geojson", "public-stations-csv"), _plain()),
    **dict.fromkeys(("ask", "receipt", "word"), _plain(body={"receipt": "wrong"})),
    "certificates-trust": _plain(),
    "certificate-paper": _about("certificate"),
    "badges-revoked": _plain(),
    "award-paper": _about("award"),
    "award-badge": _about("award"),
    "ask": _plain(body={}),
    "ask_file": _plain(body={}),
    **dict.fromkeys(
        ("receipt", "word"), _plain(body={"receipt": "0000-0000-0000-0000-0000", "say": "confirm"})
    ),
    "rows-csv": CHOSEN,
    "rows-xlsx": CHOSEN,
    "upload": _upload,
    "file": _ids("request", lambda made: made.files, "0" * 64),
}
"""Operation -> its calls about a place. Views, files of rows, and commands need no entry."""
CHANGING: Final = ("create_token", "limit_token", "revoke_token", "commands", "import", "codes", "upload")
"""Operations that change something: not called by those who may."""


class Found(NamedTuple):
    """An operation of the document."""

    id: str
    method: str
    path: str


@cache
def operations() -> tuple[Found, ...]:
    """Return every operation of the OpenAPI document, commands last."""
    found = [
        Found(about["operationId"], method.upper(), path)
        for path, methods in document()["paths"].items()
        for method, about in methods.items()
    ]
    return tuple(sorted(found, key=lambda one: one.id in PUBLIC))


def of_rows(one: Found) -> bool:
    """Whether an operation reads a view."""
    view = re.split("[/.]", one.path.removeprefix("/api/v1/{jurisdiction}/"))[0]
    return view in (*public_views(), *DERIVED)


def calls(made: City, one: Found, place: str) -> Calls:
    """Yield the calls of an operation about a place, each followed by one about what does not exist."""
    if one.id in PUBLIC:
        found = _commands(PUBLIC[one.id], place)
    elif of_rows(one):
        found = _views(made, one.path, one.method, place)
    else:
        assert one.id in CALLS, f"add {one.id} to CALLS in tests/api/asked.py"
        found = CALLS[one.id](made, one.path, one.method, place)
    for call in found:
        if place != "N" or call.target is None or call.target[1] != "area":  # N is the whole jurisdiction
            yield call


@cache
def _commands(command: type[Command], place: str) -> tuple[Call, ...]:
    """Return a command about A with each reference to a place, and to what is missing."""
    return tuple(_each_reference(command, place))


def _each_reference(command: type[Command], place: str) -> Calls:
    for mention in mentions(command):
        for one in (place, MISSING):
            key = id_of(one, mention.kind)
            model = Build(lambda kind: id_of("A", kind), mention, key).command(command)
            data = model.model_dump(mode="json", exclude_none=True) | ODD.get(command.NAME, {})
            for field in LEFT_OUT.get(command.NAME, ()):
                del data[field]
            creates = mention.new or mention.own_id or command.NAME == "area.define"
            if creates and one in (MISSING, "O"):
                continue  # it would be created
            if mention.touch is ARRIVES and one == "N":
                continue  # any desk may take them up (test_access.py tells what it sees then)
            yield Call(
                "POST",
                f"{HERE}/commands/{command.NAME}",
                body=json.dumps(data).encode(),
                target=(one, mention.kind),
                asked=(key, *(id_of("A", kind) for kind in KINDS)),
            )


ODD: Final[dict[str, dict[str, Any]]] = {
    "difficulty.register": {"receipt": "0" * 64},
    "brand.register": {"mark": "M0 0", "colour": "#000000", "ink": "#ffffff"},
    "brand.amend": {"mark": "M0 0", "colour": "#000000", "ink": "#ffffff"},
    "publication.publish": {"link": "https://example.org/1"},
    "monthly_review.hold": {"month": "2022-03"},
    "undertaking.evidence": {"digest": "0" * 64},
    "duty_item.show": {"file": "0" * 64},
    "session.attend": {"half": "2020-01-06.am"},
    "session.correct_presence": {"half": "2020-01-06.am"},
    "session.open_door": {"half": "2020-01-06.am", "anchor": "0" * 64},
    "session.scan": {"anchor": "0" * 64, "code": "0" * 64},
    "area.bound": {"boundary": [[[[1, 1], [2, 1], [2, 2], [1, 1]]]]},
}
"""Fields of commands that cannot be made up from their types."""
LEFT_OUT: Final[dict[str, tuple[str, ...]]] = dict.fromkeys(
    ("inspection.report", "assignment.attach_proof", "undertaking.evidence"), ("file",)
)
