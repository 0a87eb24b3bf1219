"""Delete the files of erased subjects, and those that were uploaded but never attached."""

from datetime import datetime, timedelta
from typing import Any, Final

from services.files.port import Files
from services.log.port import Log
from services.vault import Vault
from services.views.port import Query, Views

USABLE: Final = timedelta(days=1)
"""How long an uploaded file can be attached; uploading it again restarts the time."""
KEPT: Final = timedelta(days=2)
"""How long a file that nothing names is kept. Longer than USABLE by what the views may lag behind the log."""
_AT_ONCE: Final = 200
_HAVING: Final = {
    "difficulties": "difficulty/",
    "inspections": "inspection/",
    "duty_items": "duty_item/",
    "undertakings": "undertaking/",
}
"""Views whose rows name their files themselves, with the kind of their subjects."""
_NAMING: Final = frozenset({"assignments", "requests", *_HAVING})
"""Views that tell which files are named."""


async def sweep(files: Files, vault: Vault, jurisdiction: str) -> int:
    """Delete the files of all erased subjects; return how many. Raises FilesUnavailable, VaultUnavailable.

    Their key is destroyed already, so what is left is unreadable.
    """
    gone = await vault.erased(jurisdiction, await files.subjects(jurisdiction))
    return await files.erase(jurisdiction, gone) if gone else 0


async def sweep_unattached(files: Files, log: Log, views: Views, jurisdiction: str, now: datetime) -> int:
    """Delete the files put longer than KEPT ago that nothing names; return how many.

    Only while the views show the whole log, and only of those that they know: a restored
    or rebuilt view must not make attached files look unattached. Raises FilesUnavailable, LogUnavailable,
    ViewsUnavailable or RowUnreadable.
    """
    before, count = now - KEPT, 0
    for subjects in _batches(await files.subjects(jurisdiction)):
        old: dict[str, set[str]] = {}
        for subject in subjects:
            held = await files.held(jurisdiction, subject)
            if names := {name for name, at in held.items() if at < before}:
                old[subject] = names
        if old and await _whole(log, views, jurisdiction):
            loose = await _unnamed(views, jurisdiction, old)
            count += await files.discard(jurisdiction, sorted(loose), before) if loose else 0
    return count


async def _whole(log: Log, views: Views, jurisdiction: str) -> bool:
    end = await log.end(jurisdiction)
    head = await views.head(jurisdiction)
    return head.position >= end.position > 0 and not _NAMING & set(await views.degraded(jurisdiction))


async def _unnamed(views: Views, jurisdiction: str, old: dict[str, set[str]]) -> set[str]:
    """Return those of these files, by subject, that nothing names."""
    requests = _of_kind(old, "request/")
    having = {view: _of_kind(old, kind) for view, kind in _HAVING.items()}
    asked = {"requests": list(requests)} | {view: list(some) for view, some in having.items()}
    rows: Any = await views.load(jurisdiction, asked)
    loose: set[str] = set()
    for view, some in having.items():
        known = {key: row for key, row in rows.get(view, {}).items() if row is not None}
        loose |= {name for key, row in known.items() for name in some[key] - _shown(row)}
    return loose | await _without_task(
        views, jurisdiction, {key: names for key, names in requests.items() if rows["requests"].get(key)}
    )


def _shown(row: Any) -> set[str]:
    """Return the files that a row names: several, or one."""
    return {one.file for one in row.files} if hasattr(row, "files") else {row.file}


def _of_kind(old: dict[str, set[str]], kind: str) -> dict[str, set[str]]:
    return {key.removeprefix(kind): names for key, names in old.items() if key.startswith(kind)}


async def _without_task(views: Views, jurisdiction: str, old: dict[str, set[str]]) -> set[str]:
    """Return those of these files, by request, that no assignment of their request names."""
    loose = {name for names in old.values() for name in names}
    cursor = None
    while loose:
        query = Query(filters={"request": list(old)}, limit=_AT_ONCE, cursor=cursor)
        page = await views.query(jurisdiction, "assignments", query)
        for _, row in page.items:
            given: Any = row
            loose -= {proof.file for proof in given.proofs}
        cursor = page.next
        if cursor is None:
            break
    return loose


def _batches(subjects: list[str]) -> list[list[str]]:
    return [subjects[at : at + _AT_ONCE] for at in range(0, len(subjects), _AT_ONCE)]
