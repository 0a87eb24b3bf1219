"""Templates: text with {Column}, {Column?} and {Column|filter}."""

import hashlib
import re
import unicodedata
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Final, NamedTuple

Filter = Callable[[str], str]
_NO_CODE: Final = re.compile(r"[^a-z0-9.\-]+")
_NO_ID: Final = re.compile(r"[^\w.\-]+")


class Part(NamedTuple):
    """Literal text, or a column with its filters."""

    text: str
    column: str | None = None
    optional: bool = False
    filters: tuple[Filter, ...] = ()


@lru_cache(8192)
def code(text: str) -> str:
    """Return lower-case text with anything but letters, digits, `.` and `-` as `_`; may be empty."""
    return _NO_CODE.sub("_", _ascii(text).lower()).strip("_.-")[:64]


@lru_cache(8192)
def slug(text: str) -> str:
    """Return only letters and digits, for part of an area code; other scripts become a short hash."""
    plain = re.sub(r"[^A-Za-z0-9]+", "", _ascii(text))
    foreign = any(char.isalnum() and not char.isascii() for char in _bare(text))
    return f"{plain[:48]}{_hash(text)}" if foreign else plain[:64]


@lru_cache(8192)
def identifier(text: str) -> str:
    """Return letters, digits, `_`, `.` and `-`. If anything was replaced, append a short hash."""
    clean = _NO_ID.sub("-", text).strip("-.")
    return clean if clean == text and len(clean) <= 64 else f"{clean[:55]}-{_hash(text)}".lstrip("-")


def _hash(text: str) -> str:
    return hashlib.sha256(text.strip().encode()).hexdigest()[:8]


def _bare(text: str) -> str:
    """Remove accents."""
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


def _ascii(text: str) -> str:
    return "".join(c if c.isascii() else " " for c in _bare(text)).strip()


FILTERS: Final[dict[str, Filter]] = {
    "lower": str.lower,
    "upper": str.upper,
    "code": code,
    "slug": slug,
    "id": identifier,
    "plain": lambda text: re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", text)),
    "digits": lambda text: re.sub(r"\D", "", text),
}
_COUNTED: Final[dict[str, Callable[[int], Filter]]] = {
    "first": lambda n: lambda text: text[:n],
    "last": lambda n: lambda text: text[-n:],
    "pad": lambda n: lambda text: text.zfill(n),
}


@lru_cache(4096)
def parts(template: str) -> tuple[Part, ...]:
    """Parse a template. Raise ValueError for an unbalanced brace or an unknown filter."""
    found: list[Part] = []
    for literal, inner in re.findall(r"([^{}]*)(?:\{([^{}]*)\})?", template):
        if literal:
            found.append(Part(literal))
        if inner:
            found.append(_placeholder(inner))
    if _written(template) != template.count("{") or template.count("{") != template.count("}"):
        raise ValueError(f"template {template!r}: braces must enclose a column name: {{Column}}")
    return tuple(found)


def _written(template: str) -> int:
    return len(re.findall(r"\{[^{}]+\}", template))


def _placeholder(inner: str) -> Part:
    name, *filters = inner.split("|")
    optional = name.endswith("?")
    return Part("", name.removesuffix("?").strip(), optional, tuple(_filter(one.strip()) for one in filters))


def _filter(text: str) -> Filter:
    name, _, count = text.partition(" ")
    if name in _COUNTED and count.isdigit() and int(count):
        return _COUNTED[name](int(count))
    if text in FILTERS:
        return FILTERS[text]
    known = ", ".join((*FILTERS, *(f"{one} N" for one in _COUNTED)))
    raise ValueError(f"no filter named {text!r}; choose from {known}")


def columns(template: str) -> list[str]:
    """Return the columns a template names."""
    return [part.column for part in parts(template) if part.column is not None]


def fill(template: str, cells: Mapping[str, str]) -> str:
    """Fill a template with cells; return "" if a required cell is empty."""
    pieces = parts(template)
    if len(pieces) == 1 and pieces[0].column and not pieces[0].filters:
        return cells.get(pieces[0].column, "").strip()
    found: list[str] = []
    for part in pieces:
        if part.column is None:
            found.append(part.text)
            continue
        text = cells.get(part.column, "").strip()
        for one in part.filters:
            text = one(text)
        if not text and not part.optional:
            return ""
        found.append(text)
    return "".join(found).strip()
