"""The frame of a recipe from image to label, checked without torch."""

from typing import Annotated, Any, Literal, final

from pydantic import BeforeValidator, ConfigDict, Field, model_validator

from saccade.recipes.schema import SPLITS, Count, Frame, Measures, NamedPart, Origins, Part, Probability, Recipe, part

NotNegative = Annotated[float, Field(ge=0)]


def _sides(value: object) -> object:
    """`size: 64` is short for `size: [64, 64]`."""
    if isinstance(value, int) and not isinstance(value, bool):
        return (value, value)
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise ValueError(f"must be height and width, such as [48, 64], or one number for both, but is {value!r}")
    return tuple(value)


Size = Annotated[tuple[Count, Count], BeforeValidator(_sides)]


@final
class Data(Origins):
    """Where the images come from: a built-in set, or files of one's own.

    A split of files is a folder of class folders, a CSV or JSONL of paths and labels, `.npz`, Parquet or
    `hub:owner/name`; how it is read is said by `options`. All images are brought to one size; those of a set have one.
    """

    size: Size | None = None
    channels: Literal[1, 3] | None = None
    fit: Literal["pad", "crop", "squeeze"] = "pad"
    on_bad_file: Literal["stop", "skip"] = "stop"
    max_pixels: Count | None = None

    @model_validator(mode="after")
    def _said_once(self) -> "Data":
        for options in (self.options, *(getattr(self, split) for split in SPLITS)):
            for name in ("size", "channels", "fit", "on_bad_file", "max_pixels"):
                if self.set is None and isinstance(options, dict) and name in options:
                    raise ValueError(f"has `{name}` among the options of files; it holds for all images: `data.{name}`")
        return self

    @model_validator(mode="after")
    def _size_of_files(self) -> "Data":
        if self.set is None and self.size is None:
            raise ValueError("needs a `size` for the images of files: [height, width] in pixels, or one number")
        for name in ("size", "channels"):
            if self.set is not None and getattr(self, name) is not None:
                raise ValueError(
                    f"has the set `{self.set}`, whose images are as they are, and `{name}`. Leave `{name}` out; "
                    "a set that can be drawn in several sizes has an option for it"
                )
        return self

    @property
    def reading(self) -> dict[str, Any]:
        """How each image is read, its size and channels apart."""
        limit = {} if self.max_pixels is None else {"max_pixels": self.max_pixels}
        return {"fit": self.fit, **limit}

    def _check_path(self, split: str, path: Any) -> None:
        if not isinstance(path, str):
            raise ValueError(f"has a `{split}` that must be one file or folder, but is {path!r}")


@final
class Augmentation(Frame):
    """How the images of the training are changed, anew in each epoch."""

    crop: Annotated[int, Field(ge=0)] = 0
    flip: bool = False
    mixup: NotNegative = 0.0


@final
class Encoder(Frame):
    """What reads the image, its own options, and the gate in each of its units."""

    model_config = ConfigDict(extra="allow", strict=True, frozen=True)

    kind: str = "convnet"
    gate: NamedPart | None = None

    @property
    def options(self) -> dict[str, Any]:
        """All but the kind and the gate."""
        return dict(self.model_extra or {})


@final
class Model(Frame):
    """The parts of the network; with `start_from`, its encoder begins with the weights of another run."""

    encoder: Annotated[Encoder, part("convnet")] = Encoder()
    pooling: Annotated[Part, part("mean")] = Part(kind="mean")
    dropout: Probability = 0.0
    start_from: str | None = None


@final
class BatchOptions(Frame):
    """How many images make a batch."""

    max_images: Count = 128


@final
class Evaluation(Measures):
    """What an answer is held against."""

    metrics: Annotated[tuple[NamedPart, ...], Field(min_length=1)] = (Part(kind="top1"), Part(kind="top5"))


@final
class ImageRecipe(Recipe):
    """A recipe that reads an image and gives it a label."""

    # Narrower than in every recipe: what is frozen can't be given another kind of value.
    task: Literal["image-to-label"] = "image-to-label"  # pyright: ignore[reportIncompatibleVariableOverride]
    data: Data  # pyright: ignore[reportIncompatibleVariableOverride]
    augmentation: Augmentation = Augmentation()
    model: Model = Model()
    batches: BatchOptions = BatchOptions()
    evaluation: Evaluation = Evaluation()  # pyright: ignore[reportIncompatibleVariableOverride]
