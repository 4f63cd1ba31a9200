"""The frame that all recipes share, checked without torch; the options of their parts are checked by `build`.

What a recipe of one task has besides is in that task's folder, in its own `schema.py`; `tasks.py` names them all.
"""

from typing import Annotated, Any, Final, Literal, final

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic.dataclasses import dataclass as pydantic_dataclass

from saccade.training.options import TrainingOptions

SPLITS: Final = ("train", "validation", "test")
Probability = Annotated[float, Field(ge=0, lt=1)]
Count = Annotated[int, Field(ge=1)]
Positive = Annotated[float, Field(gt=0)]


class Frame(BaseModel):
    """A section of a recipe: no other options than these, no silent change of type."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


@final
class Part(Frame):
    """A named part and its options; which options there are is said by the part's constructor."""

    model_config = ConfigDict(extra="allow", strict=True, frozen=True)

    kind: str

    @property
    def options(self) -> dict[str, Any]:
        """All but the kind."""
        return dict(self.model_extra or {})


def part(default: str | None = None) -> BeforeValidator:
    """`score: additive` is short for `score: {kind: additive}`; an unnamed part is of the default kind."""

    def opened(value: object) -> object:
        if isinstance(value, str):
            return {"kind": value}
        return {"kind": default, **value} if default and isinstance(value, dict) else value

    return BeforeValidator(opened)


NamedPart = Annotated[Part, part()]
Origin = str | list[str] | dict[str, Any] | None


class Origins(Frame):
    """Where the examples come from: a built-in set, or files of one's own.

    `options` hold for all splits: those of the set, or how files are read. Options of one split alone are written
    `train: {lines: 500}`, for files with their `path` among them.
    """

    set: str | None = None
    options: dict[str, Any] = {}
    train: Origin = None
    validation: Origin = None
    test: Origin = None

    @model_validator(mode="after")
    def _one_origin(self) -> "Origins":
        if self.set is None and (self.train is None or self.validation is None):
            raise ValueError("needs either `set` (a built-in set), or files: `train`, and `validation` to choose by")
        for split in SPLITS:
            self._check_origin(split, getattr(self, split))
        return self

    def _check_origin(self, split: str, origin: Origin) -> None:
        path = origin.get("path") if isinstance(origin, dict) else origin
        if origin is None:
            return
        if self.set is not None and path is not None:
            raise ValueError(f"has the set `{self.set}` and a file for `{split}`, {path!r}. Leave one out")
        if self.set is None and path is None:
            raise ValueError(f"has a `{split}` without a `path`: {origin!r}")
        if path is not None:
            self._check_path(split, path)

    def _check_path(self, split: str, path: Any) -> None:
        """Refuse what is no file of this kind of data."""

    @property
    def of_files(self) -> dict[str, Any]:
        """The options by which its files are read: what they say of columns holds for others, too."""
        return {} if self.set else self.options

    def origin(self, split: str) -> tuple[Any, dict[str, Any]]:
        """The path or paths of a split (None for a set), and its options."""
        origin = getattr(self, split)
        own = dict(origin) if isinstance(origin, dict) else {"path": origin}
        path = own.pop("path", None)
        return path, {**self.options, **own}


# The options of a training are said once, in `training/options.py`; here they get the strictness of a frame.
StrictTraining = pydantic_dataclass(frozen=True, config=ConfigDict(strict=True, extra="forbid"))(TrainingOptions)


class Measures(Frame):
    """What an output is held against."""

    metrics: Annotated[tuple[NamedPart, ...], Field(min_length=1)]


class SearchOptions(Frame):
    """How an output is sought; each task says how long it may become."""

    kind: Literal["greedy", "beam", "sample"] = "beam"
    beam: Count = 5
    length_penalty: Annotated[float, Field(ge=0)] = 1.0
    early_finish: bool = True
    min_length: Annotated[int, Field(ge=0)] = 0
    temperature: Annotated[float, Field(ge=0)] = 1.0
    top_k: Count | None = None
    top_p: Annotated[float, Field(gt=0, le=1)] | None = None


@final
class Embeddings(Frame):
    """The vectors of the tokens of a text that is read."""

    d_embedding: Count = 256
    dropout: Probability = 0.0


@final
class TextBatches(Frame):
    """How many texts make a batch; both limits may be set, and hold together."""

    max_texts: Count | None = 64
    max_tokens: Count | None = None

    @model_validator(mode="after")
    def _limited(self) -> "TextBatches":
        if self.max_texts is None and self.max_tokens is None:
            raise ValueError("needs a limit, but `max_texts` and `max_tokens` are both unset. Set one of them")
        return self


class Recipe(Frame):
    """One file that says data, model and training: the same recipe and seed give the same weights on one machine.

    Each task says of what kind its `data` and its `evaluation` are.
    """

    name: str
    description: str = ""
    task: str
    seed: Annotated[int, Field(ge=0, lt=2**63)] = 1
    data: Origins
    training: StrictTraining  # pyright: ignore[reportInvalidTypeForm]
    evaluation: Measures
