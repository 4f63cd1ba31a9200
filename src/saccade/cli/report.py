"""`saccade report`."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from saccade.cli.options import Run, Split


def report(
    run: Run,
    split: Split = "validation",
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Where to [default: RUN/report.html].")] = None,
) -> None:
    """Tell of a run on one page: how it learnt, how good it is, where it looks, how far to trust that."""
    from saccade.errors import OptionError
    from saccade.run.report import write_report
    from saccade.run.tasks import load

    if out is not None and out.suffix != ".html":
        raise OptionError(f"`--out {out}` must end in .html: a report is a page. Name it so.")
    model = load(run)
    print(f"telling of {run}: its first examples of {split}", file=sys.stderr)
    typer.echo(write_report(model, split, out))
