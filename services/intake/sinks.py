"""Where an import sends its commands: a runtime in this process, or a running server."""

import ssl
from datetime import datetime
from typing import Any

import httpx
import msgspec

from services.decisions.base import Scope, commands
from services.intake.errors import ImportFailed
from services.log.asked import Asked
from services.runtime import Muster

ACTOR = "import/cli"


class Embedded:
    """Sends items to a runtime in this process."""

    def __init__(self, muster: Muster) -> None:
        self._muster = muster

    async def submit(self, jurisdiction: str, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
        outcomes = await self._muster.submit(jurisdiction, [asked(self._muster, item) for item in items])
        return [msgspec.to_builtins(one) for one in outcomes]


def asked(muster: Muster, item: dict[str, Any], actor: str = ACTOR) -> Asked:
    """An item of a batch as a command, for senders within the process."""
    command = commands[item["name"]].model_validate_json(msgspec.json.encode(item["data"]), strict=True)
    return Asked(
        id=str(item["id"]),
        command=command,
        actor=actor,
        received=muster.clock.now(),
        scope=Scope(),
        at=_instant(item.get("at")),
        sent_at=_instant(item.get("sent_at")),
        observed=bool(item.get("observed", False)),
    )


def _instant(value: datetime | str | None) -> datetime | None:
    return datetime.fromisoformat(value) if isinstance(value, str) else value


class Remote:
    """Sends items to a running server."""

    def __init__(self, url: str, token: str, verify: ssl.SSLContext | bool = True) -> None:
        """`verify` = by what its TLS is known."""
        headers = {"Authorization": f"Bearer {token}"}
        self._client = httpx.AsyncClient(
            base_url=url, headers=headers, timeout=60, trust_env=False, verify=verify
        )

    async def submit(self, jurisdiction: str, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
        try:
            answer = await self._client.post(
                f"/api/v1/{jurisdiction}/commands",
                content=msgspec.json.encode(items),
                headers={"Content-Type": "application/json"},
            )
        except httpx.TransportError:  # the ids make sending again harmless
            return [{"id": item["id"], "outcome": "pending"} for item in items]
        if answer.status_code == 503:
            return [{"id": item["id"], "outcome": "pending"} for item in items]
        if answer.status_code != 200:
            raise ImportFailed(
                f"the server refused the import: {answer.json().get('detail', answer.status_code)}"
            )
        return answer.json()["items"]

    async def close(self) -> None:
        await self._client.aclose()
