"""Patches hold what the image holds, overlap where they are told to, and their looks can be seen."""

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from saccade.encoders import Box, Patches
from saccade.errors import OptionError
from saccade.recording import listening

TINY = {"d_model": 12, "heads": 3, "layers": 2}


def make(**options) -> Patches:
    torch.manual_seed(0)
    return Patches(2, **TINY | options).double().eval()


def embedded(encoder: Patches, images: Tensor) -> Tensor:
    """What the layers are given, without the positions."""
    given = []
    handle = encoder.dropout.register_forward_pre_hook(lambda _, inputs: given.append(inputs[0]))
    with torch.no_grad():
        encoder(images)
    handle.remove()
    return given[0]


@pytest.mark.parametrize(("patch", "stride"), [(4, None), (5, 3), (3, 1)])
def test_a_patch_is_what_its_box_holds(patch: int, stride: int | None):
    encoder = make(patch=patch, stride=stride)
    assert encoder.positions is not None
    torch.nn.init.zeros_(encoder.positions)
    images = torch.randn(1, 2, 11, 13, dtype=torch.float64)
    ours = embedded(encoder, images)[0]
    for vector, box in zip(ours, encoder.boxes(11, 13), strict=True):
        left, top, right, bottom = (int(edge) for edge in box)
        part = images[0, :, top:bottom, left:right]
        whole = F.pad(part, (0, patch - part.shape[2], 0, patch - part.shape[1]))
        expected = torch.einsum("oihw,ihw->o", encoder.project.weight, whole) + _bias(encoder)
        torch.testing.assert_close(vector, expected)


def _bias(encoder: Patches) -> Tensor:
    assert encoder.project.bias is not None
    return encoder.project.bias


def test_patches_overlap_and_end_with_the_image():
    encoder = make(patch=4, stride=3)
    assert encoder.grid_size(4, 11) == (1, 4)
    assert encoder.boxes(4, 11) == (Box(0, 0, 4, 4), Box(3, 0, 7, 4), Box(6, 0, 10, 4), Box(9, 0, 11, 4))


def test_as_many_patches_as_it_takes_and_no_more():
    encoder = make(patch=4)
    assert [encoder.grid_size(4, width)[1] for width in (4, 5, 8, 9)] == [1, 2, 2, 3]


@pytest.mark.parametrize("size", [8, (8, 16)])
def test_learnt_positions_are_taken_as_they_are_at_their_size_and_between_at_others(size: int | tuple[int, int]):
    encoder = make(patch=4, size=size)
    assert encoder.positions is not None
    height, width = (size, size) if isinstance(size, int) else size
    rows, columns = height // 4, width // 4
    # As large as the row, so that more rows must lie between the first and the last.
    encoder.positions.data = torch.arange(rows).double().repeat_interleave(columns)[:, None].expand(-1, 12).contiguous()
    encoder.project.weight.data.zero_()
    _bias(encoder).data.zero_()
    here = embedded(encoder, torch.zeros(1, 2, height, width, dtype=torch.float64))
    torch.testing.assert_close(here[0], encoder.positions.data)
    larger = embedded(encoder, torch.zeros(1, 2, 4 * height, width, dtype=torch.float64))[0, :, 0]
    down = larger.reshape(4 * rows, columns)
    assert (down.diff(dim=0) >= -0.2).all()
    torch.testing.assert_close(down, down[:, :1].expand_as(down))
    assert down[-1, 0] - down[0, 0] > 0.8 * (rows - 1)


def test_sines_tell_every_place_from_every_other():
    encoder = make(positions="sine")
    encoder.project.weight.data.zero_()
    given = embedded(encoder, torch.zeros(1, 2, 28, 20, dtype=torch.float64))[0]
    distances = torch.cdist(given, given) + torch.eye(35)
    assert distances.min() > 0.3
    # Rows and columns each have a half of their own.
    grid = given.unflatten(0, (7, 5))
    torch.testing.assert_close(grid[:, :1, :6].expand(-1, 5, -1), grid[..., :6])
    torch.testing.assert_close(grid[:1, :, 6:].expand(7, -1, -1), grid[..., 6:])


@pytest.mark.parametrize("class_token", [False, True])
def test_shows_a_map_for_each_layer_and_head(class_token: bool):
    encoder = make(class_token=class_token)
    images = torch.randn(2, 2, 28, 20, dtype=torch.float64)
    plain = encoder(images).memory.values
    maps: list[Tensor] = []
    with listening(lambda _, weights, __: maps.append(weights)):
        recorded = encoder(images).memory.values
    items = 35 + class_token
    assert [tuple(weights.shape) for weights in maps] == [(2, 3, items, items)] * 2
    torch.testing.assert_close(maps[0].sum(-1), torch.ones(2, 3, items, dtype=torch.float64))
    torch.testing.assert_close(recorded, plain, atol=0, rtol=0)


def test_the_class_token_is_the_state_and_no_item():
    encoder = make(class_token=True)
    encoded = encoder(torch.randn(2, 2, 28, 20, dtype=torch.float64))
    assert encoded.memory.values.shape == (2, 35, 12)
    ((state,),) = encoded.states
    assert state.shape == (2, 12)
    assert make().class_token is None
    assert make()(torch.zeros(2, 2, 28, 20, dtype=torch.float64)).states == ()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"stride": 5}, "`stride` must not be larger than `patch`, 4, or pixels are left out, but is 5. Take 4."),
        ({"patch": 0}, "`patch` must be at least 1, but is 0"),
        ({"stride": 0}, "`stride` must be at least 1, but is 0"),
        ({"d_model": 13}, "`d_model` must be a multiple of `heads`, but is 13 with 3 heads"),
        ({"d_model": 18, "positions": "sine"}, "`d_model` must be a multiple of 4.*but is 18. Take 20"),
        ({"layers": 0}, "`layers` must be at least 1, but is 0"),
    ],
)
def test_what_does_not_fit_is_refused(options: dict, message: str):
    with pytest.raises(OptionError, match=message):
        make(**options)
