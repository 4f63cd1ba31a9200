"""What a model answers does not depend on who asks beside."""

from pathlib import Path

import pytest

from saccade.run.tasks import load
from saccade.server.answers import predicted


@pytest.mark.parametrize("kind", ["beam", "sample"])
def test_an_input_is_answered_alike_wherever_it_stands(tiny_run: Path, kind: str) -> None:
    model = load(tiny_run)
    assert hasattr(model, "recipe")
    model.recipe = model.recipe.model_copy(
        update={"search": model.recipe.search.model_copy(update={"kind": kind, "temperature": 3.0})}
    )
    [alone] = predicted(model, ["abc"], 2)
    first, second, third = predicted(model, ["abc", "cba", "abc"], 2)
    assert [answer.output for answer in first.answers] == [answer.output for answer in third.answers]
    assert [answer.output for answer in alone.answers] == [answer.output for answer in third.answers]
    assert second.output != "" or kind == "beam"
