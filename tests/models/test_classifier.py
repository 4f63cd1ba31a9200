"""A classifier normalises, mixes and smooths as the formulas say, and its encoder goes on to another task."""

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from saccade.data.image_batches import ImageBatch
from saccade.encoders import ConvNet
from saccade.errors import DataError, OptionError
from saccade.models import Classifier, assemble_classifier
from saccade.models.pooling import Mean

BATCH, LABELS, HEIGHT, WIDTH = 5, 7, 11, 13
MEAN, STD = (0.5, 0.25, 0.125), (0.2, 0.3, 0.4)


def make(seed: int = 0, labels: int = LABELS, **options) -> Classifier:
    torch.manual_seed(seed)
    options = {"encoder": ("convnet", {"depth": 8, "width": 3}), "size": (HEIGHT, WIDTH)} | options
    return assemble_classifier(labels, mean=MEAN, std=STD, **options)


def make_images(seed: int = 0) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    shape = (BATCH, HEIGHT, WIDTH, 3)
    return torch.randint(0, 256, shape, dtype=torch.uint8, generator=generator).permute(0, 3, 1, 2)


def make_batch(*, mixed: bool = False) -> ImageBatch:
    batch = ImageBatch(make_images(), torch.tensor([3, 0, 6, 3, 1]))
    if not mixed:
        return batch
    return batch._replace(other=torch.tensor([4, 0, 1, 2, 3]), share=torch.tensor([0.25, 0.5, 1.0, 0.0, 0.75]))


def scores_of_normalised(model: Classifier, normalised: Tensor) -> Tensor:
    return model.vocabulary(model.pooling(model.encoder(normalised)))


def normalised(images: Tensor) -> Tensor:
    mean, std = (torch.tensor(numbers, dtype=torch.float64)[:, None, None] for numbers in (MEAN, STD))
    return (images.double() / 255 - mean) / std


def test_bytes_and_shares_of_one_are_normalised_alike():
    model = make().double().eval()
    images = make_images()
    ours = model.logits(images)
    assert ours.shape == (BATCH, LABELS)
    # mean and std were rounded to float32 before the model became one of float64.
    torch.testing.assert_close(ours, scores_of_normalised(model, normalised(images)), rtol=1e-6, atol=1e-6)
    torch.testing.assert_close(model.logits(images.double() / 255), ours)


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_loss_is_the_smoothed_cross_entropy(smoothing: float):
    model = make().double().eval()
    batch = make_batch()
    loss = model(batch, smoothing)
    logits = model.logits(batch.images)
    expected = F.cross_entropy(logits, batch.labels, reduction="sum", label_smoothing=smoothing)
    torch.testing.assert_close(loss.total, expected)
    torch.testing.assert_close(loss.log_prob, -F.cross_entropy(logits, batch.labels, reduction="sum"))
    assert not loss.log_prob.requires_grad
    assert int(loss.tokens) == BATCH


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_mixed_images_are_labelled_as_both_by_their_shares(smoothing: float):
    model = make().double().eval()
    batch = make_batch(mixed=True)
    assert batch.share is not None
    assert batch.other is not None
    share = batch.share.double()
    clean = normalised(batch.images)
    by_image = share[:, None, None, None]
    logits = scores_of_normalised(model, by_image * clean + (1 - by_image) * clean[batch.other])
    own, others = (
        F.cross_entropy(logits, labels, reduction="none", label_smoothing=smoothing)
        for labels in (batch.labels, batch.labels[batch.other])
    )
    expected = (share * own + (1 - share) * others).sum()
    torch.testing.assert_close(model(batch, smoothing).total, expected, rtol=1e-6, atol=1e-6)


def test_images_reach_the_encoder_with_channels_last():
    model = make()
    seen: list[Tensor] = []
    model.encoder.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0]))
    model(make_batch(mixed=True))
    model.logits(make_images().contiguous())
    assert all(images.is_contiguous(memory_format=torch.channels_last) for images in seen)
    assert [images.dtype for images in seen] == [torch.float32] * 2
    convolutions = [module for module in model.encoder.modules() if isinstance(module, nn.Conv2d)]
    assert all(layer.weight.is_contiguous(memory_format=torch.channels_last) for layer in convolutions)


PARTS = {
    "convnet": {},
    "gated": {"gate": ("channel", {"reduction": 2})},
    "residual-attention": {"encoder": ("residual-attention", {"width": 8}), "pooling": ("attention", {})},
    "hard": {
        "encoder": ("residual-attention", {"width": 8, "hard": True}),
        "pooling": ("attention", {"selection": "hard"}),
    },
    "patches": {
        "encoder": ("patches", {"d_model": 12, "heads": 3, "layers": 1, "class_token": True}),
        "pooling": ("class-token", {}),
    },
}


