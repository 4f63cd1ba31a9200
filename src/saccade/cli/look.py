"""`saccade look`."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from saccade.cli import image_to_label, image_to_text, masked_text, text_to_label, text_to_text
from saccade.cli.options import AsJson, Beam, LookWish, Run, Search, Together, load_together, search_options

TASKS: Final[dict[str, Callable[[Any, LookWish], None]]] = {
    "image-to-label": image_to_label.look,
    "image-to-text": image_to_text.look,
    "masked-text": masked_text.look,
    "text-to-label": text_to_label.look,
    "text-to-text": text_to_text.look,
}


def look(
    run: Run,
    inputs: Annotated[
        list[str], typer.Argument(metavar="TEXT|IMAGE...", help="Texts, or files; or `test:17` of the data.")
    ],
    out: Annotated[Path | None, typer.Option(help="Where to: page.html, map.png or map.json.")] = None,
    layer: Annotated[
        str | None, typer.Option(help="Images, labels, masked texts: the layer whose map is drawn.")
    ] = None,
    channel: Annotated[int | None, typer.Option(min=0, help="Of it: one channel or head, not their mean.")] = None,
    pieces: Annotated[bool, typer.Option("--pieces", help="Texts: don't join pieces to words.")] = False,
    alternatives: Annotated[int, typer.Option(min=0, help="Texts: so many next best answers, each with its map.")] = 0,
    trust: Annotated[
        bool, typer.Option("--trust", help="Judge the look, too, by erasing what it says matters.")
    ] = False,
    layers: Annotated[
        bool, typer.Option("--layers", help="Texts: what each layer and head looked at, too, in a page or JSON.")
    ] = False,
    beam: Beam = None,
    search: Search = None,
    together: Together = None,
    as_json: AsJson = False,
) -> None:
    """Show where a model looked, for each word that it wrote or over the image: here, as a page, a picture or JSON."""
    shown = (layer, channel, trust, layers)
    wish = LookWish(tuple(inputs), out, as_json, pieces, alternatives, beam, tuple(search or ()), *shown)
    search_options(beam, wish.search)
    from saccade import viewer

    if out is not None:
        viewer.check_suffix(out, viewer.SUFFIXES)
    model = load_together(run, together)
    TASKS[model.recipe.task](model, wish)
