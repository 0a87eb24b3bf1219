"""Schemathesis with all checks, over the whole OpenAPI document and a real server."""

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from scale import LONG, scaled
from schemathesis.specs.openapi.checks import negative_data_rejection

from services.api.app import document
from services.api.import_models import SHIPPED

pytest_plugins = ["schemathesis.pytest.plugin"]
J = "2307"


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """Run `muster serve` with a little data. Yields its URL and admin token."""
    data = tmp_path_factory.mktemp("openapi")
    command = [sys.executable, "-m", "services.cli", "serve", "--data", str(data), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        try:
            assert child.stdout
            url = next(found[1] for line in child.stdout if (found := re.search(r"at (http://\S+)", line)))
            token = (data / "admin.token").read_text().strip()
            _fill(url, token)
            yield url, token
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


CHECKS = {
    "negative_data_rejection": {"expected-statuses": [400, 401, 403, 404, 405, 406, 409, 413, 415, 422]}
}
BOUNDARIES_EVERY = 1 if LONG else 25
"""Operations between two whose parameters also take every boundary value. To compute these for all takes a
minute, and all operations are read by the same code."""
WITH, WITHOUT = (
    schemathesis.Config.from_dict(
        {"checks": CHECKS, "warnings": False, "phases": {"coverage": {"enabled": enabled}}}
    )
    for enabled in (True, False)
)
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


def holds_what_it_promises(case: schemathesis.Case, server: tuple[str, str]) -> None:
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
    case.call_and_validate(
        base_url=server[0],
        headers={"Authorization": f"Bearer {server[1]}"},
        # a bad item of a batch is refused alone, in a 200
        excluded_checks=[negative_data_rejection] if case.path.endswith("}/commands") else [],
    )


def _checked(path: str, method: str, config: schemathesis.Config) -> Callable[..., None]:
    """Return a test of one operation. A separate function has its own id, so xdist can distribute it."""

    def check(case: schemathesis.Case, server: tuple[str, str]) -> None:
        holds_what_it_promises(case, server)

    limited = settings(
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
    )(check)
    alone = DOCUMENT | {"paths": {path: DOCUMENT["paths"][path]}}
    api = schemathesis.openapi.from_dict(alone, config=config)
    return api.include(method=method.upper()).parametrize()(limited)


_FILES = (".csv", ".xlsx")
"""All files of rows share one endpoint for each kind; one of them is called."""

for _number, (_path, _methods) in enumerate(DOCUMENT["paths"].items()):
    for _method, _about in _methods.items():
        _config = WITHOUT if _number % BOUNDARIES_EVERY else WITH
        if not _path.endswith(("/stream", "/log", *_FILES)) or _path.endswith("/roster.csv"):
            _name = re.sub(r"\W", "_", _about["operationId"])
            globals()[f"test_{_name}_holds_what_it_promises"] = _checked(_path, _method, _config)


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


def test_the_document_has_an_operation_for_every_command_and_view(server: tuple[str, str]) -> None:
    from projections.catalog import public_views
    from services.api.commands import PUBLIC

    paths = httpx.get(f"{server[0]}/openapi.json", trust_env=False, timeout=60).json()["paths"]
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
