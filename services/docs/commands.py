"""Generate docs/catalogue/commands.md from the models of the public commands."""

import json
from itertools import groupby
from typing import Any

import services.decisions.decide  # noqa: F401  registers all commands
from events.base import PERSONAL
from services.decisions.base import Command, commands
from services.decisions.scopes import MAY, PUBLIC, SCOPES
from services.docs.markdown import code, head, sentence, table

INTRO = """Commands are sent as `POST /api/v1/{jurisdiction}/commands/{name}` ([interface](../http.md)). A
**fact** may be reported late and keeps its `at`. A **claim** takes effect when it arrives; the time it gives
is recorded separately. Every body may have `at`, `sent_at` and `observed`. Personal fields are encrypted
before any decision ([privacy](../privacy.md)). Refusals are listed under [codes](codes.md)."""


def page() -> str:
    """Return the text of the page."""
    lines = head("Commands", INTRO)
    names = list(PUBLIC)
    for aggregate, some in groupby(names, lambda name: name.partition(".")[0]):
        lines += [f"## {aggregate}", ""]
        for name in some:
            lines += _command(name, commands[name])
    lines += ["## Sent by the service itself", ""]
    own = sorted(name for name, cls in commands.items() if cls.BY == "service")
    lines += [f"- `{name}`: {sentence(commands[name])}" for name in own]
    return "\n".join(lines).rstrip() + "\n"


def _command(name: str, cls: type[Command]) -> list[str]:
    schema: dict[str, Any] = cls.model_json_schema()
    required: list[str] = schema.get("required", [])
    definitions: dict[str, Any] = schema.get("$defs", {})
    lines = [f"### {name}", "", f"{sentence(cls)}", "", f"A {cls.KIND}. Scopes: {_scopes(name)}.", ""]
    rows = [
        (
            code(field),
            _kind(one, definitions),
            _default(field, one, required, amends=name.endswith(".amend")),
            _meaning(one),
        )
        for field, one in schema["properties"].items()
    ]
    return [*lines, *table(("field", "type", "default", "meaning"), rows)]


def _scopes(name: str) -> str:
    """Return the scopes whose tokens may send the command."""
    return ", ".join(scope for scope in SCOPES if name in MAY[scope])


def _options(schema: dict[str, Any]) -> list[dict[str, Any]]:
    return [one for one in schema.get("anyOf", [schema]) if one.get("type") != "null"]


def _nullable(schema: dict[str, Any]) -> bool:
    return len(schema.get("anyOf", [schema])) > len(_options(schema))


def _kind(schema: dict[str, Any], definitions: dict[str, Any]) -> str:
    words = " or ".join(_word(one, definitions) for one in _options(schema))
    return f"{words} or null" if _nullable(schema) else words


def _word(one: dict[str, Any], definitions: dict[str, Any]) -> str:
    if "$ref" in one:
        fields: dict[str, Any] = definitions[one["$ref"].rpartition("/")[2]]["properties"]
        return "object {" + ", ".join(fields) + "}"
    if "enum" in one:
        return " or ".join(code(str(value)) for value in one["enum"])
    if one.get("type") == "array":
        most = f", at most {one['maxItems']}" if "maxItems" in one else ""
        return f"list of {_word(one['items'], definitions)}{most}"
    return _limits(one, "instant" if one.get("format") == "date-time" else str(one.get("type", "any")))


def _limits(one: dict[str, Any], word: str) -> str:
    least, most, longest = one.get("minimum"), one.get("maximum"), one.get("maxLength")
    if least is not None and most is not None:
        return f"{word} {least:g} to {most:g}" if word == "number" else f"{word} {least} to {most}"
    return f"{word}, at most {longest} characters" if longest else word


def _default(field: str, schema: dict[str, Any], required: list[str], *, amends: bool) -> str:
    if field in required:
        return "required"
    if "default" not in schema or amends:
        return "unchanged"
    return code(json.dumps(schema["default"], ensure_ascii=False))


def _meaning(schema: dict[str, Any]) -> str:
    items = _options(schema)
    texts = [
        schema.get("description", ""),
        *(one.get("description", "") for one in items if one is not schema),
    ]
    texts += [one["items"].get("description", "") for one in items if "items" in one]
    if any(PERSONAL in one for one in (schema, *items)):
        texts.append("**Personal**")
    return ". ".join(dict.fromkeys(text for text in texts if text))
