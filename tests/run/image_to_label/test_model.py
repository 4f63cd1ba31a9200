"""A trained classifier labels in order, whatever the batch; shows its maps; is measured and compared."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from tests.run.image_to_label.tiny_images import HEIGHT, WIDTH, write_picture

import saccade
from saccade.errors import DataError, MissingError, OptionError
from saccade.recipes.load import load_recipe
from saccade.run.comparison import compare
from saccade.run.image_to_label.model import ImageModel
from saccade.run.label_answers import likeliest
from saccade.run.tasks import load
from saccade.run.train import Begun

CLUTTER = """\
name: tiny-clutter
task: image-to-label
data: {set: clutter, options: {size: 43}, train: {images: 17}, validation: {images: 13}}
model:
  encoder: {kind: convnet, depth: 8, width: 3, gate: spatial}
  pooling: attention
batches: {max_images: 5}
training: {max_updates: 2, precision: float32}
"""


@pytest.fixture(scope="module")
def model(image_run: Path) -> ImageModel:
    loaded = load(image_run)
    assert isinstance(loaded, ImageModel)
    return loaded


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Pictures of several sizes."""
    folder = tmp_path_factory.mktemp("pictures")
    sizes = [(HEIGHT, WIDTH), (7, 29), (31, 5), (17, 17), (3, 3)]
    return [write_picture(folder / f"{place}.png", (0, 250), place, size=size) for place, size in enumerate(sizes)]


def test_the_front_door_leads_here(image_run: Path) -> None:
    assert isinstance(saccade.load(image_run), ImageModel)
    assert isinstance(saccade.load(image_run), saccade.Model)


@pytest.mark.parametrize("window", [1, 3, 1000])
def test_images_alone_are_labelled_as_together(model: ImageModel, pictures: list[Path], window: int) -> None:
    together = list(model.answers(pictures, n_best=2, window=window))
    assert [answer.name for answer in together] == list(map(str, pictures))
    for answer, picture in zip(together, pictures, strict=True):
        [alone] = model.answers([picture], n_best=2)
        assert alone.label == answer.label
        assert [share for _, share in alone.best] == pytest.approx([share for _, share in answer.best], abs=1e-6)
        assert sum(share for _, share in answer.best) == pytest.approx(1.0)


def test_a_file_its_content_and_its_pixels_are_labelled_alike(model: ImageModel, pictures: list[Path]) -> None:
    picture = pictures[1]
    pixels = np.array(Image.open(picture))
    ways = [str(picture), picture.read_bytes(), pixels, pixels.astype(np.float32) / 255]
    shares = {round(answer.probability, 5) for answer in model.answers(ways)}
    assert len(shares) == 1


def test_grey_pixels_without_a_channel_are_read(model: ImageModel) -> None:
    assert model.predict([np.full((7, 5), 200, np.uint8)]) == model.predict([np.full((7, 5, 3), 200, np.uint8)])


@pytest.mark.parametrize(
    ("image", "error", "message"),
    [
        (np.full((7, 5, 3), np.nan), DataError, r"image 2: 105 of 105 pixels are NaN"),
        (np.zeros((7, 5, 2), np.uint8), DataError, r"image 2 has the shape \(7, 5, 2\), .* 1 or 3 channels"),
        (np.zeros((0, 5), np.uint8), DataError, r"image 2 has the shape \(0, 5\)"),
        (b"", DataError, r"image 2 is empty"),
        (b"no image", DataError, r"image 2"),
        ("nowhere.png", MissingError, r"nowhere.png: there is no such file"),
    ],
)
def test_what_is_no_image_is_refused_by_its_name_and_those_before_it_are_labelled(
    model: ImageModel, image: object, error: type[Exception], message: str
) -> None:
    answers = model.answers([np.zeros((7, 5), np.uint8), image])  # pyright: ignore[reportArgumentType]
    assert next(answers).label in model.labels.classes
    with pytest.raises(error, match=message):
        next(answers)


