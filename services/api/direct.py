"""Single commands answered without a task of their own, which was a third of what a check-in took.

Only what waits for nothing but the command's record is answered here, by the parts of its endpoint. Anything
else goes the usual way from its start, and nothing was sent until then.
"""

import logging
import re
from collections.abc import Callable, Coroutine, Mapping, MutableMapping, Sequence
from contextlib import suppress
from typing import Any, Final

from starlette.responses import Response
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from services.api.commands import answer_of, envelope_of, key_of, name_of, require_right, unsent
from services.api.context import bearer, muster, require_json, tokens
from services.api.lean import LeanFastAPI, LeanRequest
from services.api.named_files import file_of
from services.api.pages import data_headers
from services.api.problems import Problem
from services.api.server.direct import Headers
from services.recorder.envelope import Outcome
from services.recorder.errors import Overloaded, Parked

MOST_BYTES: Final = 16 * 1024
"""Larger bodies go the usual way, which counts the memory of all bodies."""
_PATH: Final = re.compile(rb"/api/v1/([A-Za-z0-9]{1,32})/commands/([a-z_]+\.[a-z_]+)")

log_of = logging.getLogger("muster.api")
Respond = Callable[[Response, Headers], None]


class DirectCommands:
    """Answers single commands, each given by its scope and its body."""

    def __init__(self, app: LeanFastAPI, proxies: Sequence[str] = ()) -> None:
        """`proxies`: addresses and networks whose word about the sender is taken."""
        self._app = app
        self._proxied = ProxyHeadersMiddleware(_nothing, [*proxies]) if proxies else None

    def find(self, url: bytes) -> Mapping[str, str] | None:
        """Return the parameters in the URL of a single command; None = it is something else."""
        found = _PATH.fullmatch(url)
        return {"jurisdiction": found[1].decode(), "name": found[2].decode()} if found else None

    def answer(self, scope: MutableMapping[str, Any], body: bytes, respond: Respond) -> bool:
        """Answer a command, at once or once it is recorded; `respond` gets the response and more headers.

        Return False if it is to go the usual way instead. Never raises.
        """
        if len(body) > MOST_BYTES:
            return False
        scope["app"] = self._app
        if self._proxied:
            _run(self._proxied(scope, _nothing, _nothing))  # type: ignore[arg-type]
        headers = data_headers(scope)

        def told(response: Response) -> None:
            respond(response, headers)

        try:
            return _sent(LeanRequest(scope), body, told)
        except Problem as problem:
            told(problem.response())
            return True
        except Exception:  # the usual way meets it again, and reports it
            return False


def _sent(request: LeanRequest, body: bytes, respond: Callable[[Response], None]) -> bool:
    """Send a command if it can be sent now. Raises Problem."""
    name = name_of(request)
    jurisdiction = request.path_params["jurisdiction"]
    asker, commands = tokens(request).known(bearer(request)), muster(request).commands
    if asker is None or not commands.knows(jurisdiction):
        return False
    require_right(asker, name, jurisdiction)
    key = key_of(request)
    require_json(request)
    envelope = envelope_of(request, asker, key, body)
    if file_of(envelope.command):
        return False
    try:
        commands.send(jurisdiction, [envelope], lambda outcomes: respond(_response(outcomes[0])))
    except (Parked, Overloaded) as error:
        raise unsent(jurisdiction, error) from error
    return True


def _response(outcome: Outcome) -> Response:
    try:
        return answer_of(outcome)
    except Problem as problem:
        return problem.response()
    except Exception:
        log_of.exception("cannot answer a recorded command")
        return Problem(500, "internal").response()


async def _nothing(*_: object) -> Any: ...


def _run(corrects: Coroutine[Any, Any, None]) -> None:
    """Run what waits for nothing."""
    with suppress(StopIteration):
        corrects.send(None)
