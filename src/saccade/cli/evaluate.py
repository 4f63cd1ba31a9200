"""`saccade evaluate`."""

import json
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from saccade.cli.options import AsJson, Beam, DataFiles, Run, Search, read_data, search_options
from saccade.cli.tables import table

if TYPE_CHECKING:
    from saccade.run.evaluation import Evaluation

Split = Annotated[str, typer.Option(help="A split of the recipe's data: train, validation, test.")]


def evaluate(
    run: Run,
    data: DataFiles = None,
    split: Split = "validation",
    beam: Beam = None,
    search: Search = None,
    as_json: AsJson = False,
) -> None:
    """Measure a model on pairs: every metric of its recipe, with 95 % intervals, and by length of the source."""
    options = search_options(beam, search)
    from saccade.run.model import load

    model = load(run)
    what = " and ".join(map(str, data)) if data else split
    print(f"answering {what}", file=sys.stderr)
    found = model.evaluate(read_data(data) if data else split, **options)
    if as_json:
        print(json.dumps({"run": str(run), "data": what, **found.to_json()}, ensure_ascii=False, indent=2))
        return
    print(f"{run} on {what}: {len(found.outputs):,} pairs\n")
    print(_overall(found))
    print(f"\nBy length of the source, in {found.unit}:\n")
    print(_by_length(found))
    for figure in found.figures.values():
        print(figure.signature, file=sys.stderr)


def _overall(found: "Evaluation") -> str:
    scores = {name: figure.score for name, figure in found.figures.items()}
    rows = [[name, f"{one.score:.2f}", f"{one.low:.2f} … {one.high:.2f}"] for name, one in scores.items()]
    return table(["metric", "score", "95 % interval"], rows)


def _by_length(found: "Evaluation") -> str:
    figures = list(found.figures.values())
    rows = [
        [same[0].label, f"{same[0].sentences:,}", *(f"{bucket.score:.2f}" for bucket in same)]
        for same in zip(*(figure.by_length for figure in figures), strict=True)
    ]
    return table([found.unit, "pairs", *found.figures], rows)
