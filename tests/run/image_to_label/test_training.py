"""A recipe of images is trained into a folder, goes on bit for bit, and begins with another's encoder if told so."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from tests.run.image_to_label.tiny_images import write_picture

from saccade.data.images import LabelledImages
from saccade.errors import DataError, OptionError, RunError
from saccade.recipes.load import load_recipe
from saccade.run.image_to_label.files import Labels, read_labels
from saccade.run.image_to_label.lesson import labels_of
from saccade.run.image_to_label.model import ImageModel
from saccade.run.tasks import load
from saccade.run.train import Begun, train


def weights(run: Path) -> dict[str, torch.Tensor]:
    return load_file(run / "model.safetensors")


def test_a_run_of_images_holds_its_labels_and_comes_back_the_same(image_recipe: Path, tmp_path: Path) -> None:
    trained = train(image_recipe, tmp_path / "run")
    assert isinstance(trained, ImageModel)
    saved = json.loads((tmp_path / "run" / "labels.json").read_text(encoding="utf-8"))
    assert (saved["classes"], saved["size"], saved["channels"]) == (["dark", "light"], [11, 13], 3)
    assert not (tmp_path / "run" / "tokenizer.json").exists()
    images = sorted(image_recipe.parent.glob("validation/*/*.png"))
    assert load(tmp_path / "run").predict(images) == trained.predict(images)


def test_rows_are_about_images(image_run: Path) -> None:
    rows = [json.loads(line) for line in (image_run / "metrics.jsonl").read_text(encoding="utf-8").splitlines()]
    assert set(rows[-1]) >= {"kind", "update", "loss", "top1", "nll"}
    # The loss on images that are not trained on is the negative log-likelihood.
    assert rows[-1]["loss"] == pytest.approx(rows[-1]["nll"])


@pytest.mark.parametrize("optimiser", ["sgd", "adamw"])
def test_a_training_to_a_later_end_is_the_same_as_one_without_a_stop(
    image_recipe: Path, tmp_path: Path, optimiser: str
) -> None:
    changes = [f"training.optimiser={optimiser}", "augmentation.mixup=0.5"]
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    train(image_recipe, whole, changes)
    train(image_recipe, parts, [*changes, "training.max_updates=2"])
    begun = Begun(load_recipe(image_recipe, changes), parts, resume=True)
    assert begun.facts[-1] == "`training.max_updates` is 4, and was 2"
    begun.train()
    torch.testing.assert_close(weights(parts), weights(whole), rtol=0, atol=0)
    assert (parts / "recipe.yaml").read_text() == (whole / "recipe.yaml").read_text()


def test_the_mean_and_deviation_are_those_of_all_pixels() -> None:
    pixels = np.random.default_rng(3).integers(0, 255, size=(17, 5, 7, 3), dtype=np.uint8)
    found = labels_of(LabelledImages(pixels, [0, 1] * 8 + [0], ["a", "b"]))
    assert found.mean == pytest.approx(tuple((pixels / 255).mean((0, 1, 2))))
    assert found.std == pytest.approx(tuple((pixels / 255).std((0, 1, 2))))
    assert (found.size, found.channels) == ((5, 7), 3)


def test_labels_come_back_from_their_file(tmp_path: Path) -> None:
    labels = Labels(("Käse", "猫"), (5, 7), 1, (0.25,), (0.5,))
    labels.save(tmp_path / "labels.json")
    assert read_labels(tmp_path) == labels


def test_an_encoder_begins_as_that_of_another_run(image_recipe: Path, image_run: Path, tmp_path: Path) -> None:
    other = write_picture(image_recipe.parent / "train" / "middle" / "0.png", (90, 160), seed=1)
    write_picture(image_recipe.parent / "validation" / "middle" / "0.png", (90, 160), seed=2)
    assert other.is_file()
    begun = Begun(load_recipe(image_recipe, [f"model.start_from={image_run}", "seed=3"]), tmp_path / "run")
    assert begun.facts[1:3] == ("3 classes", f"encoder begins as that of {image_run}")
    before, now = weights(image_run), begun.lesson.network.state_dict()
    for name, value in before.items():
        if name.startswith("encoder."):
            torch.testing.assert_close(now[name], value, rtol=0, atol=0)
    assert now["vocabulary.weight"].shape[0] == 3


def test_another_encoder_or_another_task_is_not_begun_with(
    image_recipe: Path, image_run: Path, tiny_run: Path, tmp_path: Path
) -> None:
    with pytest.raises(RunError, match=r"`model.start_from` is .*weights are of another encoder"):
        Begun(load_recipe(image_recipe, [f"model.start_from={image_run}", "model.encoder.width=5"]), tmp_path / "a")
    with pytest.raises(RunError, match=r"`model.start_from` is .*, which is a run of text-to-text"):
        Begun(load_recipe(image_recipe, [f"model.start_from={tiny_run}"]), tmp_path / "b")


def test_a_class_that_is_not_in_the_training_is_refused_before_anything_is_written(
    image_recipe: Path, tmp_path: Path
) -> None:
    write_picture(image_recipe.parent / "validation" / "lihgt" / "0.png", (0, 9), seed=1)
    with pytest.raises(DataError, match=r"the class `lihgt` is not one of the training's. Did you mean `light`"):
        Begun(load_recipe(image_recipe), tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_a_file_that_is_no_image_stops_or_is_skipped_and_counted(image_recipe: Path, tmp_path: Path) -> None:
    (image_recipe.parent / "train" / "dark" / "broken.png").write_bytes(b"no image")
    with pytest.raises(DataError, match=r"broken.png"):
        Begun(load_recipe(image_recipe), tmp_path / "run")
    begun = Begun(load_recipe(image_recipe, ["data.on_bad_file=skip"]), tmp_path / "run")
    assert begun.facts[:2] == ("14 images of 11×13", "1 that can't be read skipped")
    (image_recipe.parent / "validation" / "dark" / "broken.png").write_bytes(b"")
    begun = Begun(load_recipe(image_recipe, ["data.on_bad_file=skip"]), tmp_path / "run")
    assert begun.facts[2] == "1 of the validation skipped"
    begun.train()
    found = load(tmp_path / "run").evaluate()
    assert (found.examples, found.skipped) == (6, 1)


def test_images_smaller_than_the_network_allows_are_refused_with_the_least_size(
    image_recipe: Path, tmp_path: Path
) -> None:
    changes = ["model.encoder={kind: convnet, form: large, depth: 18}", "data.size=9"]
    with pytest.raises(OptionError, match=r"--set data.size=9: `size` is 9×9 pixels.*none below 17×17"):
        Begun(load_recipe(image_recipe, changes), tmp_path / "run")


def test_a_set_whose_splits_are_of_other_sizes_is_refused(image_recipe: Path, tmp_path: Path) -> None:
    changes = ["data={set: clutter, options: {images: 7}, validation: {size: 41}}"]
    text = image_recipe.read_text(encoding="utf-8").split("augmentation")[1]
    image_recipe.write_text("name: t\ntask: image-to-label\ndata: {set: clutter}\naugmentation" + text, "utf-8")
    with pytest.raises(DataError, match=r"`validation` are of height, width and channels \(41, 41, 3\), but those"):
        Begun(load_recipe(image_recipe, changes), tmp_path / "run")
