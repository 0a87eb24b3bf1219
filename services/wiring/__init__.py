"""Choose adapters by the settings. Nothing else imports adapters or reads settings.

What is chosen is imported at its first use: a process starts with what it needs, within seconds.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from services.log.port import LogUnavailable
from services.wiring.settings import BadSetting as BadSetting
from services.wiring.settings import Settings, load

if TYPE_CHECKING:
    from services.wiring.choice import abilities as abilities
    from services.wiring.choice import announce_rebuilt as announce_rebuilt
    from services.wiring.choice import edge as edge
    from services.wiring.choice import embedded as embedded
    from services.wiring.choice import fixed as fixed
    from services.wiring.choice import open_files as open_files
    from services.wiring.choice import open_tokens as open_tokens
    from services.wiring.choice import opened as opened
    from services.wiring.choice import past as past
    from services.wiring.choice import pusher as pusher
    from services.wiring.choice import readonly as readonly
    from services.wiring.choice import rebuild as rebuild
    from services.wiring.choice import resting as resting
    from services.wiring.choice import shared_clock as shared_clock
    from services.wiring.choice import tokens as tokens
    from services.wiring.choice import vault as vault


def __getattr__(name: str) -> Any:
    if name.startswith("_"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module("services.wiring.choice"), name)


def settings() -> Settings:
    """Load the settings from the environment."""
    return load()


def cluster() -> Any:
    """Return the module of the cluster's adapters. Raise LogUnavailable if its packages are missing."""
    return _needing_packages("services.wiring.adapters")


def projectors() -> Any:
    """Return the module of what a projector needs, like `cluster`."""
    return _needing_packages("services.wiring.projecting")


def _needing_packages(module: str) -> Any:
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] in ("aiokafka", "asyncpg", "faust"):
            raise LogUnavailable(
                f"{error.name} is not installed: a cluster needs `pip install 'muster[cluster]'`"
            ) from error
        raise
