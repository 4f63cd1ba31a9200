"""The parts of a recipe of images are held against their constructors before any image is read."""

from pathlib import Path

import pytest
import torch

from saccade.errors import OptionError
from saccade.recipes.build import check_parts
from saccade.recipes.image_to_label.build import make_model, read_split
from saccade.recipes.label_metrics import make_metrics
from saccade.recipes.load import builtin_recipes, load_recipe

IMAGES = [name for name in builtin_recipes() if load_recipe(name).recipe.task == "image-to-label"]


def test_the_promised_recipes_are_there() -> None:
    kinds = ("resnet20", "se", "eca", "spatial", "cbam", "bam", "sk", "ran", "patches")
    clutter = {f"clutter{kind}" for kind in ("", "-hard", "-hard-look", "-attention", "-plain", "ed-mnist")}
    assert {*clutter, "mnist", *(f"cifar10-{kind}" for kind in kinds)} == set(IMAGES)


@pytest.mark.parametrize("name", IMAGES)
def test_builtin_recipes_make_networks(name: str) -> None:
    recipe = load_recipe(name).recipe
    with torch.device("meta"):
        network = make_model(recipe, 10, (60, 60), 3)
    assert sum(parameter.numel() for parameter in network.parameters()) > 10_000
    assert recipe.training.watch in make_metrics(recipe)


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("model.encoder.kind=convnett", r"`model.encoder.kind` is 'convnett', .* Did you mean `convnet`\?"),
        (
            "model.encoder.dept=20",
            r"`model.encoder.dept` is not an option of the convnet encoder. Did you mean `depth`",
        ),
        ("model.encoder.depth=21", r"--set model.encoder.depth=21: `depth` must be 6n \+ 2"),
        ("model.encoder={kind: patches, dropout: 1.0}", r"`dropout` must be at least 0 and below 1, but is 1.0"),
        ("model.encoder.channels=3", r"not an option of the convnet encoder"),
        ("model.encoder.gate=chanel", r"`model.encoder.gate.kind` is 'chanel', .* Did you mean `channel`\?"),
        ("model.encoder.gate.kernel=3", r"not an option of the spatial gate. Did you mean `kernel_size`\?"),
        ("model.encoder.gate.kernel_size=4", r"`kernel_size` must be odd"),
        ("model.encoder.gate=residual-mask", r"does not fit into a unit .* take `encoder: {kind: residual-attention}`"),
        ("model.pooling=class-token", r"`pooling.kind` is 'class-token', but the encoder has none"),
        ("model.pooling={kind: attention, score: dit}", r"`pooling.score` is 'dit', .* Did you mean `dot`\?"),
        ("data.set=cluter", r"`data.set` is 'cluter', .* Did you mean `clutter`\?"),
        ("data.options.imges=3", r"not an option of the set `cifar10`"),
        ("evaluation.metrics=[top3]", r"`evaluation.metrics.0` is 'top3', .* Did you mean `top5`\?"),
        ("evaluation.metrics=[{kind: calibration, bin: 3}]", r"not an option of the metric calibration"),
        ("training.watch=top5", r"`training.watch` is 'top5', which is neither"),
    ],
)
def test_a_part_that_does_not_exist_or_fit_is_refused(option: str, message: str) -> None:
    with pytest.raises(OptionError, match=message):
        check_parts(load_recipe("cifar10-spatial", [option]))


def test_a_gate_does_not_fit_into_patches() -> None:
    with pytest.raises(OptionError, match=r"`gate.kind` is 'channel', but `encoder.kind` is 'patches', which takes no"):
        check_parts(load_recipe("cifar10-patches", ["model.encoder.gate=channel"]))


def test_an_option_of_files_that_there_is_not_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "my.yaml"
    data = "data: {train: a, validation: b, size: 32, options: {imge: x}}"
    path.write_text(f"name: x\ntask: image-to-label\n{data}\ntraining: {{max_epochs: 1}}\n", encoding="utf-8")
    with pytest.raises(OptionError, match=r"my.yaml, line 3: `data.options.imge` is not an option of files of images"):
        check_parts(load_recipe(path))


def test_a_set_gives_its_splits() -> None:
    recipe = load_recipe("clutter", ["data.options.size=41", "data.test.images=3"]).recipe
    assert read_split(recipe, "test").size == (41, 41)
    with pytest.raises(OptionError, match=r"no split 'tset'. Did you mean `test`"):
        read_split(recipe, "tset")
