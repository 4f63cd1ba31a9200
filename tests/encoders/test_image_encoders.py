"""What every image encoder promises, in each of its forms."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from saccade.encoders import IMAGE_ENCODERS, ImageEncoder
from saccade.errors import DataError, OptionError
from saccade.gates import BLOCK_GATES

CASES = {
    "convnet": ("convnet", {"depth": 8, "width": 5}),
    "convnet-gated": ("convnet", {"depth": 8, "width": 5, "gate": BLOCK_GATES["channel-then-spatial"]}),
    "convnet-large": ("convnet", {"depth": 18, "width": 3, "form": "large"}),
    "convnet-bottleneck": ("convnet", {"depth": 50, "width": 4, "form": "large"}),
    "patches": ("patches", {"d_model": 12, "heads": 3, "layers": 2}),
    "patches-sine": ("patches", {"d_model": 12, "heads": 3, "layers": 2, "stride": 3, "positions": "sine"}),
    "patches-class-token": ("patches", {"d_model": 12, "heads": 3, "layers": 2, "class_token": True}),
    "residual-attention": ("residual-attention", {"width": 8}),
    "residual-attention-large": ("residual-attention", {"width": 8, "form": "large"}),
    "residual-attention-spatial": ("residual-attention", {"width": 8, "normalisation": "spatial"}),
}
LEAST = {
    "convnet": 3,
    "convnet-gated": 3,
    "convnet-large": 17,
    "convnet-bottleneck": 17,
    "patches": 4,
    "patches-sine": 4,
    "patches-class-token": 4,
    "residual-attention": 5,
    "residual-attention-large": 17,
    "residual-attention-spatial": 9,
}
CHANNELS, BATCH = 2, 3


def make(case: str, seed: int = 0) -> ImageEncoder:
    torch.manual_seed(seed)
    kind, options = CASES[case]
    return IMAGE_ENCODERS[kind](CHANNELS, **options)


def images(height: int, width: int, batch: int = BATCH) -> Tensor:
    return torch.randn(batch, CHANNELS, height, width, generator=torch.Generator().manual_seed(7))


def test_the_cases_are_the_whole_table():
    assert {kind for kind, _ in CASES.values()} == set(IMAGE_ENCODERS)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize(("height", "width"), [(33, 31), (17, 19)])
def test_items_are_the_grid_row_by_row_and_share_the_image(case: str, height: int, width: int):
    encoder = make(case).eval()
    rows, columns = encoder.grid_size(height, width)
    memory = encoder(images(height, width)).memory
    assert memory.values.shape == (BATCH, rows * columns, encoder.d_memory)
    assert memory.keys is memory.values
    assert memory.mask is None
    assert memory.items == encoder.boxes(height, width)
    boxes = torch.tensor(encoder.boxes(height, width)).unflatten(0, (rows, columns))
    left, top, right, bottom = boxes.unbind(-1)
    assert (left[:, 0] == 0).all()
    assert (top[0] == 0).all()
    assert (right[:, -1] == width).all()
    assert (bottom[-1] == height).all()
    # Each begins right of, or below, the one before, and no pixel lies between them.
    assert (left.diff(dim=1) > 0).all()
    assert (top.diff(dim=0) > 0).all()
    assert (left[:, 1:] <= right[:, :-1] + 1e-4).all()
    assert (top[1:] <= bottom[:-1] + 1e-4).all()


# In 64×64 pixels, each of the few items of a large form sees nearly everything.
@pytest.mark.parametrize("case", [case for case, least in LEAST.items() if least < 17])
def test_items_stand_where_their_boxes_say(case: str):
    """What is changed in the top right corner of an image is seen most by the item whose box is there."""
    encoder = make(case).double().eval()
    before = images(64, 64, 1).double()
    after = before.clone()
    after[..., :16, 48:] += 3.0
    with torch.no_grad():
        change = encoder(after).memory.values - encoder(before).memory.values
    rows, columns = encoder.grid_size(64, 64)
    change = change.norm(dim=-1).reshape(rows, columns)
    corners = torch.stack([change[0, 0], change[0, -1], change[-1, 0], change[-1, -1]])
    assert int(corners.argmax()) == 1


@pytest.mark.parametrize("case", CASES)
def test_gradients_reach_every_parameter(case: str):
    encoder = make(case)
    encoded = encoder(images(33, 31))
    read = [encoded.memory.values.flatten(1), *(part for state in encoded.states for part in state)]
    torch.cat(read, dim=1).square().sum().backward()
    unreached = [
        name for name, part in encoder.named_parameters() if part.grad is None or not part.grad.isfinite().all()
    ]
    assert unreached == []


@pytest.mark.parametrize("case", CASES)
def test_alone_is_as_in_a_batch(case: str):
    encoder = make(case).double().eval()
    batch = images(19, 23).double()
    with torch.no_grad():
        together = encoder(batch).memory.values
        alone = torch.cat([encoder(image[None]).memory.values for image in batch])
    torch.testing.assert_close(together, alone, atol=1e-10, rtol=0)


@pytest.mark.parametrize("case", CASES)
def test_how_images_lie_in_memory_changes_nothing(case: str):
    encoder = make(case).double().eval()
    batch = images(19, 23).double()
    with torch.no_grad():
        expected = encoder(batch).memory.values
        encoder.to(memory_format=torch.contiguous_format)
        ours = encoder(batch.contiguous(memory_format=torch.channels_last)).memory.values
    torch.testing.assert_close(ours, expected, atol=1e-10, rtol=0)


@pytest.mark.parametrize("case", CASES)
def test_bfloat16_stays_near(case: str):
    encoder = make(case).eval()
    batch = images(19, 23)
    with torch.no_grad():
        exact = encoder(batch).memory.values
        with torch.autocast("cpu", torch.bfloat16):
            ours = encoder(batch).memory.values.float()
    assert (ours - exact).norm() < 0.05 * exact.norm()


@pytest.mark.parametrize("case", CASES)
def test_too_small_images_are_refused_with_the_least_size(case: str):
    encoder, least = make(case).eval(), LEAST[case]
    assert encoder(images(least, least + 2)).memory.values.isfinite().all()
    with pytest.raises(DataError, match=rf"{least + 2} pixels high and {least - 1} wide.*none below {least}×{least}\."):
        encoder(images(least + 2, least - 1))


@pytest.mark.parametrize("case", CASES)
def test_other_channels_are_refused(case: str):
    with pytest.raises(DataError, match=r"with channel = 2, but has \(3, 5, 19, 23\)"):
        make(case)(torch.zeros(3, 5, 19, 23))


@pytest.mark.parametrize("case", ["convnet-gated", "residual-attention", "patches-sine"])
@settings(max_examples=10, deadline=None)
@given(height=st.integers(5, 40), width=st.integers(5, 40))
def test_any_size_is_read(case: str, height: int, width: int):
    encoder = make(case).eval()
    with torch.no_grad():
        memory = encoder(images(height, width, 1)).memory
    rows, columns = encoder.grid_size(height, width)
    assert memory.values.shape == (1, rows * columns, encoder.d_memory)
    assert memory.items is not None
    assert len(memory.items) == rows * columns
    assert memory.values.isfinite().all()


@pytest.mark.parametrize("kind", IMAGE_ENCODERS)
def test_no_channels_are_refused(kind: str):
    with pytest.raises(OptionError, match="`channels` must be at least 1, but is 0"):
        IMAGE_ENCODERS[kind](0)
