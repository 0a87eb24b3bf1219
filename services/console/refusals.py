"""The catalogue of refusals as JavaScript modules, one per page and language."""

import json
from collections.abc import Iterable
from typing import Any

from services.refusals import REFERENCE, Entry, entries, languages, placeholders


def modules(wanted: Iterable[str]) -> dict[str, bytes]:
    """Return the modules by path: all refusals for the board, only those shown to workers for the phone."""
    found: dict[str, bytes] = {}
    for language in wanted:
        known = entries(language if language in languages() else REFERENCE)
        board = {code: _whole(entry) for code, entry in known.items()}
        phone = {code: entry.you for code, entry in known.items() if entry.you}
        found[f"i18n/{language}/board_refusals.js"] = _module(board)
        found[f"i18n/{language}/go_refusals.js"] = _module(phone)
    return found


def _whole(entry: Entry) -> dict[str, Any]:
    """Return an entry in the format of lib/refusals.js, without empty fields."""
    variants = {name: entry.sentences(name) for name in entry.variants}
    said = [text for one in (None, *variants) for text in entry.sentences(one)]
    named = frozenset[str]().union(*map(placeholders, said))
    whole = {
        "sentences": entry.sentences(),
        "variants": variants,
        "meaning": entry.meaning or entry.sentences()[0],
        "words": {name: words for name, words in entry.words.items() if name in named},
    }
    return {name: value for name, value in whole.items() if value}


def _module(content: dict[str, Any]) -> bytes:
    return f"export default {json.dumps(content, ensure_ascii=False, separators=(',', ':'))};\n".encode()
