"""What holds for every recipe: it survives being written out, and a misspelt name never passes."""

import json

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from saccade.errors import OptionError, SaccadeError
from saccade.recipes import yaml_lines
from saccade.recipes.load import check, load_recipe, overlay
from saccade.run.folder import dump

OPTIONS = {
    "seed": st.integers(0, 2**63 - 1),
    "training.max_epochs": st.integers(1, 10**6),
    "training.learning_rate": st.floats(1e-9, 1e3),
    "training.clip_norm": st.none() | st.floats(1e-3, 1e3),
    "training.schedule": st.sampled_from(["constant", "linear", "cosine", "inverse-sqrt"]),
    "tokenizer.source.vocabulary_size": st.none() | st.integers(8, 10**6),
    "tokenizer.source.lowercase": st.booleans(),
    "model.attention.score": st.sampled_from(["additive", "dot", "general"]),
    "search.length_penalty": st.floats(0, 10),
    "evaluation.separator": st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1),
    "description": st.text(st.characters(exclude_categories=["Cs", "Cc"])),
}
TREES = st.recursive(
    st.integers() | st.text(max_size=5) | st.none(),
    lambda inner: st.dictionaries(st.text("abc", min_size=1, max_size=3), inner, max_size=3),
    max_leaves=7,
)


@settings(deadline=None, max_examples=50)
@given(st.fixed_dictionaries({}, optional=OPTIONS))
@example({"description": "0e0"})
@example({"description": "a: 1\na: 2"})
@example({"description": "[" * 1000})
@example({"description": "one\x85two\u2028three"})
@example({"description": "\u0663"})  # a digit, though not one of ours
def test_a_recipe_survives_being_written_out(options: dict[str, object]) -> None:
    recipe = load_recipe("dates", [f"{name}={json.dumps(value)}" for name, value in options.items()]).recipe
    tree, places = yaml_lines.parse(dump(recipe), "recipe.yaml")
    assert check(tree, places) == recipe


@settings(deadline=None, max_examples=50)
@given(st.sampled_from(sorted(OPTIONS)), st.sampled_from("abcxyz_"), st.integers(0, 40))
def test_a_misspelt_name_never_passes(name: str, letter: str, place: int) -> None:
    wrong = name[:place] + letter + name[place:]
    section = wrong.startswith("model.attention.score.")  # an option of a part, which its constructor refuses
    if not section:
        with pytest.raises(OptionError, match="is not an option"):
            load_recipe("dates", [f"{wrong}=3"])


@settings(deadline=None)
@given(st.text())
def test_any_text_is_a_recipe_or_refused_as_one(text: str) -> None:
    message = ""
    try:
        tree, places = yaml_lines.parse(text, "x.yaml")
        check(tree, places)
    except SaccadeError as error:
        message = str(error)
    assert "\n" not in message


@given(st.dictionaries(st.text("abc", min_size=1, max_size=3), TREES, max_size=3))
def test_laying_a_tree_over_itself_changes_nothing(tree: dict[str, object]) -> None:
    assert overlay(tree, tree) == tree
    assert overlay({}, tree) == tree
    assert overlay(tree, {}) == tree
