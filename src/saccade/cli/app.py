"""The command line as a whole: its verbs, and how it ends."""

from collections.abc import Sequence
from typing import Annotated

import typer

from saccade import __version__
from saccade.cli.align import align
from saccade.cli.compare import compare
from saccade.cli.doctor import doctor
from saccade.cli.evaluate import evaluate
from saccade.cli.listing import list_
from saccade.cli.look import look
from saccade.cli.predict import predict
from saccade.cli.report import report
from saccade.cli.serve import serve
from saccade.cli.sweep import sweep
from saccade.cli.train import train
from saccade.errors import SaccadeError

MENDABLE, STOPPED = 2, 130
VERBS = {
    "train": (train, "Train a recipe into a run folder."),
    "predict": (predict, "Answer texts, label or read images."),
    "look": (look, "Show where a model looked."),
    "evaluate": (evaluate, "Measure a model, also by length or class."),
    "compare": (compare, "Hold models against each other."),
    "report": (report, "Tell of a run on one page."),
    "align": (align, "Link the words of pairs by where a model looks."),
    "serve": (serve, "Try runs on a page, and ask them over HTTP."),
    "sweep": (sweep, "Train a recipe with every attention."),
    "list": (list_, "Name the recipes and the parts."),
    "doctor": (doctor, "Say what this machine has."),
}

app = typer.Typer(
    name="saccade",
    no_args_is_help=True,
    add_completion=False,
    # Plain help: it is there at once, and can be piped.
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
for name, (verb, says) in VERBS.items():
    app.command(name, short_help=says)(verb)


def _version(wanted: bool) -> bool:
    if wanted:
        typer.echo(f"saccade {__version__}")
        raise typer.Exit
    return wanted


@app.callback()
def _head(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say the version.")
    ] = False,
) -> None:
    """Train small models that read a text or an image; see where they look, and how good they are.

    Results go to stdout, progress to stderr. What you can mend is said in one line, with exit code 2.
    """


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command, and give its exit code; where whoever reads has read enough, typer ends without a word."""
    try:
        return _code(app(args=arguments, prog_name="saccade", standalone_mode=False))
    except KeyboardInterrupt as error:
        return _say(str(error) or "Stopped by Ctrl-C.", STOPPED)
    except SaccadeError as error:
        return _say(str(error), MENDABLE)
    except typer.exceptions.TyperException as error:
        return _say(error.format_message(), MENDABLE)
    except OSError as error:
        return _say(f"{error.filename or 'The system'}: {error.strerror or error}.", MENDABLE)


def _code(result: object) -> int:
    return result if isinstance(result, int) else 0


def _say(message: str, code: int) -> int:
    """One line on stderr, and the exit code."""
    typer.echo(f"saccade: {' '.join(message.split())}", err=True)
    return code