def test_a_single_file_is_refused(model: ImageModel) -> None:
    with pytest.raises(OptionError, match=r"`images` must be several images, but is one: a.png. Put it into a list"):
        model.predict("a.png")
    with pytest.raises(OptionError, match=r"`n_best` is 0. Allowed: 1 and above; there are 2 labels"):
        model.answers([], n_best=0)


def test_the_likeliest_come_first_and_of_equals_the_first() -> None:
    found = likeliest(np.array([0.2, 0.3, 0.2, 0.3]), ("a", "b", "c", "d"), 3)
    assert found == (("b", 0.3), ("d", 0.3), ("a", 0.2))


def test_a_look_names_every_map_and_saves_itself(model: ImageModel, pictures: list[Path], tmp_path: Path) -> None:
    look = model.look(pictures[0])
    assert look.label == model.predict([pictures[0]])[0]
    assert list(look.maps) == [*(f"encoder.stages.{unit}.gate" for unit in range(3)), "pooling.attention"]
    assert look.overlay("pooling.attention").shape == (HEIGHT, WIDTH)
    assert look.maps["pooling.attention"].weights.sum() == pytest.approx(1.0, abs=1e-5)
    assert str(look).startswith(f"{pictures[0]}: {look.label} ")
    assert "pooling.attention: 3 height × 4 width" in str(look)
    assert look.save(tmp_path / "look.json") == []
    assert "<iframe" in look._repr_html_()


def test_one_layer_may_be_shown_alone_by_the_end_of_its_name(model: ImageModel, pictures: list[Path]) -> None:
    look = model.look(pictures[0])
    assert list(look.only("attention").maps) == ["pooling.attention"]
    with pytest.raises(OptionError, match=r"No map of `atention` was recorded. "):
        look.only("atention")
    with pytest.raises(OptionError, match=r"`pooling.attention` has one map, and no channels to choose from"):
        look.only("attention", 3)


def test_an_image_of_the_recipes_data_is_looked_at_with_what_is_known_of_it(tmp_path: Path, image_run: Path) -> None:
    recipe = tmp_path / "clutter.yaml"
    recipe.write_text(CLUTTER, encoding="utf-8")
    Begun(load_recipe(recipe), tmp_path / "run").train()
    model = load(tmp_path / "run")
    assert isinstance(model, ImageModel)
    example = model.example("validation:3")
    assert example is not None
    look = model.look(example).look
    images = model.labelled("validation")
    np.testing.assert_array_equal(look.image, images.image(2))
    assert images.boxes is not None
    assert (look.name, look.truth, look.box) == (
        "clutter validation, image 3",
        images.classes[images.labels[2]],
        tuple(images.boxes[2].tolist()),
    )
    assert f" (it is {look.truth})" in str(model.look(example))
    for wrong in ("validation:0", "validation:14"):
        with pytest.raises(OptionError, match=rf"`{wrong}` is no image of .*run: its validation images are 1 to 13"):
            model.example(wrong)
    with pytest.raises(MissingError, match=r"tset:3: there is no such file"):
        model.look("tset:3")
    from_files = load(image_run)
    files = from_files.look(from_files.example("validation:4")).look
    assert (Path(files.name).name, files.truth, files.box) == ("0.png", "light", None)


