"""`saccade compare`."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from saccade.cli import image_to_label, image_to_text, masked_text, text_to_label, text_to_text
from saccade.cli.options import AsJson, Beam, CompareWish, DataFiles, Search, Split, search_options

Runs = Annotated[
    list[Path], typer.Argument(metavar="RUN RUN...", help="Run folders; the others are held to the first.")
]
Out = Annotated[
    list[Path] | None,
    typer.Option(
        "--out",
        metavar="FILE",
        help="Draw quality against length, or, of labels, how the runs learnt: x.png or x.html; may be given twice.",
    ),
]
TASKS: Final[dict[str, Callable[[Any, CompareWish], None]]] = {
    "image-to-label": image_to_label.compare,
    "image-to-text": image_to_text.compare,
    "masked-text": masked_text.compare,
    "text-to-label": text_to_label.compare,
    "text-to-text": text_to_text.compare,
}


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
    """Compare runs on the same data: scores, the difference to the first, how sure it is, and by length or class."""
    wish = CompareWish(tuple(data or ()), split, metric, tuple(out or ()), as_json, beam, tuple(search or ()))
    search_options(beam, wish.search)
    from saccade import viewer
    from saccade.errors import OptionError
    from saccade.run.comparison import check_one_task
    from saccade.run.tasks import load

    if len(runs) < 2:
        raise OptionError(f"There is one run, {runs[0]}, and nothing to compare it to. Name two or more.")
    for file in wish.out:
        viewer.check_suffix(file, viewer.CURVE_SUFFIXES)
    models = [load(run) for run in runs]
    TASKS[check_one_task(models)](models, wish)
