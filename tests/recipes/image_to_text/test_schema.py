"""Recipes from image to text: what they say of themselves, and what is refused before any data is read."""

from pathlib import Path

import pytest

from saccade.errors import OptionError
from saccade.recipes.build import check_parts
from saccade.recipes.image_to_text.build import make_model
from saccade.recipes.image_to_text.schema import ImageTextRecipe
from saccade.recipes.load import load_recipe

NAMES = ("iiit5k", "printed-numbers")


@pytest.mark.parametrize("name", NAMES)
def test_the_built_in_ones_are_right(name: str) -> None:
    loaded = load_recipe(name)
    check_parts(loaded)
    assert isinstance(loaded.recipe, ImageTextRecipe)
    assert loaded.recipe.tokenizer.kind == "char"


def test_iiit5k_can_begin_from_printed_numbers() -> None:
    """All parts of the network are the same."""
    shapes = [
        {key: value.shape for key, value in make_model(load_recipe(name).recipe, 67, (32, 128), 3).state_dict().items()}
        for name in NAMES
    ]
    assert shapes[0] == shapes[1]


def test_a_tokenizer_is_of_characters_unless_it_says_otherwise() -> None:
    options = ["tokenizer.lowercase=true"]
    assert load_recipe("printed-numbers", options).recipe.tokenizer.kind == "char"
    assert load_recipe("printed-numbers", ["tokenizer.kind=bpe"]).recipe.tokenizer.kind == "bpe"


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("model.columns=stak", r"`model.columns` is 'stak'.*Did you mean `stack`"),
        ("model.columns=null", r"printed-numbers.yaml, line \d+: `recurrent` reads .* `columns` is not set"),
        ("model.recurrent.values=state", r"`model.recurrent.values` is 'state'.*Did you mean `states`"),
        ("model.recurrent.cell=grru", r"`recurrent.cell` is 'grru'.*Did you mean `gru`"),
        ("model.recurrent.width=7", r"`model.recurrent.width` is not an option"),
        ("model.encoder.depth=13", r"`depth` must be 6n \+ 2 with `form: small`, but is 13"),
        ("model.encoder=resnet", r"`model.encoder.kind` is 'resnet', which is not known"),
        (
            "model.decoder.cel=gru",
            r"`model.decoder.cel` is not an option of the recurrent decoder. Did you mean `cell`",
        ),
        ("model.embeddings.tie=all", r"`embeddings.tie` is 'all'"),
        ("model.doubly_stochastic=-1", r"`model.doubly_stochastic` must be at least 0.0, but is -1"),
        ("search.length_ratio=2", r"`search.length_ratio` is not an option"),
        ("data.set=clutter", r"`data.set` is 'clutter', which is not known.*printed-numbers"),
        ("data.options.hight=64", r"`data.options.hight` is not an option of the set.*Did you mean `height`"),
        ("evaluation.metrics=[top1]", r"is 'top1', which is not known"),
        ("augmentation.flip=true", r"`augmentation` is not an option"),
    ],
)
def test_what_is_not_right_is_refused(option: str, message: str) -> None:
    with pytest.raises(OptionError, match=message):
        check_parts(load_recipe("printed-numbers", [option]))


def test_files_need_a_size_and_know_their_options(tmp_path: Path) -> None:
    recipe = tmp_path / "own.yaml"
    text = "name: own\ntask: image-to-text\ndata: {train: a.csv, validation: b.csv}\ntraining: {max_epochs: 1}\n"
    recipe.write_text(text, encoding="utf-8")
    with pytest.raises(OptionError, match="needs a `size` for the images of files"):
        load_recipe(recipe)
    with pytest.raises(OptionError, match=r"`data.options.label` is not an option of tables of images and texts"):
        check_parts(load_recipe(recipe, ["data.size=[32, 128]", "data.options.label=word"]))
    check_parts(load_recipe(recipe, ["data.size=[32, 128]", "data.options.text=word"]))
