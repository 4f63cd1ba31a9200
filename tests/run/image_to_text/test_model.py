"""A trained reader of images answers in order, whatever the batch; shows its looks; is measured and compared."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
from tests.run.image_to_text.tiny_texts import HEIGHT, TEXTS, WIDTH, write_stripes, write_table, write_tiny_texts

import saccade
from saccade.errors import DataError, MissingError, OptionError, SaccadeError
from saccade.recipes.load import load_recipe
from saccade.run.comparison import compare
from saccade.run.image_to_text.model import ALL, ImageTextModel
from saccade.run.train import Begun, train

PRINTED = """\
name: tiny-printed
task: image-to-text
data: {set: printed-numbers, options: {height: 16, width: 64}, train: {images: 17}, validation: {images: 7}}
model:
  encoder: {kind: convnet, depth: 8, width: 3}
  decoder: {d_state: 7}
  embeddings: {d_embedding: 3}
batches: {max_images: 5}
training: {max_updates: 2, precision: float32}
search: {kind: greedy, max_length: 9}
"""


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> ImageTextModel:
    folder = tmp_path_factory.mktemp("tiny-texts")
    trained = train(write_tiny_texts(folder), folder / "run")
    assert isinstance(trained, ImageTextModel)
    return trained


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("pictures")
    sizes = [(HEIGHT, WIDTH), (7, 29), (31, 9), (17, 40)]
    return [write_stripes(folder / f"{place}.png", "rgb", size=size) for place, size in enumerate(sizes)]


def test_the_front_door_leads_here(model: ImageTextModel) -> None:
    assert isinstance(saccade.load(model.path), ImageTextModel)


@pytest.mark.parametrize("window", [1, 3, 100])
def test_images_alone_are_read_as_together(model: ImageTextModel, pictures: list[Path], window: int) -> None:
    together = list(model.answers(pictures, n_best=2, window=window))
    assert [answers[0].name for answers in together] == list(map(str, pictures))
    for answers, picture in zip(together, pictures, strict=True):
        [alone] = model.answers([picture], n_best=2)
        assert [one.output for one in alone] == [one.output for one in answers]
        assert [one.score for one in alone] == pytest.approx([one.score for one in answers], abs=1e-5)


def test_greedy_is_a_beam_of_one_and_lengths_are_kept(model: ImageTextModel, pictures: list[Path]) -> None:
    [answers] = model.answers(pictures[:1], kind="greedy", max_length=2)
    assert len(answers) == 1
    assert len(answers[0].tokens) <= 2
    with pytest.raises(OptionError, match=r"`n_best` is 2. Allowed: 1, since greedy search has one answer"):
        next(model.answers(pictures, n_best=2, kind="greedy"))
    with pytest.raises(OptionError, match=r"`search.beem` is not an option. Did you mean `beam`"):
        model.predict(pictures, beem=2)


def test_what_is_no_image_is_refused(model: ImageTextModel, pictures: list[Path]) -> None:
    answers = model.answers([pictures[0], "nowhere.png"])
    assert next(answers)[0].name == str(pictures[0])
    with pytest.raises(MissingError, match=r"nowhere.png: there is no such file"):
        next(answers)
    with pytest.raises(OptionError, match=r"`images` must be several images, but is one"):
        model.predict("a.png")


def test_a_look_has_a_map_for_each_token_and_saves_itself(
    model: ImageTextModel, pictures: list[Path], tmp_path: Path
) -> None:
    look = model.look(pictures[0])
    [answers] = model.answers(pictures[:1])
    assert look.label == answers[0].output
    names = list(look.maps)
    assert names[0] == ALL
    assert [name.split(": ")[0] for name in names[1:]] == [str(n) for n in range(1, len(answers[0].tokens) + 1)]
    assert answers[0].weights is not None
    for seen, weights in zip(list(look.maps.values())[1:], answers[0].weights, strict=True):
        assert [axis.name for axis in seen.axes] == ["height", "width"]
        assert seen.axes[0].places == ((0.0, float(HEIGHT)),)
        np.testing.assert_allclose(seen.weights.ravel(), weights, atol=1e-6)
    assert look.overlay(names[1]).shape == (HEIGHT, WIDTH)
    assert look.look.probabilities[0][1] == pytest.approx(math.exp(answers[0].log_prob), abs=1e-6)
    for name in ("page.html", "map.png", "look.json"):
        assert look.save(tmp_path / name) == []
    assert list(look.only(names[1]).maps) == [names[1]]
    saved = json.loads((tmp_path / "look.json").read_text(encoding="utf-8"))
    assert [seen["layer"] for seen in saved["looks"][0]["maps"]] == names


@pytest.mark.parametrize("beam", [1, 2, 7])
def test_a_look_is_at_the_text_that_is_answered(model: ImageTextModel, pictures: list[Path], beam: int) -> None:
    """It seeks no wider than an answer does: another beam may find another text."""
    look = model.look(pictures[1], beam=beam)
    assert look.label == model.predict(pictures[1:2], beam=beam)[0]
    assert len(look.look.probabilities) == min(beam, 5)


def test_evaluation_has_figures_and_no_pointing_without_boxes(model: ImageTextModel, tmp_path: Path) -> None:
    found = model.evaluate()
    assert list(found.figures) == ["exact", "cer"]
    assert len(found.outputs) == 3
    assert found.pointing is None
    assert found.to_json()["pointing"] is None
    assert len(model.evaluate(write_table(tmp_path / "own.csv", TEXTS[2:])).outputs) == len(TEXTS) - 2
    with pytest.raises(OptionError, match="no split 'tset'"):
        model.evaluate("tset")


def test_where_boxes_are_known_looks_are_held_against_them(tmp_path: Path, model: ImageTextModel) -> None:
    recipe = tmp_path / "printed.yaml"
    recipe.write_text(PRINTED, encoding="utf-8")
    printed = train(recipe, tmp_path / "run")
    assert isinstance(printed, ImageTextModel)
    found = printed.evaluate()
    images = printed.images("validation")
    assert found.pointing is not None
    assert found.pointing.images == sum(len(text.replace(" ", "")) for text in images.texts)
    assert 0 < found.pointing.game.chance < 30
    assert set(found.to_json()["pointing"]) == {"characters", "game", "mass"}
    with pytest.raises(DataError, match="reads \\(11, 23, 3\\)"):
        model.evaluate(images)


def test_a_fixed_context_does_not_look(tmp_path: Path) -> None:
    recipe = write_tiny_texts(tmp_path)
    blind = train(recipe, tmp_path / "run", ["model.decoder.context=initial", "training.max_updates=1"])
    assert not blind.looks
    assert blind.evaluate().pointing is None
    with pytest.raises(OptionError, match="has a fixed context"):
        blind.look(tmp_path / "pictures" / "train-0.png")


def test_a_model_compared_with_itself_is_no_better(model: ImageTextModel) -> None:
    found = compare([model, model], metric="cer")
    assert (found.examples, found.metric) == (3, "cer")
    assert found.to_first[1] is not None
    assert (found.to_first[1].difference, found.to_first[1].p_value) == (0.0, 1.0)
    assert found.to_json()["runs"][1]["to_first"]["difference"] == 0.0


def test_a_run_begins_as_another_ended(model: ImageTextModel, tmp_path: Path) -> None:
    recipe = write_tiny_texts(tmp_path)
    write_table(tmp_path / "train.csv", ("g", "bb"))
    begun = Begun(load_recipe(recipe, [f"model.start_from={model.path}"]), tmp_path / "run")
    assert begun.facts[-3] == f"begins as {model.path}"
    for name, value in begun.lesson.network.state_dict().items():
        np.testing.assert_array_equal(value.numpy(), model.network.state_dict()[name].numpy())
    with pytest.raises(SaccadeError, match=r"a network of other parts: `encoder.grid"):
        Begun(load_recipe(recipe, [f"model.start_from={model.path}", "model.encoder.width=5"]), tmp_path / "other")
    write_table(tmp_path / "train.csv", ("g", "xb", "y"))
    with pytest.raises(SaccadeError, match="which never saw 'x', 'y', and so can't write it"):
        Begun(load_recipe(recipe, [f"model.start_from={model.path}"]), tmp_path / "other")


def test_a_run_may_begin_with_the_encoder_of_labels_and_with_no_other(
    tmp_path: Path, tiny_run: Path, image_run: Path
) -> None:
    recipe = write_tiny_texts(tmp_path)
    gate = "model.encoder.gate={kind: spatial, kernel_size: 3}"
    begun = Begun(load_recipe(recipe, [f"model.start_from={image_run}", gate]), tmp_path / "run")
    labels = saccade.load(image_run)
    own, theirs = begun.lesson.network.state_dict(), labels.network.state_dict()  # pyright: ignore[reportAttributeAccessIssue]
    name = "stem.0.weight"
    assert f"encoder.{name}" in theirs
    np.testing.assert_array_equal(own[f"encoder.grid.{name}"].numpy(), theirs[f"encoder.{name}"].numpy())
    with pytest.raises(SaccadeError, match=r"which is a run of text-to-text. Name one of images"):
        Begun(load_recipe(recipe, [f"model.start_from={tiny_run}"]), tmp_path / "other")


def test_an_image_of_the_recipes_data_is_looked_at_with_its_text(model: ImageTextModel) -> None:
    example = model.example("validation:2")
    assert example is not None
    look = model.look(example).look
    assert (look.name, look.truth) == (example.data.name(1), example.data.texts[1])