@pytest.mark.parametrize("parts", PARTS)
@pytest.mark.parametrize("low", [False, True])
def test_gradients_reach_every_parameter(parts: str, low: bool):
    model = make(**PARTS[parts])
    with torch.autocast("cpu", torch.bfloat16, enabled=low):
        loss = model(make_batch(mixed=True), 0.1)
    assert loss.total.dtype == torch.float32
    loss.total.backward()
    gradients = {name: part.grad for name, part in model.named_parameters()}
    assert [name for name, gradient in gradients.items() if gradient is None] == []
    assert all(gradient.isfinite().all() for gradient in gradients.values() if gradient is not None)


def test_an_encoder_goes_on_to_another_task():
    trained, fresh = make(seed=1), make(seed=2, labels=3)
    fresh.load_encoder(trained.state_dict())
    for name, value in fresh.encoder.state_dict().items():
        torch.testing.assert_close(value, trained.state_dict()[f"encoder.{name}"], atol=0, rtol=0)
    memory = trained.eval().encoder(torch.zeros(1, 3, HEIGHT, WIDTH)).memory.values
    torch.testing.assert_close(fresh.eval().encoder(torch.zeros(1, 3, HEIGHT, WIDTH)).memory.values, memory)
    assert fresh.logits(make_images()).shape == (BATCH, 3)


def test_another_encoder_is_refused():
    model = make()
    wider = make(encoder=("convnet", {"depth": 8, "width": 5}))
    with pytest.raises(
        DataError, match=r"`encoder.stages.0.branch.0.weight` is \(5, 5, 3, 3\) there and \(3, 3, 3, 3\)"
    ):
        model.load_encoder(wider.state_dict())
    with pytest.raises(DataError, match=r"`encoder.stages.0.branch.0.weight` is missing there and \(3, 3, 3, 3\) here"):
        model.load_encoder({"vocabulary.weight": torch.zeros(7, 12)})


@pytest.mark.parametrize(
    ("mean", "std", "message"),
    [
        ((0.5,), STD, r"`mean` must have a number for each of the 3 channels, but is \[0.5\]"),
        (MEAN, (0.5, 0.5), r"`std` must have a number for each of the 3 channels, but is \[0.5, 0.5\]"),
        (MEAN, (0.2, 0.0, 0.3), r"`std` must be positive.*but is \[0.2, 0.0, 0.3\]"),
    ],
)
def test_what_cannot_normalise_is_refused(mean: tuple[float, ...], std: tuple[float, ...], message: str):
    encoder = ConvNet(depth=8, width=3)
    with pytest.raises(OptionError, match=message):
        Classifier(encoder, Mean(encoder.d_memory), LABELS, mean=mean, std=std)


@pytest.mark.parametrize("images", [torch.zeros(2, 1, 11, 13), torch.zeros(2, 3, 2, 13)])
def test_images_of_another_shape_are_refused(images: Tensor):
    with pytest.raises(DataError, match=r"must have shape \(batch, channel|none below 3×3"):
        make().logits(images)


def squares(count: int, generator: torch.Generator) -> ImageBatch:
    """A bright square on noise; its colour is the label."""
    images = torch.randint(0, 128, (count, 3, 12, 12), generator=generator)
    labels = torch.randint(0, 3, (count,), generator=generator)
    corners = torch.randint(0, 9, (count, 2), generator=generator).tolist()
    for image, label, (top, left) in zip(images, labels.tolist(), corners, strict=True):
        image[label, top : top + 3, left : left + 3] = 255
    return ImageBatch(images.to(torch.uint8), labels)


@pytest.mark.parametrize("pooling", ["mean", "attention"])
def test_learns_to_tell_colours(pooling: str):
    torch.manual_seed(0)
    generator = torch.Generator().manual_seed(0)
    model = assemble_classifier(
        3, encoder=("convnet", {"depth": 8, "width": 6}), gate=("channel", {}), pooling=(pooling, {}), size=12
    )
    optimiser = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
    for _ in range(40):
        loss = model(squares(32, generator))
        optimiser.zero_grad()
        (loss.total / loss.tokens).backward()
        optimiser.step()
    model.eval()
    batch = squares(101, generator)
    with torch.no_grad():
        right = (model.logits(batch.images).argmax(1) == batch.labels).sum()
    assert int(right) >= 95
