"""What a model said of an image, and where it looked."""

import base64
import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np
from jaxtyping import Float, UInt8

from saccade.errors import DataError, OptionError, did_you_mean
from saccade.maps.alignment import AttentionMap, check_format
from saccade.maps.image_map import Box, flat, is_grid, over_image, placed
from saccade.maps.rollout import rolled_out, rolls_out
from saccade.maps.trust import Trust, trust_from_json

FORMAT = "saccade.image-look"
VERSION = 1


@final
@dataclass(frozen=True, eq=False)
class ImageLook:
    """An image, the label that a model gave it, and every map that its layers showed.

    Args:
        image: As the model read it, uint8 of (height, width, channel); one channel is grey, three are a colour.
        label: The model's answer.
        probabilities: The likeliest labels and their probabilities, best first.
        maps: Of one image each; those with the axes height and width can be laid over it.
        box: Where the thing to be seen really is, in pixels of this image.
        truth: The right label.
        name: What to call the image, such as its file's name.
        tokens: Of an image that was read as a text: what was written, token by token. The last maps are theirs, one
            each, in their order.
        trust: What erasing by the map does to this very answer, if it was asked for.

    Raises:
        DataError: The image is none, two maps have one name, or there are more tokens than maps over the image.

    Example:
        >>> from saccade.maps.image_map import numbered
        >>> gate = AttentionMap(np.eye(2), (numbered("height", 2), numbered("width", 2)), "stage1.gate")
        >>> look = ImageLook(np.zeros((4, 4, 1), np.uint8), "cat", (("cat", 0.9), ("dog", 0.1)), (gate,))
        >>> look.overlay("stage1.gate", smooth=False).tolist()[0]
        [1.0, 1.0, 0.0, 0.0]
    """

    image: UInt8[np.ndarray, "height width channel"]
    label: str
    probabilities: tuple[tuple[str, float], ...]
    maps: tuple[AttentionMap, ...]
    box: Box | None = None
    truth: str | None = None
    name: str = ""
    tokens: tuple[str, ...] = ()
    trust: Trust | None = None

    def __post_init__(self) -> None:
        if self.image.dtype != np.uint8 or self.image.ndim != 3 or self.image.shape[2] not in (1, 3):
            raise DataError(
                "The image of a look must be uint8 of (height, width, 1 or 3 channels), but is "
                f"{self.image.dtype} of {self.image.shape}."
            )
        twice = [name for name, times in Counter(seen.layer for seen in self.maps).items() if times > 1]
        if twice:
            raise DataError(f"Each map of a look needs a name of its own, but {', '.join(twice)} is there twice.")
        theirs = self.maps[len(self.maps) - len(self.tokens) :]
        if len(self.tokens) > len(self.maps) or len({seen.weights.shape for seen in theirs if is_grid(seen)}) > 1:
            raise DataError(
                f"Each of the {len(self.tokens)} tokens of a look needs a map of its own over the image, all of one "
                f"size, but there are {len(self.overlays)} maps over it. Give one for each token, after the others."
            )

    @classmethod
    def from_maps(
        cls,
        image: UInt8[np.ndarray, "height width channel"],
        probabilities: Sequence[tuple[str, float]],
        maps: Sequence[AttentionMap],
        boxes: Sequence[Box] = (),
        **known: Any,
    ) -> "ImageLook":
        """Put together what was recorded of one image.

        Args:
            image: As the model read it.
            probabilities: The likeliest labels, best first; the first one is the answer.
            maps: What `Recording.of` gave.
            boxes: Where each cell of the encoder's memory lies.
            known: `box`, `truth`, `name`, `trust`, as far as they are known.

        Returns:
            The look; where layers of self-attention were recorded, their rollout is one map more.
        """
        height, width = image.shape[:2]
        layers = [seen for seen in maps if rolls_out(seen)]
        everything = [*maps, *([rolled_out(layers)] if layers else [])]
        seen = tuple(placed(one, height, width, boxes) for one in everything)
        return cls(image, probabilities[0][0], tuple(probabilities), seen, **known)

    @property
    def overlays(self) -> tuple[AttentionMap, ...]:
        """The maps that can be laid over the image."""
        return tuple(seen for seen in self.maps if is_grid(seen))

    def map(self, name: str) -> AttentionMap:
        """The map of a layer.

        Raises:
            OptionError: No layer of that name showed one.
        """
        for seen in self.maps:
            if seen.layer == name:
                return seen
        allowed = did_you_mean(name, [seen.layer for seen in self.maps])
        raise OptionError(f"No map of `{name}` was recorded. {allowed}")

    def overlay(self, name: str, *, smooth: bool = True, **chosen: int) -> Float[np.ndarray, "height width"]:
        """A layer's map, resized to the image.

        Args:
            name: Of the layer.
            smooth: Bilinear; else cell by cell.
            chosen: One channel, scale or head (`channel=3`); the mean over all of them if not given.

        Raises:
            OptionError: No such layer, no such axis, no such channel.
            DataError: The map has no rows and columns.
        """
        height, width = self.image.shape[:2]
        return over_image(flat(self.map(name), **chosen), height, width, smooth=smooth)

    def to_json(self) -> dict[str, Any]:
        """As JSON's own types, the image as a PNG in base64: `from_json` reads it back without loss."""
        return {
            "format": FORMAT,
            "version": VERSION,
            "name": self.name,
            "label": self.label,
            "truth": self.truth,
            "probabilities": [[label, float(share)] for label, share in self.probabilities],
            "box": None if self.box is None else [float(side) for side in self.box],
            "image": base64.b64encode(png(self.image)).decode("ascii"),
            "maps": [seen.to_json() for seen in self.maps],
            **({"tokens": list(self.tokens)} if self.tokens else {}),
            **({} if self.trust is None else {"trust": self.trust.to_json()}),
        }

    @classmethod
    def from_json(cls, saved: Any) -> "ImageLook":
        """The look that `to_json` wrote down.

        Raises:
            DataError: It is something else, from a newer version, or damaged.
        """
        check_format(saved, FORMAT, VERSION)
        try:
            box = saved["box"]
            return cls(
                _pixels(base64.b64decode(saved["image"], validate=True)),
                str(saved["label"]),
                tuple((str(label), float(share)) for label, share in saved["probabilities"]),
                tuple(AttentionMap.from_json(seen) for seen in saved["maps"]),
                None if box is None else (float(box[0]), float(box[1]), float(box[2]), float(box[3])),
                None if saved["truth"] is None else str(saved["truth"]),
                str(saved["name"]),
                tuple(str(token) for token in saved.get("tokens", ())),
                trust_from_json(saved),
            )
        except DataError:
            raise
        except (KeyError, IndexError, TypeError, ValueError, OSError) as error:
            said = f"`{error.args[0]}` is missing" if isinstance(error, KeyError) else str(error)
            raise DataError(f"The look is damaged: {said}. Make it again.") from error


def png(image: UInt8[np.ndarray, "height width channel"]) -> bytes:
    """An image as a PNG file, bit by bit the same when it is read back."""
    from PIL import Image

    written = io.BytesIO()
    Image.fromarray(image[:, :, 0] if image.shape[2] == 1 else image).save(written, "PNG", optimize=True)
    return written.getvalue()


def _pixels(written: bytes) -> UInt8[np.ndarray, "height width channel"]:
    from PIL import Image

    with Image.open(io.BytesIO(written), formats=["PNG"]) as opened:
        pixels = np.array(opened)
    return pixels[:, :, None] if pixels.ndim == 2 else pixels
