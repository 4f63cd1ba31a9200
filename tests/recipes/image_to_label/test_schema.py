"""The frame of a recipe of images: what is short, what is refused, with its line and the nearest name."""

from pathlib import Path

import pytest

from saccade.errors import OptionError
from saccade.recipes import yaml_lines
from saccade.recipes.image_to_label.schema import ImageRecipe
from saccade.recipes.load import check, load_recipe
from saccade.recipes.text_to_text.schema import TextRecipe
from saccade.run.folder import dump

OWN = "name: x\ntask: image-to-label\ntraining: {max_epochs: 1}\n"
FILES = "data: {train: a, validation: b, size: 7}"


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "my.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_recipe_is_of_texts_unless_it_says_otherwise(tmp_path: Path) -> None:
    assert isinstance(load_recipe("dates").recipe, TextRecipe)
    assert isinstance(load_recipe(written(tmp_path, OWN + FILES)).recipe, ImageRecipe)


def test_one_number_is_both_sides_and_files_lie_beside_the_recipe(tmp_path: Path) -> None:
    recipe = load_recipe(written(tmp_path, OWN + FILES + "\nmodel: {start_from: runs/a}")).recipe
    assert recipe.data.size == (7, 7)
    assert recipe.data.train == str(tmp_path / "a")
    assert recipe.model.start_from == str(tmp_path / "runs" / "a")


def test_a_gate_is_named_short_or_with_options(tmp_path: Path) -> None:
    path = written(tmp_path, OWN + FILES + "\nmodel: {encoder: {gate: spatial, depth: 8}}")
    encoder = load_recipe(path).recipe.model.encoder
    assert (encoder.kind, encoder.options, encoder.gate.kind) == ("convnet", {"depth": 8}, "spatial")
    gate = load_recipe(path, ["model.encoder.gate.kernel_size=3"]).recipe.model.encoder.gate
    assert (gate.kind, gate.options) == ("spatial", {"kernel_size": 3})
    gate = load_recipe(path, ["model.encoder.gate={kind: channel, reduction: 4}"]).recipe.model.encoder.gate
    assert (gate.kind, gate.options) == ("channel", {"reduction": 4})


@pytest.mark.parametrize("name", ["clutter", "cifar10-se", "cifar10-patches"])
def test_a_recipe_of_images_survives_being_written_out(name: str) -> None:
    recipe = load_recipe(name).recipe
    assert check(*yaml_lines.parse(dump(recipe), "recipe.yaml")) == recipe


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("data: {train: a, validation: b}", r"line 4: `data` needs a `size` for the images of files"),
        ("data: {train: a, validation: b, size: [3, 5, 7]}", r"`data.size` must be height and width, .*is \[3, 5, 7\]"),
        ("data: {train: a, validation: b, size: 0}", r"`data.size.0` must be at least 1, but is 0"),
        ("data: {train: [a, b], validation: b, size: 7}", r"has a `train` that must be one file or folder"),
        ("data: {train: a, validation: b, size: 7, channels: 2}", r"`data.channels` is 2, .* Allowed: 1, 3"),
        ("data: {train: a, validation: b, size: 7, fit: crap}", r"`data.fit` is 'crap'.*Did you mean `crop`\?"),
        ("data: {train: a, validation: b, size: 7, on_bad_file: skp}", r"Did you mean `skip`\?"),
        ("data: {train: a, validation: b, size: 7, options: {fit: pad}}", r"`fit` among the options .* `data.fit`"),
        ("data: {train: a, validation: b, size: 7, max_tokens: 3}", r"`data.max_tokens` is not an option"),
        ("data: {set: clutter, size: 7}", r"has the set `clutter`, whose images are as they are, and `size`"),
        (FILES + "\naugmentation: {crop: -1}", r"line 5: `augmentation.crop` must be at least 0, but is -1"),
        (FILES + "\naugmentation: {mixupp: 0.2}", r"Did you mean `mixup`\?"),
        (FILES + "\nmodel: {poling: mean}", r"`model.poling` is not an option. Did you mean `pooling`\?"),
        (FILES + "\nmodel: {dropout: 1.0}", r"`model.dropout` must be less than 1.0, but is 1.0"),
        (FILES + "\nbatches: {max_pairs: 3}", r"`batches.max_pairs` is not an option. .*`max_images`"),
        (FILES + "\ntokenizer: {shared: true}", r"`tokenizer` is not an option"),
        (FILES + "\nevaluation: {length_unit: words}", r"`evaluation.length_unit` is not an option"),
    ],
)
def test_a_wrong_recipe_is_refused_with_its_line(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(OptionError, match=message):
        load_recipe(written(tmp_path, OWN + text))


def test_a_task_that_there_is_not_is_refused_with_the_nearest(tmp_path: Path) -> None:
    text = OWN.replace("image-to-label", "image-to-lable") + FILES
    with pytest.raises(
        OptionError, match=r"my.yaml, line 2: `task` is 'image-to-lable'.*Did you mean `image-to-label`"
    ):
        load_recipe(written(tmp_path, text))
    with pytest.raises(OptionError, match=r"`task` is \['image'\], which is not known"):
        load_recipe(written(tmp_path, OWN.replace("image-to-label", "[image]") + FILES))
