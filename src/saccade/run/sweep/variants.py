"""What a sweep trains: a name for each run, and what it changes in the recipe."""

import itertools
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple, final

from saccade.attention import SCORES, SELECTIONS
from saccade.attention.selections.hard import ESTIMATORS, Hard
from saccade.decoders import OUTPUTS
from saccade.errors import OptionError
from saccade.recipes import yaml_lines
from saccade.recipes.text_to_text.schema import TextRecipe

_SCORE: Final = "model.attention.score"
_SELECTION: Final = "model.attention.selection"
_OUTPUT: Final = "model.output"

Changes = tuple[str, ...]
"""What is changed in a recipe, as `saccade train --set` takes it."""


@final
class Variant(NamedTuple):
    """One run of a sweep: its name, which is that of its folder too, and what it changes in the recipe."""

    name: str
    changes: Changes


def attentions(recipe: TextRecipe, *, full: bool = False) -> list[Variant]:
    """The recipe's own attention first, then its score under every selection, and every score under its selection.

    Hard selection comes with each of its estimators, and in the exact forms, where an output sums over positions.

    Args:
        recipe: What is varied; its parts are known to exist.
        full: Every score under every selection.

    Example:
        >>> from saccade.recipes.load import load_recipe
        >>> [variant.name for variant in attentions(load_recipe("dates").recipe)][:4]
        ['additive-soft', 'additive-entmax', 'additive-hard-gumbel', 'additive-hard-reinforce']
    """
    own_score, own_look = recipe.model.attention.score.kind, _own_look(recipe)
    # What is the recipe's own comes first, and changes nothing: it keeps its options.
    scores: dict[str, Changes] = {own_score: ()}
    scores |= {kind: (f"{_SCORE}={kind}",) for kind in SCORES if kind != own_score}
    looks: dict[str, Changes] = {own_look: ()}
    looks |= {name: changes for name, changes in _looks(recipe).items() if name != own_look}
    return [
        Variant(f"{score}-{look}", scores[score] + looks[look])
        for score, look in itertools.product(scores, looks)
        if full or score == own_score or look == own_look
    ]


def products(axes: Sequence[str]) -> list[Variant]:
    """Every combination of the values of some options.

    Args:
        axes: Such as `model.attention.score=additive,dot`; a value may be a part with options, `{kind: hard, …}`.

    Raises:
        OptionError: An axis looks otherwise, has no value, or two combinations have the same name.

    Example:
        >>> for variant in products(["model.attention.score=dot,general", "model.encoder.d_state=5"]):
        ...     print(variant.name, *variant.changes)
        dot-5 model.attention.score="dot" model.encoder.d_state=5
        general-5 model.attention.score="general" model.encoder.d_state=5
    """
    variants = [
        Variant("-".join(_label(value) for _, value in chosen), tuple(_change(*one) for one in chosen))
        for chosen in itertools.product(*map(_values, axes))
    ]
    names = [variant.name for variant in variants]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise OptionError(f"`--over` gives two runs the name {twice}. Name each value once.")
    return variants


def _own_look(recipe: TextRecipe) -> str:
    """The name of the recipe's own selection, or of the output that sums over positions."""
    selection, output = recipe.model.attention.selection, recipe.model.output.kind
    if OUTPUTS[output].apart:
        return _exact(output)
    if selection.kind == "hard":
        return f"hard-{Hard(**selection.options).estimator}"
    return selection.kind


def _looks(recipe: TextRecipe) -> dict[str, Changes]:
    """All ways to look, and what each changes, but for the score."""
    plain: Changes = (f"{_OUTPUT}=vocabulary",) if OUTPUTS[recipe.model.output.kind].apart else ()
    looks: dict[str, Changes] = {}
    for kind in SELECTIONS:
        if kind == "hard":
            of_estimator = {
                f"hard-{one}": (f"{_SELECTION}=hard", f"{_SELECTION}.estimator={one}") for one in ESTIMATORS
            }
            looks |= {name: changes + plain for name, changes in of_estimator.items()}
        else:
            looks[kind] = (f"{_SELECTION}={kind}", *plain)
    exact = {_exact(kind): (f"{_SELECTION}=soft", f"{_OUTPUT}={kind}") for kind, part in OUTPUTS.items() if part.apart}
    return looks | exact


def _exact(output: str) -> str:
    return f"soft-{output}-output"


def _values(axis: str) -> list[tuple[str, Any]]:
    """An axis' option with each of its values."""
    name, equals, text = axis.partition("=")
    values = yaml_lines.value(f"[{text}]") if equals and name.strip() else None
    if not isinstance(values, list) or not values:
        raise OptionError(f"`--over {axis}` must look like `--over model.attention.score=additive,dot`.")
    return [(name.strip(), value) for value in values]


def _change(name: str, value: Any) -> str:
    return f"{name}={json.dumps(value, ensure_ascii=False)}"


def _label(value: Any) -> str:
    """A value in the name of a folder."""
    if isinstance(value, Mapping):
        return "-".join(_label(inner) for inner in value.values())
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return re.sub(r"[^\w.]+", "-", text).strip("-.") or "none"
