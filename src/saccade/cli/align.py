"""`saccade align`."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from saccade.cli.options import AsJson, DataFiles, Run, Split, Together, load_together
from saccade.cli.tables import table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from saccade.data.pairs import Pair
    from saccade.run.text_to_text.linking import LinkingScore
    from saccade.run.text_to_text.model import TextModel


def align(
    run: Run,
    reverse: Annotated[
        Path | None, typer.Option(metavar="RUN", help="A run that writes the sources: both directions are made one.")
    ] = None,
    data: DataFiles = None,
    split: Split = "validation",
    score: Annotated[
        bool, typer.Option("--score", help="Say how far the links are from known ones, instead of writing them.")
    ] = False,
    gold: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Known links of --data: a line a pair, as in 0-0 1p2.")
    ] = None,
    threshold: Annotated[
        float | None,
        typer.Option(min=0, max=1, help="Link words from this weight on, not each target word to its highest."),
    ] = None,
    how: Annotated[
        str | None,
        typer.Option(help="How both directions become one: intersection, union, grow-diag, grow-diag-final-and."),
    ] = None,
    together: Together = None,
    as_json: AsJson = False,
) -> None:
    """Link the words of pairs by where a model looks while it writes the given target: a line a pair, as in 0-0 1-2."""
    from saccade.errors import OptionError
    from saccade.run.text_to_text.linking import links, scores

    if how is not None and (score or reverse is None):
        raise OptionError("`--how` says how the links of two runs become one: it needs `--reverse`, and no `--score`.")
    if gold is not None and not score:
        raise OptionError(f"`--gold {gold}` is what links are held against: add `--score`, or leave it out.")
    model = _text_model(load_together(run, together))
    backward = None if reverse is None else _text_model(load_together(reverse, None))
    if score:
        known, chosen_by = _known(model, data, split, gold, threshold)
        found = scores(model, known, backward, chosen_by=chosen_by, threshold=threshold)
        _print(found, len(known.pairs), as_json=as_json)
        return
    from saccade.data.word_links import written_links

    made_one = "grow-diag-final-and" if how is None else how
    found = links(model, _pairs(model, data, split), backward, threshold=threshold, how=made_one)
    if as_json:
        print(json.dumps([sorted(one) for one in found]))
    else:
        print("\n".join(written_links(one) for one in found))


def _text_model(model: Any) -> "TextModel":
    from saccade.errors import OptionError
    from saccade.run.text_to_text.model import TextModel

    if not isinstance(model, TextModel):
        raise OptionError(
            f"{model.path} is a run of {model.recipe.task}, which has no words on both sides to link. Name a run of "
            "text-to-text."
        )
    return model


def _pairs(model: "TextModel", data: list[Path] | None, split: str) -> "Sequence[Pair]":
    from saccade.cli.text_to_text import pairs_of
    from saccade.recipes.text_to_text.build import read_split

    found = pairs_of(model, data or (), split)
    pairs = read_split(model.recipe, found) if isinstance(found, str) else found
    if pairs.skipped:
        print(f"saccade: {pairs.skipped:,} pairs with an empty side are left out: no line is theirs", file=sys.stderr)
    return pairs


def _known(model: "TextModel", data: list[Path] | None, split: str, gold: Path | None, threshold: float | None) -> Any:
    """The pairs with their links, and those that a threshold is chosen by, where none is given."""
    from saccade.data.word_links import read_links
    from saccade.errors import OptionError
    from saccade.run.text_to_text.linking import known_links

    if gold is not None:
        return read_links(gold, _pairs(model, data, split)), None
    known = None if data else known_links(model.recipe, split)
    if known is None:
        raise OptionError(
            f"`--score` needs known links, and {'the files have' if data else f'the data of {model.path} has'} none. "
            "Give them by `--gold`, a line for each pair."
        )
    # Not by the pairs that are scored.
    choosing = threshold is None and split != "validation"
    return known, known_links(model.recipe, "validation") if choosing else None


def _print(found: "list[LinkingScore]", pairs: int, *, as_json: bool) -> None:
    if as_json:
        print(json.dumps({"pairs": pairs, "scores": [one.to_json() for one in found]}, indent=2))
        return
    from saccade.run.text_to_text.linking import DIAGONAL

    rows = [
        [
            one.how,
            ("place" if one.how == DIAGONAL else "highest") if one.threshold is None else f"{one.threshold:g}",
            f"{one.error.score:.2f}",
            f"{one.error.low:.2f} … {one.error.high:.2f}",
            f"{one.precision:.1f}",
            f"{one.recall:.1f}",
        ]
        for one in found
    ]
    print(f"Alignment error rate of {pairs:,} pairs, in per cent:\n")
    print(table(["links", "from", "error", "95 % interval", "precision", "recall"], rows))
