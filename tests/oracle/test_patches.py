"""Patches that look at each other against the slow loops: outputs, weights, every gradient; and how large they are."""

import pytest
import torch
from torch import Tensor, nn
from torch.testing import assert_close
from torch.utils.flop_counter import FlopCounterMode

from saccade.encoders import Encoded, Patches
from saccade.encoders.self_attention import SelfAttention, SelfAttentionLayers
from saccade.recording import listening

from . import counting, images_parameters, patches
from .comparing import assert_same, draw, shake

BATCH = 2
OPTIONS = {"patch": 3, "d_model": 8, "heads": 2, "layers": 2}


def images(height: int, width: int) -> Tensor:
    return draw(BATCH, 3, height, width).requires_grad_()


def ours(encoded: Encoded) -> list[Tensor]:
    return [encoded.memory.values, *(part for state in encoded.states for part in state)]


def theirs(read: list[patches.Encoded]) -> list[Tensor]:
    tokens = [image.class_token for image in read if image.class_token is not None]
    return [torch.stack([image.patches for image in read]), *([torch.stack(tokens)] if tokens else [])]


@pytest.mark.parametrize("class_token", [False, True], ids=["mean", "class-token"])
@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("size", [(6, 3), (5, 7)])
def test_patches_are_the_papers(class_token: bool, stride: int, size: tuple[int, int]):
    if stride == 1:
        size = (4, 5)
    encoder = shake(Patches(**OPTIONS, stride=stride, size=size, class_token=class_token))
    assert encoder.positions is not None
    x = images(*size)
    read = images_parameters.read_with_patches(encoder, x, list(encoder.positions))
    assert_same(encoder, ours(encoder(x)), theirs(read), inputs=[x])


@pytest.mark.parametrize("class_token", [False, True], ids=["mean", "class-token"])
def test_what_is_shown_is_the_papers_weights(class_token: bool):
    encoder = shake(Patches(**OPTIONS, size=5, class_token=class_token))
    assert encoder.positions is not None
    x = images(5, 5)
    shown: dict[nn.Module, Tensor] = {}
    with listening(lambda module, map_, _: shown.__setitem__(module, map_)):
        encoded = encoder(x)
    read = images_parameters.read_with_patches(encoder, x, list(encoder.positions))
    weights = [torch.stack([image.weights[layer] for image in read]) for layer in range(OPTIONS["layers"])]
    looks = [module for module in encoder.modules() if isinstance(module, SelfAttention)]
    assert_same(encoder, [*ours(encoded), *(shown[look] for look in looks)], [*theirs(read), *weights], inputs=[x])


@pytest.mark.parametrize("size", [(7, 4), (3, 13)])
def test_learnt_positions_at_another_size(size: tuple[int, int]):
    encoder = shake(Patches(**OPTIONS, size=(6, 8)))
    assert encoder.positions is not None
    positions = patches.interpolated(list(encoder.positions), encoder.grid, encoder.grid_size(*size))
    x = images(*size)
    read = images_parameters.read_with_patches(encoder, x, positions)
    assert_same(encoder, ours(encoder(x)), theirs(read), inputs=[x])


def test_sines_are_the_papers():
    encoder = shake(Patches(**OPTIONS, positions="sine"))
    x = images(7, 4)
    read = images_parameters.read_with_patches(encoder, x, patches.sines(*encoder.grid_size(7, 4), 8))
    # Sines are in single precision.
    assert_close(ours(encoder(x)), theirs(read), rtol=1e-4, atol=1e-4)


def test_layers_do_not_see_what_is_masked():
    layers = shake(SelfAttentionLayers(d_model=8, heads=2, layers=2))
    items = draw(3, 5, 8).requires_grad_()
    mask = torch.tensor([[True] * 5, [True, False, True, True, False], [False, True, False, False, False]])
    outputs = []
    for vectors, seen in zip(items, mask, strict=True):
        kept = [vector if holds else torch.zeros_like(vector) for vector, holds in zip(vectors, seen, strict=True)]
        for layer in layers.layers:
            kept, _ = patches.encode(kept, images_parameters.of_layer(layer), seen.tolist())
        norm = images_parameters.layer_norm_of(layers.norm)
        outputs.append(torch.stack([patches.normalised(vector, norm) for vector in kept]))
    assert_same(layers, [layers(items, mask)], [torch.stack(outputs)], inputs=[items])


def test_the_mean_of_what_is_read_is_over_the_patches():
    encoder = shake(Patches(**OPTIONS, size=5))
    assert encoder.positions is not None
    x = images(5, 5)
    read = images_parameters.read_with_patches(encoder, x, list(encoder.positions))
    means = torch.stack([patches.mean(image, [True] * len(image.patches)) for image in read])
    assert_close(encoder(x).memory.values.mean(dim=1), means)


# --- sizes ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("layers", "d_model", "heads", "patch", "millions"), [(12, 768, 12, 16, 86), (24, 1024, 16, 16, 304)]
)
def test_as_large_as_in_the_paper(layers: int, d_model: int, heads: int, patch: int, millions: int):
    """Table 1 has 86 million for the base model and 307 for the large one, with what comes after."""
    with torch.device("meta"):
        encoder = Patches(patch=patch, d_model=d_model, heads=heads, layers=layers, size=224, class_token=True)
    number = (224 // patch) ** 2
    # The paper's class token has a position of its own, ours is both in one.
    counted = counting.transformer_parameters(layers, d_model, patch, number, class_token=True) - d_model
    assert sum(parameter.numel() for parameter in encoder.parameters()) == counted
    assert counted / 1e6 == pytest.approx(millions, rel=0.01)
    with FlopCounterMode(display=False) as counter:
        encoder(torch.empty(1, 3, 224, 224, device="meta"))
    expected = counting.transformer_multiplications(layers, d_model, patch, number, class_token=True)
    assert counter.get_total_flops() == 2 * expected
