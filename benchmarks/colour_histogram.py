"""What can be said of `clutter` without looking anywhere: a softmax regression on each image's colours."""

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor, nn

from saccade.data.images import LabelledImages
from saccade.data.sets import IMAGE_SETS

BINS = 8
"""Of each channel, so that there are 512 colours."""
SIZE = 48
"""That of the recipes."""
UPDATES = 300


def measure() -> str:
    """Accuracy on the test images, beside that of guessing."""
    train, test = (
        IMAGE_SETS["clutter"](split, images=count, size=SIZE) for split, count in (("train", 10_000), ("test", 2_000))
    )
    guesses = _learnt(train)(_histograms(test)).argmax(1).numpy()
    accuracy = 100 * float(np.mean(guesses == test.labels))
    return f"Colour histogram ({BINS}³ colours, softmax regression): {accuracy:.1f} %; guessing: 10 %."


def _histograms(images: LabelledImages) -> Float[Tensor, "image colour"]:
    """The share of each colour, scaled to a mean of 1."""
    rows = []
    for start in range(0, len(images), 500):
        pixels = images.stack(np.arange(start, min(start + 500, len(images)))).astype(np.int64) * BINS // 256
        colours = (pixels[..., 0] * BINS + pixels[..., 1]) * BINS + pixels[..., 2]
        rows += [np.bincount(colour.ravel(), minlength=BINS**3) / colour.size * BINS**3 for colour in colours]
    return torch.from_numpy(np.stack(rows)).float()


def _learnt(images: LabelledImages) -> nn.Linear:
    torch.manual_seed(0)
    histograms, labels = _histograms(images), torch.from_numpy(np.asarray(images.labels))
    model = nn.Linear(histograms.shape[1], len(images.classes))
    optimiser = torch.optim.Adam(model.parameters(), lr=1e-2)
    for _ in range(UPDATES):
        optimiser.zero_grad()
        nn.functional.cross_entropy(model(histograms), labels).backward()
        optimiser.step()
    return model.requires_grad_(False)


if __name__ == "__main__":
    print(measure())
