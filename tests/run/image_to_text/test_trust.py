"""The looks of a reader of images are judged by erasing items and pixels."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from tests.run.image_to_text.tiny_texts import write_tiny_texts

from saccade.data.tokenizers import BEGIN
from saccade.maps import liveliness
from saccade.run.image_to_text import trust as module
from saccade.run.image_to_text.answers import Answer
from saccade.run.image_to_text.model import ImageTextModel
from saccade.run.train import train


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> ImageTextModel:
    folder = tmp_path_factory.mktemp("tiny-texts")
    trained = train(write_tiny_texts(folder), folder / "run")
    assert isinstance(trained, ImageTextModel)
    return trained


@pytest.fixture(scope="module")
def answer(model: ImageTextModel) -> Answer:
    return next(iter(model.answers_to(model.images("validation"))))[0]


@torch.no_grad()
def searched(model: ImageTextModel, image: torch.Tensor, tokens: list[int], place: int) -> float:
    """The probability that a search sees of a token, after those before it."""
    step = model.network.read(image[None], None)
    said = step(torch.tensor([BEGIN]), step.start())
    for token in tokens[:place]:
        said = step(torch.tensor([token]), said.state)
    return float(said.log_probs[0, tokens[place]].exp())


def test_all_seen_is_what_a_search_sees(model: ImageTextModel, answer: Answer) -> None:
    pixels = model.images("validation").image(0)
    image = torch.from_numpy(pixels).permute(2, 0, 1)
    for place in range(len(answer.tokens)):
        ways = module._written(model.network, pixels, answer, place).answers("")
        assert list(ways) == ["memory", "blur", "mean colour"]
        everything = np.ones((1, answer.weights.shape[1]), dtype=bool)  # pyright: ignore[reportOptionalMemberAccess]
        for way in ways.values():
            assert way(everything) == pytest.approx(searched(model, image, answer.tokens, place), abs=1e-5)


def test_without_pixels_the_image_is_of_its_mean_colour(model: ImageTextModel, answer: Answer) -> None:
    pixels = model.images("validation").image(0)
    image = torch.from_numpy(pixels).permute(2, 0, 1).float() / 255
    even = image.mean((1, 2), keepdim=True).expand_as(image)
    assert answer.weights is not None
    nothing = np.zeros((1, answer.weights.shape[1]), dtype=bool)
    found = module._written(model.network, pixels, answer, 0).answers("")["mean colour"](nothing)
    assert found == pytest.approx(searched(model, even, answer.tokens, 0), abs=1e-5)


def test_one_look_of_each_image_is_judged(model: ImageTextModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "TOKENS", 2)
    found = model.trust()
    assert found is not None
    assert list(found.erased) == ["memory", "blur", "mean colour"]
    assert {one.examples for one in found.erased.values()} == {2}
    assert set(found.agreement) <= {"integrated gradients"}
    json.dumps(found.to_json(), allow_nan=False)


def test_the_looks_of_one_text_are_judged_together(model: ImageTextModel) -> None:
    picture = Path(model.path).parent / "pictures" / "validation-0.png"
    look = model.look(picture, trust=True).look
    assert look.trust is not None
    assert {one.examples for one in look.trust.erased.values()} == {len(look.maps) - 1}
    assert type(look).from_json(json.loads(json.dumps(look.to_json()))).to_json() == look.to_json()


def test_how_its_maps_move_is_measured(model: ImageTextModel) -> None:
    looks = [answers[0].weights for answers in model.answers_to(model.images("validation"))]
    found = model.evaluate("validation")
    assert found.maps == liveliness([look for look in looks if look is not None])
    assert found.to_json()["maps"] == (None if found.maps is None else found.maps.to_json())
