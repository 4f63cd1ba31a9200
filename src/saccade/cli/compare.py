"""`saccade compare`."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from saccade.cli.evaluate import Split
from saccade.cli.options import AsJson, Beam, DataFiles, Search, read_data, search_options
from saccade.cli.tables import table

if TYPE_CHECKING:
    from saccade.run.comparison import Comparison

Runs = Annotated[
    list[Path], typer.Argument(metavar="RUN RUN...", help="Run folders; the others are held to the first.")
]
Out = Annotated[
    list[Path] | None,
    typer.Option(
        "--out", metavar="FILE", help="Draw quality against length: x.png or x.html, or both, one after the other."
    ),
]


def compare(
    runs: Runs,
    data: DataFiles = None,
    split: Split = "validation",
    metric: Annotated[str | None, typer.Option(help="The one that is compared [default: the recipe's first].")] = None,
    beam: Beam = None,
    search: Search = None,
    out: Out = None,
    as_json: AsJson = False,
) -> None:
    """Compare runs on the same pairs: scores, the difference to the first with its confidence, and by source length."""
    options = search_options(beam, search)
    from saccade import viewer
    from saccade.errors import OptionError
    from saccade.run.comparison import compare as compare_models
    from saccade.run.model import load

    if len(runs) < 2:
        raise OptionError(f"There is one run, {runs[0]}, and nothing to compare it to. Name two or more.")
    for file in out or ():
        viewer.check_suffix(file, viewer.CURVE_SUFFIXES)
    models = [load(run) for run in runs]
    print(f"answering with {len(runs)} models", file=sys.stderr)
    found = compare_models(models, read_data(data) if data else split, metric=metric, **options)
    if as_json:
        print(json.dumps(found.to_json(), ensure_ascii=False, indent=2))
    else:
        _print(found)
    for file in out or ():
        for message in [*found.draw(file), f"wrote {file}"]:
            print(f"saccade: {message}", file=sys.stderr)


def _print(found: "Comparison") -> None:
    print(table(["run", found.metric, "95 % interval", "to the first", "95 % interval", "p"], _rows(found)))
    print(f"\n{found.metric} by length of the source, in {found.unit}:\n")
    print(table([found.unit, "pairs", *found.names], _length_rows(found)))
    print(found.signature, file=sys.stderr)


def _rows(found: "Comparison") -> list[list[str]]:
    rows = []
    for name, score, gap in zip(found.names, found.scores, found.to_first, strict=True):
        difference = ["", "", ""]
        if gap is not None:
            difference = [f"{gap.difference:+.2f}", f"{gap.low:+.2f} … {gap.high:+.2f}", f"{gap.p_value:.3f}"]
        rows.append([name, f"{score.score:.2f}", f"{score.low:.2f} … {score.high:.2f}", *difference])
    return rows


def _length_rows(found: "Comparison") -> list[list[str]]:
    columns: list[list[Any]] = found.by_length
    return [
        [same[0].label, f"{same[0].sentences:,}", *(f"{bucket.score:.2f}" for bucket in same)]
        for same in zip(*columns, strict=True)
    ]
