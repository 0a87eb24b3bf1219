"""Schemathesis with all checks, over the whole OpenAPI document and a real server."""

import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from http.cookiejar import DefaultCookiePolicy
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID, uuid4

import httpx
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from scale import LONG, scaled
from schemathesis.specs.openapi.checks import ignored_auth, negative_data_rejection

from services.api.app import document
from services.api.import_models import SHIPPED

pytest_plugins = ["schemathesis.pytest.plugin"]
J = "2307"


class Server(NamedTuple):
    """A running service, and the connection to it, which keeps no cookies."""

    url: str
    admin: dict[str, str]
    session: requests.Session
    secured: set[str]
    """Operations that an answer has shown to need a token."""


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Run `muster serve` with a little data."""
    data = tmp_path_factory.mktemp("openapi")
    command = [sys.executable, "-m", "services.cli", "serve", "--data", str(data), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        try:
            assert child.stdout
            url = next(found[1] for line in child.stdout if (found := re.search(r"at (http://\S+)", line)))
            token = (data / "admin.token").read_text().strip()
            _fill(url, token)
            with requests.Session() as session:
                session.trust_env = False
                session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
                yield Server(url, {"Authorization": f"Bearer {token}"}, session, set())
        finally:
            child.terminate()
            child.wait(20)


def _fill(url: str, token: str) -> None:
    sys.path.insert(0, str(Path(__file__).parents[1]))
    from story import STORY

    items = [{"id": str(uuid4()), "name": name, "data": body} for name, body in STORY[:40]]
    answer = httpx.post(
        f"{url}/api/v1/{J}/commands",
        json=items,
        headers={"Authorization": f"Bearer {token}"},
        trust_env=False,
    )
    assert answer.status_code == 200, answer.text


DOCUMENT = document()
instants = st.integers(946684800, 1735689600).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
schemathesis.openapi.format("date-time", instants.map(datetime.isoformat))
people = st.lists(st.integers(1, 99).map(lambda n: f"Worker {n},courier\n"), max_size=3)
schemathesis.openapi.media_type(
    "application/octet-stream", people.map(lambda rows: ("name,role\n" + "".join(rows)).encode())
)
schemathesis.openapi.media_type("application/pdf", st.just(b"%PDF-1.7"))
SQUARE = (
    b'{"type": "Feature", "properties": {"code": "230717"}, "geometry": {"type": "Polygon", '
    b'"coordinates": [[[128.9, 47.7], [128.91, 47.7], [128.9, 47.71], [128.9, 47.7]]]}}'
)


BOUNDARIES_EVERY = 1 if LONG else 50
"""Paths between two whose parameters also take every boundary value. To compute these for all takes a
minute, and all operations are read by the same code."""
_FILES = (".csv", ".xlsx")
"""All files of rows share one endpoint for each kind; one of them is called."""


def _asked() -> dict[str, Any]:
    """Return the document without streams, the log, and all files of rows but one."""
    left_out = ("/stream", "/log", *_FILES)
    paths = DOCUMENT["paths"].items()
    kept = {
        path: about for path, about in paths if not path.endswith(left_out) or path.endswith("/roster.csv")
    }
    return DOCUMENT | {"paths": kept}


CONFIG = schemathesis.Config.from_dict(
    {
        "warnings": False,
        "checks": {
            "negative_data_rejection": {
                "expected-statuses": [400, 401, 403, 404, 405, 406, 409, 413, 415, 422]
            }
        },
        "phases": {"coverage": {"enabled": False}},
        "operations": [
            {"include-path": path, "phases": {"coverage": {"enabled": True}}}
            for path in [*_asked()["paths"]][::BOUNDARIES_EVERY]
        ],
    }
)
API = schemathesis.openapi.from_dict(_asked(), config=CONFIG)


@API.parametrize()
@settings(
    max_examples=scaled("MUSTER_EXAMPLES", 3, 12),
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.filter_too_much,
        HealthCheck.data_too_large,
        HealthCheck.differing_executors,
    ],
)
def test_an_operation_holds_what_it_promises(case: schemathesis.Case, server: Server) -> None:
    if re.fullmatch("[A-Za-z0-9]{1,32}", str(case.path_parameters.get("jurisdiction"))):
        moves = case.path.endswith(("/jurisdiction.move", "/jurisdiction.resume", "/jurisdiction.close"))
        case.path_parameters["jurisdiction"] = "M1" if moves else J  # others are refused once moved
    case.query.pop("cursor", None)  # cursors are valid only if a page returned them
    if re.fullmatch("[0-9]{1,19}", str(case.query.get("after"))):
        del case.query["after"]  # a future position returns 504 by design
    if case.query.get("mapping") in list(SHIPPED):  # the mapping that fits the file
        case.query["mapping"] = "roster"
    if case.path.endswith("/imports/boundaries"):
        case.body = SQUARE
    case.query.pop("encoding", None)  # any name of an encoding; most texts are none
    case.query.pop("answer", None)  # answers are valid only to questions that the preview asks
    case.headers.pop("If-Match", None)  # positions are valid only if a row gave them
    if case.path.endswith("/stations/near") and not {"lat", "lon"} <= case.query.keys():
        case.query |= {"lat": 47.7, "lon": 128.9}  # both, or an area with a place
    if {"since", "until"} <= case.query.keys():
        del case.query["since"]  # not after the other
    if "/reports/" in case.path:
        case.query.pop("since", None)  # before `at`
    if {"at", "as_of"} <= case.query.keys():
        del case.query["as_of"]
    if "at" in case.query:
        for name in ("kind", "sort"):  # facts have a kind, presence at an instant has none
            case.query.pop(name, None)
    if "T" in str(case.query.get("as_of")) and not _is_instant(case.query["as_of"]):
        del case.query["as_of"]  # 31 February fits the pattern
    if _is_uuid(case.headers.get("Idempotency-Key")):  # the same key again would be a repeat
        case.headers["Idempotency-Key"] = str(uuid4())
    excluded = [ignored_auth] if case.operation.label in server.secured else []
    if case.path.endswith("}/commands"):  # a bad item of a batch is refused alone, in a 200
        excluded.append(negative_data_rejection)
    answer = case.call_and_validate(server.url, server.session, server.admin, excluded_checks=excluded)
    if answer.status_code < 300:  # asked again without a token, and with a wrong one
        server.secured.add(case.operation.label)


def _is_instant(text: object) -> bool:
    try:
        return bool(datetime.fromisoformat(str(text)))
    except ValueError:
        return False


def _is_uuid(text: object) -> bool:
    try:
        return bool(UUID(str(text)))
    except ValueError:
        return False


def test_the_document_has_an_operation_for_every_command_and_view(server: Server) -> None:
    from projections.catalog import public_views
    from services.api.commands import PUBLIC

    paths = httpx.get(f"{server.url}/openapi.json", trust_env=False, timeout=60).json()["paths"]
    for name in PUBLIC:
        assert "post" in paths[f"/api/v1/{{jurisdiction}}/commands/{name}"]
    for view in public_views():
        assert "get" in paths[f"/api/v1/{{jurisdiction}}/{view}"]
        assert "get" in paths[f"/api/v1/{{jurisdiction}}/{view}/{{key}}"]


@pytest.mark.parametrize("name", ["IncidentDeclare", "IncidentAmend"])
def test_days_that_an_incident_is_expected_to_last_may_be_left_out_or_null(name: str) -> None:
    body = DOCUMENT["components"]["schemas"][name]
    whole, null = body["properties"]["expected_days"]["anyOf"]
    assert (whole["type"], whole["minimum"], whole["maximum"]) == ("integer", 1, 3650)
    assert null == {"type": "null"}
    assert "expected_days" not in body["required"]
