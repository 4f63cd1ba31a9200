"""Search: from a model's steps to hypotheses, with where it looked for each token."""

from collections.abc import Callable

from saccade.search.beam import beam
from saccade.search.greedy import greedy
from saccade.search.hypothesis import Hypothesis, length_normalised
from saccade.search.sample import sample
from saccade.search.step import Step, StepOutput
from saccade.tree import Tree, reorder

SEARCHES: dict[str, Callable[..., list[list[Hypothesis]]]] = {"greedy": greedy, "beam": beam, "sample": sample}

__all__ = [
    "SEARCHES",
    "Hypothesis",
    "Step",
    "StepOutput",
    "Tree",
    "beam",
    "greedy",
    "length_normalised",
    "reorder",
    "sample",
]
