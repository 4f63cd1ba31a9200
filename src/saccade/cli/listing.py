"""`saccade list`: what there is, read from the tables."""

import json
from functools import partial
from typing import Annotated, Any

import typer

from saccade.cli.options import AsJson

Kind = Annotated[str | None, typer.Argument(metavar="[KIND]", help="Only these, such as `recipes` or `scores`.")]


def list_(kind: Kind = None, as_json: AsJson = False) -> None:
    """List recipes, sets, metrics, scores, gates and the other parts that a recipe may name."""
    from saccade.errors import OptionError, did_you_mean

    kinds = ["recipes", *_tables()] if kind != "recipes" else ["recipes"]
    if kind is not None and kind not in kinds:
        raise OptionError(f"There are no `{kind}`. {did_you_mean(kind, kinds)}")
    found = {name: _described(name) for name in kinds if kind in (None, name)}
    if as_json:
        print(json.dumps(found, ensure_ascii=False, indent=2))
        return
    print("\n\n".join(f"{name}\n{_lines(entries)}" for name, entries in found.items()))


def _lines(entries: dict[str, str]) -> str:
    width = max(map(len, entries))
    return "\n".join(f"  {name:{width}}  {says}".rstrip() for name, says in entries.items())


def _described(kind: str) -> dict[str, str]:
    if kind == "recipes":
        from saccade.recipes.load import builtin_recipes, load_recipe

        return {name: load_recipe(name).recipe.description for name in builtin_recipes()}
    return {name: _first_sentence(part) for name, part in sorted(_tables()[kind].items())}


def _tables() -> dict[str, dict[str, Any]]:
    from saccade.attention import SCORES, SELECTIONS
    from saccade.cells import CELLS
    from saccade.data.pieces import KINDS
    from saccade.data.sets import IMAGE_SETS, LABELLED_TEXT_SETS, SETS, TEXT_IMAGE_SETS
    from saccade.decoders import DECODERS, OUTPUTS
    from saccade.encoders import ENCODERS, IMAGE_ENCODERS
    from saccade.gates import GATES
    from saccade.metrics import GUESS_METRICS, LABEL_METRICS, METRICS
    from saccade.models.pooling import POOLINGS
    from saccade.recipes.tasks import TASKS
    from saccade.search import SEARCHES
    from saccade.training import SCHEDULES
    from saccade.training.optimiser import OPTIMISERS

    return {
        "tasks": dict(TASKS),
        "sets": dict(SETS),
        "labelled-text-sets": dict(LABELLED_TEXT_SETS),
        "image-sets": dict(IMAGE_SETS),
        "text-image-sets": dict(TEXT_IMAGE_SETS),
        "tokenizers": dict.fromkeys(KINDS, ""),
        "encoders": dict(ENCODERS),
        "image-encoders": dict(IMAGE_ENCODERS),
        "gates": dict(GATES),
        "poolings": dict(POOLINGS),
        "decoders": dict(DECODERS),
        "outputs": dict(OUTPUTS),
        "cells": dict(CELLS),
        "scores": dict(SCORES),
        "selections": dict(SELECTIONS),
        "searches": dict(SEARCHES),
        "optimisers": dict(OPTIMISERS),
        "schedules": dict(SCHEDULES),
        "metrics": dict(METRICS),
        "label-metrics": dict(LABEL_METRICS),
        "guess-metrics": dict(GUESS_METRICS),
    }


def _first_sentence(part: Any) -> str:
    whole = part.func if isinstance(part, partial) else part
    text = "" if isinstance(whole, str) else " ".join((whole.__doc__ or "").split("\n\n")[0].split())
    return text.partition(". ")[0].rstrip(".")
