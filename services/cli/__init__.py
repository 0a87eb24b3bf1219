"""The command line `muster`."""

import logging
import os
import sys
from importlib import import_module
from typing import Any, Final

import typer

import services.base.collector as collector
from services import wiring
from services.cli.common import Fail, say_error

COMMANDS: Final = {
    "serve": "serving.serve",
    "demo": "demo.demo",
    "import": "importing.import_",
    "template": "importing.template_",
    "show": "reading.show",
    "answers": "answers.answers",
    "coverage": "coverage.coverage",
    "verdicts": "verdicts.verdicts",
    "words": "words.words",
    "leaders": "leaders.leaders",
    "training": "leaders.training",
    "report": "reporting.report",
    "verify": "data.verify",
    "rebuild": "data.rebuild",
    "log": "data.log",
    "repair": "repairing.repair",
    "export": "transfer.export",
    "backup": "backup.backup",
    "load": "transfer.load",
    "cluster": "cluster.cluster",
    "migrate": "clustering.migrate",
    "projector": "clustering.projector",
}
"""Command -> its module and function."""
GROUPS: Final = {
    "keys": ("keys.app", "Export and load the keys of personal data, separately from the log."),
    "certificate": ("certificates.app", "Verify certificates, awards and badges offline."),
    "files": ("files.app", "Export and load the sealed pictures beside the log."),
    "token": ("tokens.app", "Create, list and revoke access tokens."),
}
LASTING: Final = ("serve", "projector", "cluster", "demo")
"""Commands that run on while a broker is away, and log it."""
collector.begin()


def app(only: str | None = None) -> typer.Typer:
    """Return the command line with all commands, or with one alone: the others take a second to import."""
    made = typer.Typer(
        name="muster",
        help="Coordinate people in an emergency: check-ins, teams, requests and assignments.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    made.callback()(lambda: None)  # so that one command alone keeps its name
    known = COMMANDS.keys() | GROUPS.keys()
    for name, where in COMMANDS.items():
        if only not in known or only == name:
            made.command(name)(_found(where))
    for name, (where, told) in GROUPS.items():
        if only not in known or only == name:
            made.add_typer(_found(where), name=name, help=told)
    return made


def _found(where: str) -> Any:
    module, _, name = where.partition(".")
    return getattr(import_module(f"services.cli.{module}"), name)


def main() -> None:
    """Run the command line. Exit with 1 or 2 and a one-line message on an error, with 130 on Ctrl-C."""
    asked = next(iter(sys.argv[1:]), None)
    if asked not in LASTING:
        logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # what ends a command is told in one line
    try:
        app(asked)(standalone_mode=True)
    except Fail as failure:
        say_error(str(failure))
        sys.exit(failure.status)
    except wiring.BadSetting as error:
        say_error(str(error))
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:  # the reader closed the pipe, as `| head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
