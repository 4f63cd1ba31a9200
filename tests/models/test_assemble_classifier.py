"""A classifier is put together from names; what does not fit is refused by the name of its option."""

import pytest
import torch

from saccade.encoders import IMAGE_ENCODERS, ConvNet, Patches
from saccade.encoders.residual_unit import ResidualUnit
from saccade.errors import OptionError
from saccade.gates import BLOCK_GATES, Channel
from saccade.models import POOLINGS, assemble_classifier

SMALL = {
    "convnet": {"depth": 8, "width": 4},
    "patches": {"d_model": 8, "heads": 2, "layers": 1, "class_token": True},
    "residual-attention": {"width": 8},
}


@pytest.mark.parametrize("kind", IMAGE_ENCODERS)
@pytest.mark.parametrize("pooling", POOLINGS)
def test_every_encoder_with_every_pooling(kind: str, pooling: str):
    if pooling == "class-token" and kind != "patches":
        pytest.skip("only patches have a class token")
    model = assemble_classifier(7, encoder=(kind, SMALL[kind]), pooling=(pooling, {}), channels=1, size=(33, 31)).eval()
    with torch.no_grad():
        assert model.logits(torch.zeros(2, 1, 33, 31, dtype=torch.uint8)).shape == (2, 7)


@pytest.mark.parametrize("kind", BLOCK_GATES)
def test_every_gate_in_each_unit(kind: str):
    model = assemble_classifier(7, encoder=("convnet", SMALL["convnet"]), gate=(kind, {}))
    assert isinstance(model.encoder, ConvNet)
    units = [unit for unit in model.encoder.stages if isinstance(unit, ResidualUnit)]
    assert [type(unit.gate) for unit in units] == [BLOCK_GATES[kind]] * 3


def test_options_of_a_gate_reach_it():
    model = assemble_classifier(7, encoder=("convnet", SMALL["convnet"]), gate=("channel", {"hard": True}))
    assert any(isinstance(module, Channel) and module.choose.hard for module in model.modules())


def test_positions_are_learnt_for_the_size_of_the_images():
    model = assemble_classifier(7, encoder=("patches", SMALL["patches"]), size=(16, 24))
    assert isinstance(model.encoder, Patches)
    assert model.encoder.grid == (4, 6)


def test_is_made_without_memory_where_that_is_asked():
    with torch.device("meta"):
        for kind in IMAGE_ENCODERS:
            model = assemble_classifier(1000, encoder=(kind, SMALL[kind]), pooling=("attention", {}))
            assert all(parameter.is_meta for parameter in model.parameters())


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"encoder": ("convnets", {})}, "`encoder.kind` is 'convnets', which is not known. Did you mean `convnet`"),
        ({"pooling": ("men", {})}, "`pooling.kind` is 'men', which is not known. Did you mean `mean`"),
        ({"gate": ("chanel", {})}, "`gate.kind` is 'chanel', which is not known. Did you mean `channel`"),
        ({"gate": ("pyramid", {})}, "`gate.kind` is 'pyramid', which does not fit into a unit"),
        ({"gate": ("residual-mask", {})}, "`gate.kind` is 'residual-mask'.*take `encoder: {kind: residual-attention}`"),
        (
            {"encoder": ("patches", SMALL["patches"]), "gate": ("channel", {})},
            "`gate.kind` is 'channel', but `encoder.kind` is 'patches', which takes no gate",
        ),
        ({"pooling": ("class-token", {})}, "`pooling.kind` is 'class-token', but the encoder has none"),
        (
            {"encoder": ("patches", {"d_model": 8, "heads": 2, "layers": 1}), "pooling": ("class-token", {})},
            "`pooling.kind` is 'class-token', but the encoder has none",
        ),
        ({"size": (40, 2)}, "`size` is 40×2 pixels, but this encoder reads none below 3×3"),
        ({"labels": 0}, "`labels` must be at least 1, but is 0"),
    ],
)
def test_parts_that_do_not_fit_are_refused(options: dict, message: str):
    options = {"labels": 7, "encoder": ("convnet", SMALL["convnet"])} | options
    with pytest.raises(OptionError, match=message):
        assemble_classifier(options.pop("labels"), **options)
