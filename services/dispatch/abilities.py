"""The table of who can serve what: the built-in `abilities.toml` or a custom file."""

import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec

SHIPPED: Final = Path(__file__).with_name("abilities.toml")
_CODE: Final = msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9_.\-]{0,63}$")
_Code = Annotated[str, _CODE]
_Label = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class AbilitiesInvalid(Exception):
    """The abilities file cannot be used. The message names the file and the problem."""


class Ability(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who can serve a category of requests: anyone who matches any of these."""

    roles: tuple[_Code, ...] = ()
    skills: tuple[_Code, ...] = ()
    vehicles: tuple[_Label, ...] = ()
    """Vehicles as registered; case-insensitive."""
    team_kinds: tuple[_Code, ...] = ()

    def of_worker(self, role: str, skills: Iterable[str], vehicle: str | None) -> tuple[str, ...]:
        """Return why a worker is able, such as `role:courier`; empty = not able."""
        found = [f"role:{role}"] if role in self.roles else []
        found += [f"skill:{skill}" for skill in skills if skill in self.skills]
        if vehicle and vehicle.casefold() in {one.casefold() for one in self.vehicles}:
            found.append(f"vehicle:{vehicle}")
        return tuple(found)

    def may(self, role: str) -> bool:
        """Return whether workers of this role are able, or may be by a skill or vehicle."""
        return role in self.roles or bool(self.skills or self.vehicles)

    def of_team(self, kind: str) -> tuple[str, ...]:
        """Return why a team is able, such as `team_kind:vehicle`; empty = not able."""
        return (f"team_kind:{kind}",) if kind in self.team_kinds else ()


class Abilities(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole table. Everyone can serve a category that is not in it."""

    categories: Mapping[_Code, Ability] = {}

    def __post_init__(self) -> None:
        nobody = sorted(name for name, one in self.categories.items() if one == Ability())
        if nobody:
            raise ValueError(f"nobody can serve {', '.join(nobody)}: add a line or remove the category")


def load(path: Path = SHIPPED) -> Abilities:
    """Load the table from a file. Raise AbilitiesInvalid."""
    try:
        given: Any = tomllib.loads(path.read_text(encoding="utf-8"))
        return msgspec.convert(given, Abilities)
    except OSError as error:
        raise AbilitiesInvalid(f"cannot read the abilities file {path}: {error.strerror}") from error
    except (msgspec.ValidationError, ValueError) as error:
        raise AbilitiesInvalid(f"the abilities file {path} is invalid: {error}") from error
