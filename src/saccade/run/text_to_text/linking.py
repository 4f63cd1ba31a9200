"""How well the words that models look at belong together, held against links that people drew."""

from collections.abc import Callable, Iterable, Sequence, Set
from typing import Any, Final, NamedTuple, final

import numpy as np
from jaxtyping import Int

from saccade.data.pairs import Pair
from saccade.data.sets import LINKED_SETS
from saccade.data.word_links import Link, LinkedPairs
from saccade.errors import OptionError, did_you_mean
from saccade.maps.word_links import SYMMETRISED, diagonal_links, links_of
from saccade.metrics import AlignmentError, Interval, interval
from saccade.metrics.alignment_error import precision_and_recall
from saccade.recipes.text_to_text.schema import TextRecipe
from saccade.run.text_to_text.model import TextModel

THRESHOLDS: Final = (None, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7)
"""What is tried on the pairs that thresholds are chosen by; None is the highest weight of each word."""

DIAGONAL: Final = "diagonal, no model"
"""What the looks have to beat, see `diagonal_links`."""

_RATE: Final = AlignmentError()

Maps = Sequence[np.ndarray]
Linker = Callable[[float | None], list[Set[Link]]]


@final
class LinkingScore(NamedTuple):
    """How well one way of linking does.

    Attributes:
        how: forward, backward, a way to make both one, or `DIAGONAL`.
        threshold: From which weight on words are linked; None: to the one with the highest, or by no weight.
        error: Alignment error rate in per cent, with its interval.
        precision: How many of the links are possible ones, in per cent.
        recall: How many of the sure links are there, in per cent.
    """

    how: str
    threshold: float | None
    error: Interval
    precision: float
    recall: float

    def to_json(self) -> dict[str, Any]:
        """As JSON's own types."""
        return self._asdict() | {"error": self.error._asdict()}


def links(
    model: TextModel,
    pairs: Sequence[Pair],
    backward: TextModel | None = None,
    *,
    threshold: float | None = None,
    how: str = "grow-diag-final-and",
) -> list[Set[Link]]:
    """Link the words of pairs by where models look.

    Args:
        model: Writes the targets of the pairs.
        pairs: Of source and target.
        backward: Writes their sources.
        threshold: From which weight on words are linked; None: to the one with the highest.
        how: How links of both directions become one, a name of `SYMMETRISED`.

    Returns:
        The links (source word, target word) of each pair.

    Raises:
        OptionError: A model does not look, both go the same way, or there is no such way to make them one.
    """
    if how not in SYMMETRISED:
        raise OptionError(f"`how` is `{how}`. {did_you_mean(how, SYMMETRISED)}")
    ways = _ways(model, pairs, backward)
    return ways[how if backward else "forward"](threshold)


def scores(
    model: TextModel,
    gold: LinkedPairs,
    backward: TextModel | None = None,
    *,
    chosen_by: LinkedPairs | None = None,
    threshold: float | None = None,
) -> list[LinkingScore]:
    """Hold a model's links against known ones, each direction alone and both together; the diagonal beside them.

    Args:
        model: Writes the targets of the pairs.
        gold: Pairs with their links.
        backward: Writes their sources.
        chosen_by: Other pairs with links: for each way the threshold is the one of `THRESHOLDS` that does best on them.
        threshold: For all ways, where there is nothing to choose by.

    Raises:
        OptionError: A model does not look, or both go the same way.
    """
    ways = _ways(model, gold.pairs, backward)
    trial = _ways(model, chosen_by.pairs, backward) if chosen_by else None
    found = []
    for how, link in ways.items():
        best = threshold
        if chosen_by is not None and trial is not None:
            best = min(THRESHOLDS, key=lambda one: _RATE.score(_counts(trial[how](one), chosen_by).sum(axis=0)))
        found.append(_score(how, best, link(best), gold))
    return [*found, _score(DIAGONAL, None, [diagonal_links(*pair) for pair in gold.pairs], gold)]


def known_links(recipe: TextRecipe, split: str) -> LinkedPairs | None:
    """The linked pairs of a recipe's set; None where it has none."""
    if recipe.data.set not in LINKED_SETS:
        return None
    _, options = recipe.data.origin(split)
    return LINKED_SETS[recipe.data.set](split, **options)


def _ways(model: TextModel, pairs: Sequence[Pair], backward: TextModel | None) -> dict[str, Linker]:
    """Every way to link the pairs, by its name: from a threshold to the links of each pair."""
    there = list(model.align(pairs))
    found: dict[str, Linker] = {"forward": lambda threshold: _links(there, threshold)}
    if backward is not None:
        _check_turned(model, backward)
        back = list(backward.align((target, source) for source, target in pairs))
        found["backward"] = lambda threshold: [_turned(one) for one in _links(back, threshold)]
        for name in SYMMETRISED:
            found[name] = _both(found["forward"], found["backward"], name)
    return found


def _check_turned(model: TextModel, backward: TextModel) -> None:
    """Refuse two runs that go the same way, as far as their tokenizers tell."""
    own, other = model.tokenizers, backward.tokenizers
    if own.source.to_json() == other.source.to_json() != own.target.to_json():
        raise OptionError(
            f"{backward.path} reads what {model.path} reads: both go the same way. Name a run that reads the targets "
            "and writes the sources."
        )


def _both(forward: Linker, backward: Linker, name: str) -> Linker:
    def linker(threshold: float | None) -> list[Set[Link]]:
        return [SYMMETRISED[name](*both) for both in zip(forward(threshold), backward(threshold), strict=True)]

    return linker


def _links(maps: Maps, threshold: float | None) -> list[Set[Link]]:
    return [links_of(one, threshold) for one in maps]


def _turned(links: Iterable[Link]) -> set[Link]:
    return {(target, source) for source, target in links}


def _score(how: str, threshold: float | None, found: Sequence[Set[Link]], gold: LinkedPairs) -> LinkingScore:
    counts = _counts(found, gold)
    return LinkingScore(how, threshold, interval(_RATE, counts), *precision_and_recall(counts.sum(axis=0)))


def _counts(found: Sequence[Set[Link]], gold: LinkedPairs) -> Int[np.ndarray, "sentence 4"]:
    sure, possible = [one.sure for one in gold.links], [one.possible for one in gold.links]
    return _RATE.statistics(list(found), list(sure), list(possible))
