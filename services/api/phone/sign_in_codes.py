"""One-time sign-in codes for workers' phones, and the limit on wrong ones."""

import ipaddress
import logging
import time
from collections import deque
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Final

from cachetools import TTLCache
from msgspec import Meta, Struct
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request

from services.access.tokens import CODE_MINUTES, MAX_CODE_MINUTES
from services.api.context import Answer, answer, model, reader, tokens
from services.api.problems import Problem
from services.api.reading import row_of
from services.api.routing import operation
from services.decisions.fields import WHOLE, Id

WRONG_A_MINUTE: Final = 10
"""Limit per client address. Then it waits until the oldest of them is a minute old."""
WRONG_A_SECOND: Final = 100
"""Limit in total. Low enough that a 50-bit code cannot be guessed before it expires; high enough that
blocking honest phones takes hundreds of addresses."""
MOST_ADDRESSES: Final = 10_000
_MINUTE: Final = 60.0

log_of = logging.getLogger("muster.api")


class NewCode(BaseModel):
    """A code for this worker's phone. Their unused codes become void."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    worker: Id
    minutes: Annotated[
        int, Field(ge=1, le=MAX_CODE_MINUTES, description="How long it can be used"), WHOLE
    ] = CODE_MINUTES


class Code(Struct):
    """A sign-in code."""

    code: Annotated[str, Meta(description="Such as 7KQ2-M9XT-3F; shown only once")]
    link: Annotated[str, Meta(description="Path of the courier's page with the code")]
    worker: str
    expires_at: datetime


@operation(id="codes", tag="service", body=NewCode, problems=(503,))
async def issue(request: Request) -> Answer[Code]:
    """Create a one-time code to sign in a worker's phone.

    The code is shown once and kept hashed.
    """
    jurisdiction, asker = await reader(request)
    if not asker.may("issue_codes"):
        raise Problem(403, "forbidden", variant="codes")
    given = await model(request, NewCode)
    row = await row_of(request, jurisdiction, "roster", given.worker)
    if row is None or not asker.sees(row):
        raise Problem(404, "worker.unknown", worker=given.worker)
    if not asker.opens(row):  # a signed-in worker sees their own name
        raise Problem(403, "forbidden", variant="not_in_areas", worker=given.worker)
    code, expires_at = await tokens(request).issue_code(jurisdiction, given.worker, given.minutes)
    log_of.info("%s created a sign-in code for worker/%s of %s", asker.actor, given.worker, jurisdiction)
    return answer(Code(code, link(code), given.worker, expires_at), headers={"Cache-Control": "no-store"})


def link(code: str) -> str:
    """Return the URL of the courier's page with the code in its fragment, which is never sent to a server."""
    return f"/go#code={code}"


class WrongCodes:
    """Counts of wrong codes: per client address in the last minute, and in total in the last second."""

    def __init__(
        self,
        now: Callable[[], float] = time.monotonic,
        *,
        each: int = WRONG_A_MINUTE,
        together: int = WRONG_A_SECOND,
    ) -> None:
        self._now, self._each = now, each
        self._by_address: TTLCache[str, deque[float]] = TTLCache(MOST_ADDRESSES, _MINUTE, timer=now)
        self._all: deque[float] = deque(maxlen=together)

    def check(self, address: str) -> None:
        """Check the limits before a code is tried. Raises 429."""
        wrong = self._by_address.get(address, deque(maxlen=self._each))
        for times, seconds in ((wrong, _MINUTE), (self._all, 1.0)):
            if len(times) == times.maxlen and (wait := times[0] + seconds - self._now()) > 0:
                raise _too_many(wait)

    def note(self, address: str) -> None:
        """Count a wrong code."""
        wrong = self._by_address.get(address, deque(maxlen=self._each))
        for times in (wrong, self._all):
            times.append(self._now())
        self._by_address[address] = wrong  # kept for a minute from now


def _too_many(wait: float) -> Problem:
    seconds = str(int(wait) + 1)
    return Problem(429, "too_many", headers={"Retry-After": seconds}, seconds=seconds)


def address(request: Request) -> str:
    """Return the key for counting wrong codes: an IPv4 address or an IPv6 /64 prefix."""
    host = request.client.host if request.client else ""
    try:
        found = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return host
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((found, 64), strict=False))


async def redeem(request: Request, text: str) -> str:
    """Exchange a code for a session. Raises 401, 429."""
    wrong: WrongCodes = request.app.state.wrong_codes
    where = address(request)
    wrong.check(where)
    session = await tokens(request).redeem_code(text)
    if session is None:
        wrong.note(where)
        raise Problem(401, "code.unknown")
    return session
