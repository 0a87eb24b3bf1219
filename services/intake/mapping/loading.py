"""Load mapping files and check them before any row is read."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, cast

from pydantic import ValidationError

from services.decisions.base import commands
from services.intake.errors import MappingError
from services.intake.mapping import templates
from services.intake.mapping.columns import NUMBER, PREVIOUS, flat, named
from services.intake.mapping.command import CommandMap
from services.intake.mapping.models import Mapping
from services.intake.mapping.value import Value

SHIPPED: Final = Path(__file__).parent / "shipped"


def shipped() -> list[str]:
    """Return the sorted names of the built-in mappings."""
    return sorted(file.stem for file in SHIPPED.glob("*.toml"))


def load_mapping(name: str | Path) -> Mapping:
    """Load a built-in mapping by name, or a TOML file by path. Raise MappingError."""
    text = str(name)
    path = SHIPPED / f"{text}.toml" if text.replace("-", "").replace("_", "").isalnum() else Path(text)
    if not path.is_file():
        raise MappingError("import.mapping", variant="unknown", mapping=text, known=tuple(shipped()))
    try:
        return parse_mapping(path.read_text(encoding="utf-8-sig"), text)
    except UnicodeDecodeError as error:
        raise MappingError(
            "import.mapping", variant="encoding", mapping=str(path), byte=error.start
        ) from error
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise MappingError("import.mapping", variant="unread", mapping=str(path), why=why) from error


def parse_mapping(text: str, name: str = "mapping") -> Mapping:
    """Parse the text of a mapping file. Raise MappingError, which names the file, table and key."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise MappingError("import.mapping", variant="toml", mapping=name, why=str(error)) from error
    try:
        mapping = Mapping.model_validate(raw)
    except ValidationError as error:
        one = error.errors(include_url=False, include_context=False, include_input=False)[0]
        message = one["msg"].removeprefix("Value error, ")
        place = _place(one["loc"], raw)
        raise MappingError("import.mapping", mapping=name, place=place, why=message) from error
    for place, wrong in _wrong(mapping):
        raise MappingError("import.mapping", mapping=name, place=place, why=wrong)
    return mapping


def _place(loc: tuple[int | str, ...], raw: Any) -> str:
    """Format a path of keys as `source 1 (calls) > command 3 (request.open) > data > area`."""
    words: list[str] = []
    here = raw
    for key in loc:
        if isinstance(key, str):
            here = cast("dict[str, Any]", here).get(key) if isinstance(here, dict) else None
            words.append(key)
            continue
        items = cast("list[Any]", here) if isinstance(here, list) else []
        here = items[key] if key < len(items) else None
        name = cast("dict[str, Any]", here).get("name") if isinstance(here, dict) else None
        words[-1] += f" {key + 1} ({name})" if name else f" {key + 1}"
    return " > ".join(words) or "the file"


def _wrong(mapping: Mapping) -> Iterator[tuple[str, str]]:
    """Yield (place, problem) for what the models cannot check themselves."""
    for name, table in mapping.values.items():
        if braced := next((one for one in table.values() if isinstance(one, str) and "{" in one), None):
            yield f"values.{name}", f"{braced!r} would be the value as it is; name no column here"
    names = [source.name for source in mapping.source]
    for source in mapping.source:
        if names.count(source.name) > 1:
            yield "source", f"two sources are named {source.name}"
        for rank, one in enumerate(source.command, 1):
            place = f"source {source.name!r}, command {rank} ({one.name})"
            yield from ((f"{place}, {key}", wrong) for key, wrong in _wrong_command(one, mapping))
            if not source.key and _looks_back(one):
                yield place, "changed, {previous.Column} and {key.number} require a key of the source"


def _wrong_command(one: CommandMap, mapping: Mapping) -> Iterator[tuple[str, str]]:
    fields = commands[one.name].model_fields
    for field, value in one.data.items():
        if field not in fields:
            yield f"data.{field}", f"has no such field; it has {', '.join(fields)}"
        yield from _wrong_value(f"data.{field}", value, mapping)
    if one.at:
        yield from _wrong_value("at", one.at, mapping)
    for field, info in fields.items():
        if info.is_required() and field not in one.data:
            yield f"data.{field}", "is required and missing"
    if one.once_per is None and any(condition.over != "row" for condition in one.when):
        yield "when", "over requires once_per"


def _wrong_value(place: str, value: Value, mapping: Mapping) -> Iterator[tuple[str, str]]:
    if value.map is not None and value.map not in mapping.values:
        yield f"{place}.map", f"no value map named {value.map} in [values]"
    if isinstance(value.default, str):
        try:
            templates.parts(value.default)
        except ValueError as error:
            yield f"{place}.default", str(error)


def _looks_back(one: CommandMap) -> bool:
    return any(column.startswith(PREVIOUS) or column == NUMBER for column in named(one)) or any(
        condition.changed is not None for condition in flat(one.when)
    )
