"""A process starts with what it needs: whoever waits for one that was killed waits for its imports."""

import subprocess
import sys
from collections.abc import Mapping

import pytest

from services.cli import COMMANDS, GROUPS, app

PROJECTOR = "import services.cli.clustering, services.wiring.projecting, services.projector.main"
NOT_ITS_OWN = {
    "services.decisions",
    "services.recorder",
    "services.api",
    "services.intake",
    "services.adapters.sqlite",
    "fastapi",
    "reportlab",
}


def loaded(program: str) -> set[str]:
    """Return the modules that a program has loaded."""
    program += "; import sys; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_a_projector_imports_no_rule_no_route_and_no_other_store() -> None:
    assert NOT_ITS_OWN & loaded(PROJECTOR) == set()


def test_a_service_imports_no_client_and_draws_no_paper_before_it_is_asked_to() -> None:
    assert {"httpx", "reportlab"} & loaded("from services.cli import app; app('serve')") == set()


def test_a_service_builds_no_model_of_a_command_before_one_is_sent() -> None:
    program = (
        "from services.api.commands import BODIES\n"
        "built = [name for name, body in BODIES.items() if body.__pydantic_complete__]\n"
        "assert not built, built"
    )
    loaded(program)


def test_a_command_line_imports_no_command_before_it_is_known() -> None:
    assert not {one for one in loaded("import services.cli") if one.startswith("services.cli.")} - {
        "services.cli.common"
    }


def entered(only: str | None) -> Mapping[str | None, object]:
    """Return what stands behind each name: a function, or commands of their own."""
    made = app(only)
    return {one.name: one.callback for one in made.registered_commands} | {
        str(one.name): one.typer_instance for one in made.registered_groups
    }


@pytest.mark.parametrize("name", sorted({*COMMANDS, *GROUPS}))
def test_a_command_alone_is_the_same_as_among_all(name: str) -> None:
    assert entered(name) == {name: entered(None)[name]}


def test_a_mistyped_command_is_told_of_all() -> None:
    assert entered("verfiy").keys() == entered(None).keys() == COMMANDS.keys() | GROUPS.keys()
