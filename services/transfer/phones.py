"""Rebuild the index of phone hashes from the log, as the hashes are keyed per store and not exported."""

from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Final

import msgspec

from events.base import Event
from events.catalog import envelopes, newest
from events.commit import decode
from events.refs import subject_of
from projections.base import phone_fields
from services.log.port import Log
from services.transfer.form import Progress
from services.vault import Vault

AT_ONCE: Final = 2_000
_TELLING: Final = tuple(b'"%s"' % name.encode() for name, cls in newest.items() if phone_fields(cls))
"""Quoted names of events that can contain a phone number."""


async def index_phones(log: Log, vault: Vault, jurisdiction: str, progress: Progress | None = None) -> int:
    """Index the last phone number of everyone with a key; return how many."""
    last: dict[str, str | None] = {}
    async for position, subject, token in _phones(log, jurisdiction):
        last[subject] = token
        if progress:
            progress(position)
    tokens = [(subject, token) for subject, token in last.items() if token]
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
    """Yield (position, subject, token) for each phone number set or removed."""
    async for batch in log.read(jurisdiction):
        for stored in batch:
            if not any(name in stored.data for name in _TELLING):
                continue
            for one in envelopes(decode(stored.data)):
                for token in _given(one.data):
                    yield one.position, str(subject_of(one.data)), token


def _given(event: Event) -> Iterator[str | None]:
    """Yield the encrypted phone numbers an event sets; None = it removes the number."""
    for field in msgspec.structs.fields(type(event)):
        if field.name not in phone_fields(type(event)):
            continue
        token = getattr(event, field.name)
        amends = field.default is msgspec.UNSET
        if isinstance(token, str) or (token is None and amends):
            yield token
