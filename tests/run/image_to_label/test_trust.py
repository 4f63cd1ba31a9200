"""The maps of a classifier are judged by erasing pixels under their cells."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from saccade.run.erased_image import ERASERS, Eraser, blurred, mean_colour
from saccade.run.image_to_label import channels, holding
from saccade.run.image_to_label import trust as module
from saccade.run.image_to_label.model import ImageModel
from saccade.run.image_to_label.trust import _Shown
from saccade.run.tasks import load


@pytest.fixture(scope="module")
def model(image_run: Path) -> ImageModel:
    loaded = load(image_run)
    assert isinstance(loaded, ImageModel)
    return loaded


@pytest.fixture(scope="module")
def shown(model: ImageModel) -> _Shown:
    return _Shown(model.network, model.labelled("validation").image(0))


def probability(model: ImageModel, image: torch.Tensor, label: int) -> float:
    with torch.no_grad():
        return float(model.network.logits(image[None])[0].double().softmax(-1)[label])


@pytest.mark.parametrize(("how", "eraser"), ERASERS.items(), ids=ERASERS)
def test_all_seen_is_the_image_and_nothing_seen_is_what_erases_it(
    model: ImageModel, shown: _Shown, how: str, eraser: Eraser
) -> None:
    for layer, seen in shown.maps.items():
        items = seen.weights.size
        found = shown.erased().answers(layer)[how](np.stack([np.ones(items, dtype=bool), np.zeros(items, dtype=bool)]))
        assert found[0] == pytest.approx(probability(model, shown.image, shown.label), abs=1e-6)
        assert found[1] == pytest.approx(probability(model, eraser(shown.image), shown.label), abs=1e-6)


def test_a_cell_is_erased_under_its_own_pixels_alone(model: ImageModel, shown: _Shown) -> None:
    """The image is 11 × 13 pixels: each belongs to the cell in which its middle lies, row by row."""
    for layer, seen in shown.maps.items():
        rows, columns = seen.weights.shape
        row, column = rows - 1, 0
        keep = np.ones(rows * columns, dtype=bool)
        keep[row * columns + column] = False
        image = shown.image.clone()
        instead = mean_colour(shown.image)
        for y in range(11):
            for x in range(13):
                if int((y + 0.5) * rows / 11) == row and int((x + 0.5) * columns / 13) == column:
                    image[:, y, x] = instead[:, y, x]
        assert not torch.equal(image, shown.image)
        found = shown.erased().answers(layer)["mean colour"](keep[None])
        assert found[0] == pytest.approx(probability(model, image, shown.label), abs=1e-6)


def test_a_blur_leaves_even_colour_and_moves_none_away() -> None:
    even = torch.full((3, 7, 11), 0.25)
    torch.testing.assert_close(blurred(even), even)
    point = torch.zeros(1, 41, 41)
    point[0, 20, 20] = 1
    spread = blurred(point)
    assert float(spread.sum()) == pytest.approx(1, abs=1e-5)
    assert float(spread.max()) == float(spread[0, 20, 20]) < 0.01
    torch.testing.assert_close(spread, spread.flip(1).transpose(1, 2))


def test_what_the_pixels_made_is_shared_out_over_all_layers_alike(shown: _Shown) -> None:
    erased = shown.erased()
    totals = [erased.shares(layer)["integrated gradients"].sum() for layer in shown.maps]
    np.testing.assert_allclose(totals, totals[0], rtol=1e-5)
    assert totals[0] > 0


def test_a_model_is_judged_layer_by_layer(model: ImageModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "IMAGES", 3)
    monkeypatch.setattr(channels, "IMAGES", 2)
    monkeypatch.setattr(holding, "HELD", 5)
    found = model.trust()
    assert found is not None
    layers = list(_Shown(model.network, model.labelled("validation").image(0)).maps)
    assert list(found.erased)[: 2 * len(layers)] == [f"{layer}, {how}" for layer in layers for how in ERASERS]
    assert {one.examples for one in list(found.erased.values())[: 2 * len(layers)]} == {3}
    json.dumps(found.to_json(), allow_nan=False)


def test_layers_with_the_same_cells_ask_once(shown: _Shown, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    probability = shown._probability
    monkeypatch.setattr(shown, "_probability", lambda images: asked.append(len(images)) or probability(images))
    erased, rows = shown.erased(), np.tri(5, next(iter(shown.maps.values())).weights.size, dtype=bool)
    first, second = (erased.answers(layer)["blur"](rows) for layer in [next(iter(shown.maps))] * 2)
    np.testing.assert_array_equal(first, second)
    assert sum(asked) == 5
