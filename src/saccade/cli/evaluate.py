"""`saccade evaluate`."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from saccade.cli import image_to_label, image_to_text, masked_text, text_to_label, text_to_text
from saccade.cli.options import (
    AsJson,
    Beam,
    DataFiles,
    EvaluateWish,
    Run,
    Search,
    Split,
    Together,
    load_together,
    search_options,
)

TASKS: Final[dict[str, Callable[[Any, EvaluateWish], None]]] = {
    "image-to-label": image_to_label.evaluate,
    "image-to-text": image_to_text.evaluate,
    "masked-text": masked_text.evaluate,
    "text-to-label": text_to_label.evaluate,
    "text-to-text": text_to_text.evaluate,
}


def evaluate(
    run: Run,
    data: DataFiles = None,
    split: Split = "validation",
    beam: Beam = None,
    search: Search = None,
    together: Together = None,
    confusion: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Labels: draw which class is taken for which, as x.png.")
    ] = None,
    trust: Annotated[
        bool, typer.Option("--trust", help="Judge looks by erasing what they say matters; takes minutes.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Measure a model: every metric of its recipe with 95 % intervals; by length of the source, or class by class."""
    wish = EvaluateWish(tuple(data or ()), split, as_json, beam, tuple(search or ()), confusion, trust)
    search_options(beam, wish.search)

    model = load_together(run, together)
    TASKS[model.recipe.task](model, wish)
