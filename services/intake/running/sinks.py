"""Destinations of an import's commands: this process or a running server."""

import asyncio
import ssl
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import msgspec

from services.application.commands import Commands
from services.base.clock import Clock
from services.decisions.base import Refused, Scope, commands
from services.decisions.jurisdiction.commands import Establish
from services.intake.boundaries import Boundaries
from services.intake.cells.firms import Firm, Firms
from services.intake.cells.nearness import box_of
from services.intake.cells.places import Places
from services.intake.errors import ImportFailed
from services.intake.mapping import Mapping
from services.intake.mapping.columns import names_enterprises
from services.intake.running.previewing import Preview
from services.log.port import LogUnavailable
from services.recorder.envelope import CommandEnvelope, Outcome
from services.recorder.errors import Overloaded, Parked
from services.vault import VaultUnavailable
from services.views.port import Views, ViewsUnavailable

ACTOR = "import/cli"
SHARED: Final = 20
"""Commands sent at once to a live service, so that users' commands do not wait long behind them."""


class Embedded:
    """Sends items to this process."""

    ahead = 3

    def __init__(self, commands: Commands, clock: Clock, views: Views) -> None:
        self._commands, self._clock, self.views = commands, clock, views

    async def submit(self, jurisdiction: str, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
        now = self._clock.now()
        outcomes = await self._commands.submit(
            jurisdiction, [envelope_of(item, now, bulk=True) for item in items]
        )
        return msgspec.to_builtins(outcomes)


class OnBehalf:
    """Sends items to this process, with the identity and rights of the requester."""

    ahead = 1
    """A live service: users' commands do not wait long behind them."""

    def __init__(
        self, commands: Commands, clock: Clock, actor: str, scope: Scope, may: Callable[[str, bool], bool]
    ) -> None:
        """`may(name, observed)` tells whether the requester may send a command."""
        self._commands, self._clock = commands, clock
        self._actor, self._scope, self._may = actor, scope, may

    async def submit(self, jurisdiction: str, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Submit in small groups. Raise ImportFailed if the jurisdiction cannot be written."""
        answers: list[dict[str, Any]] = []
        for begin in range(0, len(items), SHARED):
            answers += await self._few(jurisdiction, items[begin : begin + SHARED])
        return answers

    async def _few(self, jurisdiction: str, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
        allowed = [self._may(one["name"], one["observed"]) for one in items]
        group = [
            envelope_of(one, self._clock.now(), self._actor, self._scope, bulk=True)
            for one, may in zip(items, allowed, strict=True)
            if may
        ]
        try:
            outcomes = await self._commands.submit(jurisdiction, group) if group else []
        except Parked as error:
            raise ImportFailed("jurisdiction.parked", jurisdiction=jurisdiction, error=str(error)) from error
        except (Overloaded, LogUnavailable, VaultUnavailable, ViewsUnavailable):
            return [{"id": one["id"], "outcome": "pending"} for one in items]
        recorded = iter(outcomes)
        return [
            msgspec.to_builtins(next(recorded)) if may else self._not_sent(jurisdiction, one)
            for one, may in zip(items, allowed, strict=True)
        ]

    def _not_sent(self, jurisdiction: str, item: dict[str, Any]) -> dict[str, Any]:
        """Refuse an item, except that establishing an existing jurisdiction, as area lists do, is a no-op."""
        if item["name"] == Establish.NAME and self._commands.knows(jurisdiction):
            return {"id": item["id"], "outcome": "unchanged"}
        return _forbidden(item)


def _forbidden(item: dict[str, Any]) -> dict[str, Any]:
    why = Refused("forbidden", variant="command", command=item["name"])
    return msgspec.to_builtins(Outcome.because(str(item["id"]), "refused", why))


def envelope_of(
    item: dict[str, Any],
    received: datetime,
    actor: str = ACTOR,
    scope: Scope = Scope(),  # noqa: B008  frozen
    *,
    bulk: bool = False,
) -> CommandEnvelope:
    """Turn a batch item into a command envelope, for senders in this process."""
    command = commands[item["name"]].model_validate_json(msgspec.json.encode(item["data"]), strict=True)
    return CommandEnvelope(
        id=str(item["id"]),
        command=command,
        actor=actor,
        received=received,
        scope=scope,
        at=_instant(item.get("at")),
        sent_at=_instant(item.get("sent_at")),
        observed=bool(item.get("observed", False)),
        bulk=bulk,
    )


def _instant(value: datetime | str | None) -> datetime | None:
    return datetime.fromisoformat(value) if isinstance(value, str) else value


class Remote:
    """Sends items to a running server."""

    ahead = 1
    """Requests on two connections may arrive in any order."""

    def __init__(self, url: str, token: str, verify: ssl.SSLContext | bool = True) -> None:
        """`verify`: the TLS context that trusts the server, or True for the system's."""
        import httpx  # not by the server itself, which imports into itself

        self._failed = httpx.TransportError
        headers = {"Authorization": f"Bearer {token}"}
        self._client = httpx.AsyncClient(
            base_url=url, headers=headers, timeout=60, trust_env=False, verify=verify
        )

    async def submit(self, jurisdiction: str, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
        try:
            answer = await self._client.post(
                f"/api/v1/{jurisdiction}/commands",
                content=msgspec.json.encode(items),
                headers={"Content-Type": "application/json", "Priority": "u=7"},
            )
        except self._failed:  # resending the same ids is harmless
            return [{"id": item["id"], "outcome": "pending"} for item in items]
        if answer.status_code in (429, 503):
            return [{"id": item["id"], "outcome": "pending"} for item in items]
        if answer.status_code != 200:
            why = str(answer.json().get("detail", answer.status_code))
            raise ImportFailed("import.failed", variant="server", why=why)
        return answer.json()["items"]

    async def boundaries(self, jurisdiction: str, content: bytes, file: str, datum: str | None) -> Boundaries:
        """Have the server import a GeoJSON file. Raise ImportFailed."""
        answer = await self._client.post(
            f"/api/v1/{jurisdiction}/imports/boundaries",
            content=content,
            params={"file": file, **({"datum": datum} if datum else {})},
            headers={"Content-Type": "application/octet-stream"},
        )
        if answer.status_code != 200:
            why = str(answer.json().get("detail", answer.status_code))
            raise ImportFailed("import.failed", variant="server", why=why)
        return msgspec.json.decode(answer.content, type=Boundaries)

    async def places(self, jurisdiction: str, mapping: Mapping) -> Places:
        """Return the open areas of a jurisdiction, for their names; none before it is established. With its
        enterprises, if the mapping names some."""
        here = await self._rows(jurisdiction, "jurisdictions")
        rows = [row for row in await self._rows(jurisdiction, "areas") if not row["closed"]]
        placed = [(row["lon"], row["lat"]) for row in rows if None not in (row["lon"], row["lat"])]
        names = {row["area"]: row["name"] for row in rows}
        places = Places(jurisdiction, names, box_of(placed), here[0]["timezone"] if here else None)
        if here:
            if names_enterprises(mapping):
                rows = await self._rows(jurisdiction, "enterprises", lean="true")
                places.firms = Firms(Firm(r["enterprise"], r["name"], r["area"], r["code"]) for r in rows)
            places.said = (await self._answer("GET", f"/api/v1/{jurisdiction}/imports/names"))["names"]
        return places

    async def preview(self, jurisdiction: str, file: Path, mapping: Mapping, said: Sequence[str]) -> Preview:
        """Have the server preview a file by a built-in mapping: it knows what people decided.

        `said` are the answers, as COLUMN:TEXT=VALUE. Raise ImportFailed.
        """
        query: dict[str, Any] = {"file": file.name, "mapping": mapping.name, "answer": list(said)}
        if mapping.encoding:
            query["encoding"] = mapping.encoding
        content = await asyncio.to_thread(file.read_bytes)
        seen = await self._answer("POST", f"/api/v1/{jurisdiction}/imports/preview", query, content)
        return msgspec.convert(seen, Preview)

    async def _answer(
        self, method: str, path: str, query: dict[str, Any] | None = None, content: bytes | None = None
    ) -> dict[str, Any]:
        """Return the JSON of an answer. Raise ImportFailed."""
        headers = {"Content-Type": "application/octet-stream"} if content is not None else {}
        answer = await self._client.request(method, path, params=query, content=content, headers=headers)
        if answer.status_code != 200:
            why = str(answer.json().get("detail", answer.status_code))
            raise ImportFailed("import.failed", variant="server", why=why)
        return answer.json()

    async def _rows(self, jurisdiction: str, view: str, **how: str) -> list[dict[str, Any]]:
        """Return all rows of a view; none before the jurisdiction is established. Raise ImportFailed."""
        rows: list[dict[str, Any]] = []
        query: dict[str, str | int] = {"limit": 1000, **how}
        while True:
            answer = await self._client.get(f"/api/v1/{jurisdiction}/{view}", params=query)
            if answer.status_code == 404:
                return []
            if answer.status_code != 200:
                why = str(answer.json().get("detail", answer.status_code))
                raise ImportFailed("import.failed", variant="server", why=why)
            page = answer.json()
            rows += page["items"]
            if not page.get("next"):
                return rows
            query["cursor"] = page["next"]

    async def close(self) -> None:
        await self._client.aclose()
