"""What a recipe says of its search reaches the search."""

from inspect import signature

import pytest

from saccade.recipes.text_to_text.schema import Search
from saccade.run.searching import search_options
from saccade.search import SEARCHES

# What the models say themselves, from the lengths of the sources.
LENGTHS = {"max_length"}


@pytest.mark.parametrize("kind", SEARCHES)
def test_every_option_that_a_search_has_is_passed_on(kind: str) -> None:
    said = {"beam": 7, "length_penalty": 0.25, "early_finish": False, "min_length": 3, "temperature": 0.5, "top_k": 9}
    passed = search_options(Search.model_validate({"kind": kind, **said}), 1, [5])
    taken = {name for name, one in signature(SEARCHES[kind]).parameters.items() if one.kind is one.KEYWORD_ONLY}
    assert {name: passed[name] for name in taken & said.keys()} == {name: said[name] for name in taken & said.keys()}
    assert {"min_length", "length_penalty"} <= taken & said.keys()
    assert passed.keys() <= taken
