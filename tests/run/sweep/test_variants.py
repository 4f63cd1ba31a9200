"""Which runs a sweep has, and what each changes."""

import pytest
from tests.conftest import TINY

from saccade.attention import SCORES, SELECTIONS
from saccade.errors import OptionError
from saccade.recipes import yaml_lines
from saccade.recipes.load import check
from saccade.recipes.text_to_text.schema import TextRecipe
from saccade.run.sweep.variants import Variant, attentions, products

HARD = ["hard-gumbel", "hard-reinforce", "hard-straight-through"]
EXACT = ["soft-mixture-output", "soft-monotonic-output"]
LOOKS = {*SELECTIONS, *HARD, *EXACT} - {"hard"}


def recipe(attention: str = "{}", output: str = "vocabulary") -> TextRecipe:
    tree, places = yaml_lines.parse(TINY, "tiny.yaml")
    model = tree["model"] | {"attention": yaml_lines.value(attention), "output": output}
    found = check(tree | {"model": model}, places)
    assert isinstance(found, TextRecipe)
    return found


def test_the_own_attention_comes_first_and_changes_nothing() -> None:
    variants = attentions(recipe("{score: {kind: dot}, selection: {kind: hard, estimator: gumbel, temperature: 0.5}}"))
    assert variants[0] == Variant("dot-hard-gumbel", ())
    assert all(variant.changes for variant in variants[1:])


@pytest.mark.parametrize(
    ("attention", "output", "own"),
    [
        ("{}", "vocabulary", ("additive", "soft")),
        ("{score: general, selection: sparsemax}", "copying", ("general", "sparsemax")),
        ("{selection: hard}", "vocabulary", ("additive", "hard-straight-through")),
        ("{score: cosine}", "mixture", ("cosine", "soft-mixture-output")),
    ],
)
def test_every_selection_under_the_own_score_and_every_score_under_the_own_selection(
    attention: str, output: str, own: tuple[str, str]
) -> None:
    names = [variant.name for variant in attentions(recipe(attention, output))]
    score, look = own
    assert len(names) == len(set(names)) == len(SCORES) + len(LOOKS) - 1
    assert set(names) == {f"{score}-{other}" for other in LOOKS} | {f"{other}-{look}" for other in SCORES}


def test_full_is_every_score_under_every_selection() -> None:
    names = {variant.name for variant in attentions(recipe(), full=True)}
    assert names == {f"{score}-{look}" for score in SCORES for look in LOOKS}


def test_what_is_changed_is_what_the_name_says() -> None:
    changes = {variant.name: variant.changes for variant in attentions(recipe(output="mixture"))}
    selection, output = "model.attention.selection", "model.output"
    assert changes["additive-hard-reinforce"] == (
        f"{selection}=hard",
        f"{selection}.estimator=reinforce",
        f"{output}=vocabulary",
    )
    assert changes["additive-soft-monotonic-output"] == (f"{selection}=soft", f"{output}=monotonic")
    # A score is held to the others under the recipe's own look, which is exact here.
    assert changes["dot-soft-mixture-output"] == ("model.attention.score=dot",)


def test_products_are_all_combinations_with_names_that_folders_may_have() -> None:
    found = products(["model.attention.selection=soft,{kind: hard, estimator: gumbel}", "model.encoder.dropout=0.1,0"])
    assert [variant.name for variant in found] == ["soft-0.1", "soft-0", "hard-gumbel-0.1", "hard-gumbel-0"]
    assert found[2].changes == (
        'model.attention.selection={"kind": "hard", "estimator": "gumbel"}',
        "model.encoder.dropout=0.1",
    )
    assert [variant.name for variant in products(["data.train=../a b.tsv,null"])] == ["a-b.tsv", "null"]


@pytest.mark.parametrize(
    ("axes", "message"),
    [
        (["model.attention.score"], "must look like `--over model.attention.score=additive,dot`"),
        (["=dot"], "must look like"),
        (["model.attention.score="], "must look like"),
        (["model.attention.score=dot,{"], "must look like"),
        (["model.attention.score=dot,dot"], "gives two runs the name dot. Name each value once."),
    ],
)
def test_wrong_axes_are_refused(axes: list[str], message: str) -> None:
    with pytest.raises(OptionError, match=message):
        products(axes)
