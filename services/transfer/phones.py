"""Phone hashes do not travel: they are made anew from the log, under the key of the store they are in."""

from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Final

import msgspec

from events.base import EventEnvelope
from events.catalog import envelopes
from events.commit import decode
from events.request import RequestAmended
from events.worker import WorkerAmended
from services.log.port import Log
from services.recorder.sealing import PHONES
from services.transfer.form import Progress
from services.vault import Vault

AT_ONCE: Final = 2_000
_SUBJECTS: Final = ("worker", "request")


async def index_phones(log: Log, vault: Vault, jurisdiction: str, progress: Progress | None = None) -> int:
    """Make everybody whose key is here findable by their last number; how many."""
    newest: dict[str, str | None] = {}
    async for position, subject, token in _phones(log, jurisdiction):
        newest[subject] = token
        if progress:
            progress(position)
    tokens = [(subject, token) for subject, token in newest.items() if token]
    found = 0
    for start in range(0, len(tokens), AT_ONCE):
        found += await _index(vault, jurisdiction, dict(tokens[start : start + AT_ONCE]))
    return found


async def _index(vault: Vault, jurisdiction: str, tokens: Mapping[str, str]) -> int:
    keys = await vault.keys_of(jurisdiction, tokens)
    alive = [subject for subject in tokens if keys.get(subject)]
    keyring = await vault.keyring(jurisdiction, alive)
    opened = {subject: keyring.open(tokens[subject]) for subject in alive}
    await vault.index_phones(jurisdiction, opened)
    return len(opened)


async def _phones(log: Log, jurisdiction: str) -> AsyncIterator[tuple[int, str, str | None]]:
    """(position, subject, token) of each number given, or taken away."""
    async for batch in log.read(jurisdiction):
        for stored in batch:
            if not any(b'"%s"' % name.encode() in stored.data for name in PHONES):
                continue
            for one in envelopes(decode(stored.data)):
                for subject, token in _given(one):
                    yield one.position, subject, token


def _given(one: EventEnvelope) -> Iterator[tuple[str, str | None]]:
    said = msgspec.structs.asdict(one.data)
    amends = isinstance(one.data, WorkerAmended | RequestAmended)
    for kind in _SUBJECTS:
        for field in PHONES:
            token = said.get(field, msgspec.UNSET)
            if isinstance(said.get(kind), str) and (isinstance(token, str) or (token is None and amends)):
                yield f"{kind}/{said[kind]}", token
