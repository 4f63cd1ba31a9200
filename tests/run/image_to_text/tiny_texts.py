"""A recipe of images and texts that trains in a blink, with its data: stripes, and their colours as letters."""

from pathlib import Path

import numpy as np
from PIL import Image

HEIGHT, WIDTH = 11, 23
COLOURS = {"r": 0, "g": 1, "b": 2}
TEXTS = ("r", "gb", "rrg", "bg", "g r", "bbb", "b")
TINY = """\
name: tiny-texts
task: image-to-text
description: Stripes
data:
  train: train.csv
  validation: validation.csv
  size: [11, 23]
model:
  encoder: {kind: convnet, depth: 8, width: 3}
  columns: mean
  recurrent: {d_state: 5}
  decoder: {d_state: 7}
  embeddings: {d_embedding: 3}
batches: {max_images: 5}
training:
  max_updates: 4
  validate_every_updates: 2
  precision: float32
  watch: loss
search: {kind: beam, beam: 3, max_length: 5}
evaluation:
  metrics: [exact, cer]
"""


def write_stripes(path: Path, text: str, *, size: tuple[int, int] = (HEIGHT, WIDTH)) -> Path:
    """A picture with a stripe of a letter's colour for each letter."""
    pixels = np.full((*size, 3), 40, np.uint8)
    for place, letter in enumerate(text):
        if letter in COLOURS:
            pixels[:, 7 * place : 7 * place + 5, COLOURS[letter]] = 220
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path)
    return path


def write_table(path: Path, texts: tuple[str, ...]) -> Path:
    """A table of pictures, which are beside it."""
    lines = ["image,text"]
    for number, text in enumerate(texts):
        picture = write_stripes(path.parent / "pictures" / f"{path.stem}-{number}.png", text)
        lines.append(f"pictures/{picture.name},{text}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def write_tiny_texts(folder: Path) -> Path:
    """A recipe and its data; gives the recipe."""
    folder.mkdir(parents=True, exist_ok=True)
    write_table(folder / "train.csv", TEXTS)
    write_table(folder / "validation.csv", TEXTS[:3])
    recipe = folder / "tiny.yaml"
    recipe.write_text(TINY, encoding="utf-8")
    return recipe