def test_a_file_that_is_called_so_comes_first(
    model: ImageModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write_picture(tmp_path / "own.png", (0, 250), 1).rename("validation:1")
    assert model.example("validation:1") is None
    assert model.look("validation:1").look.truth is None


def test_a_network_without_gates_does_not_look(image_recipe: Path, tmp_path: Path) -> None:
    changes = ["model.encoder={kind: convnet, gate: null}", "model.pooling=mean", "training.max_updates=1"]
    begun = Begun(load_recipe(image_recipe, changes), tmp_path / "plain")
    begun.train()
    plain = load(tmp_path / "plain")
    assert not plain.looks
    with pytest.raises(OptionError, match=r"plain has neither a gate nor attention: there is nothing to be seen"):
        plain.look(image_recipe)


def test_evaluation_has_figures_classes_and_no_pointing_without_boxes(model: ImageModel) -> None:
    found = model.evaluate()
    assert list(found.figures) == ["top1", "calibration", "nll"]
    assert found.examples == 6
    assert [score.support for score in found.per_class] == [3, 3]
    assert found.confusion.sum() == 6
    assert found.pointing == {}
    assert list(found.maps) == [*(f"encoder.stages.{unit}.gate" for unit in range(3)), "pooling.attention"]
    assert 0 < found.maps["encoder.stages.0.gate"].mean.score < 1
    assert found.maps["encoder.stages.0.gate"].kept.score == pytest.approx(100.0)
    assert found.maps["pooling.attention"].mean.score == pytest.approx(1 / 12)
    assert found.to_json()["confusion"]["classes"] == ["dark", "light"]


def test_images_of_ones_own_are_measured_and_other_classes_refused(model: ImageModel, tmp_path: Path) -> None:
    write_picture(tmp_path / "light" / "a.png", (200, 250), 1)
    found = model.evaluate(tmp_path)
    # The only class that is there keeps the number that it had in the training.
    assert [score.support for score in found.per_class] == [0, 1]
    write_picture(tmp_path / "grey" / "a.png", (90, 110), 1)
    with pytest.raises(DataError, match=r"the class `grey` is not one of the training's"):
        model.evaluate(tmp_path)
    with pytest.raises(OptionError, match=r"no split 'tset'"):
        model.evaluate("tset")


def test_where_boxes_are_known_each_map_is_held_against_them(tmp_path: Path) -> None:
    recipe = tmp_path / "clutter.yaml"
    recipe.write_text(CLUTTER, encoding="utf-8")
    Begun(load_recipe(recipe), tmp_path / "run").train()
    model: Any = load(tmp_path / "run")
    found = model.evaluate()
    data = model.split("validation")
    in_another_order = model.evaluate(data.some(np.random.default_rng(7).permutation(len(data))))
    for name, pointing in found.pointing.items():
        assert pointing.mass.score.score == pytest.approx(in_another_order.pointing[name].mass.score.score)
    assert list(found.pointing) == [*(f"encoder.stages.{unit}.gate" for unit in range(3)), "pooling.attention"]
    for pointing in found.pointing.values():
        assert pointing.images == 13
        assert 0 < pointing.game.chance < 5
    told = found.to_json()["pointing"]["pooling.attention"]
    assert set(told) == {"images", "game", "mass"}
    assert set(told["game"]) >= {"score", "low", "high", "chance", "random"}


def test_of_hard_maps_it_is_said_how_much_they_keep(image_recipe: Path, tmp_path: Path) -> None:
    gate = "model.encoder.gate={kind: spatial, kernel_size: 3, hard: true}"
    Begun(load_recipe(image_recipe, [gate, "model.pooling={kind: attention, selection: hard}"]), tmp_path / "r").train()
    model = load(tmp_path / "r")
    found = model.evaluate()
    # One of 3 × 4 cells is looked at.
    assert found.maps["pooling.attention"].kept.score == pytest.approx(100 / 12)
    assert isinstance(model, ImageModel)
    files = sorted(image_recipe.parent.glob("validation/*/*.png"))
    maps = [model.look(file).maps["encoder.stages.0.gate"].weights for file in files]
    kept = found.maps["encoder.stages.0.gate"].kept.score
    assert kept == pytest.approx(100 * np.mean(maps))
    assert found.to_json()["maps"]["encoder.stages.0.gate"]["kept"]["score"] == kept


def test_a_model_compared_with_itself_is_no_better(model: ImageModel, tmp_path: Path, tiny_run: Path) -> None:
    found = compare([model, model], metric="nll")
    assert (found.held.examples, found.held.metric) == (6, "nll")
    assert found.to_first[1] is not None
    assert (found.to_first[1].difference, found.to_first[1].p_value) == (0.0, 1.0)
    assert found.held.parameters[0] == sum(parameter.numel() for parameter in model.network.parameters())
    with pytest.raises(OptionError, match=r"different tasks can't be compared: .* is image-to-label, .*text-to-text"):
        compare([model, load(tiny_run)])
    with pytest.raises(OptionError, match=r"`metric` is 'top2', which the recipe of .* lacks. Did you mean `top1`"):
        compare([model, model], metric="top2")
