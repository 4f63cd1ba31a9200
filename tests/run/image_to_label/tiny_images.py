"""A recipe of images that trains in a blink, with its data: dark and light pictures in folders by their class."""

from pathlib import Path

import numpy as np
from PIL import Image

HEIGHT, WIDTH = 11, 13
TINY = """\
name: tiny-images
task: image-to-label
description: Dark or light
data:
  train: train
  validation: validation
  size: [11, 13]
augmentation: {crop: 1, flip: true}
model:
  encoder: {kind: convnet, depth: 8, width: 3, gate: {kind: spatial, kernel_size: 3}}
  pooling: attention
batches: {max_images: 5}
training:
  optimiser: sgd
  learning_rate: 0.05
  schedule: constant
  max_updates: 4
  validate_every_updates: 2
  precision: float32
  watch: top1
evaluation:
  metrics: [top1, nll]
"""
# The greys of each class.
CLASSES = {"dark": (0, 90), "light": (160, 255)}


def write_picture(path: Path, greys: tuple[int, int], seed: int, *, size: tuple[int, int] = (HEIGHT, WIDTH)) -> Path:
    """A picture of random greys."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.random.default_rng(seed).integers(*greys, size=(*size, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(path)
    return path


def write_tiny_images(folder: Path) -> Path:
    """A recipe and its data; gives the recipe."""
    for split, times in (("train", 7), ("validation", 3)):
        for name, greys in CLASSES.items():
            for number in range(times):
                write_picture(folder / split / name / f"{number}.png", greys, seed=number + len(split))
    recipe = folder / "tiny.yaml"
    recipe.write_text(TINY, encoding="utf-8")
    return recipe
