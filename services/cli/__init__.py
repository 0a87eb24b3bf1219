"""The command line `muster`."""

import os
import sys

import typer

import services.base.collector as collector
from services import wiring
from services.cli import (
    answers,
    backup,
    certificates,
    cluster,
    clustering,
    coverage,
    data,
    demo,
    files,
    importing,
    keys,
    leaders,
    reading,
    repairing,
    reporting,
    serving,
    tokens,
    transfer,
)
from services.cli.common import Fail, say_error

app = typer.Typer(
    name="muster",
    help="Coordinate people in an emergency: check-ins, teams, requests and assignments.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command("serve")(serving.serve)
app.command("demo")(demo.demo)
app.command("import")(importing.import_)
app.command("template")(importing.template_)
app.command("show")(reading.show)
app.command("answers")(answers.answers)
app.command("coverage")(coverage.coverage)
app.command("leaders")(leaders.leaders)
app.command("training")(leaders.training)
app.command("report")(reporting.report)
app.command("verify")(data.verify)
app.command("rebuild")(data.rebuild)
app.command("log")(data.log)
app.command("repair")(repairing.repair)
app.command("export")(transfer.export)
app.command("backup")(backup.backup)
app.command("load")(transfer.load)
app.command("cluster")(cluster.cluster)
app.command("migrate")(clustering.migrate)
app.command("projector")(clustering.projector)
app.add_typer(
    keys.app, name="keys", help="Export and load the keys of personal data, separately from the log."
)
app.add_typer(certificates.app, name="certificate", help="Verify certificates, awards and badges offline.")
app.add_typer(files.app, name="files", help="Export and load the sealed pictures beside the log.")
app.add_typer(tokens.app, name="token", help="Create, list and revoke access tokens.")
collector.begin()


def main() -> None:
    """Run the command line. Exit with 1 or 2 and a one-line message on an error, with 130 on Ctrl-C."""
    try:
        app(standalone_mode=True)
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
