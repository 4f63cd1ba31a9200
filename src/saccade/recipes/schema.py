"""The frame of a recipe, checked without torch; the options of its parts are checked by `build`."""

from typing import Annotated, Any, Literal, final

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic.dataclasses import dataclass as pydantic_dataclass

from saccade.training.options import TrainingOptions

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


def _part(default: str | None = None) -> BeforeValidator:
    """`score: additive` is short for `score: {kind: additive}`; an unnamed part is of the default kind."""

    def opened(value: object) -> object:
        if isinstance(value, str):
            return {"kind": value}
        return {"kind": default, **value} if default and isinstance(value, dict) else value

    return BeforeValidator(opened)


NamedPart = Annotated[Part, _part()]
Origin = str | list[str] | dict[str, Any] | None


@final
class Data(Frame):
    """Where the pairs come from: a built-in set, or files of one's own.

    `options` hold for all splits: those of the set, or how files are read (`format`, `source`, `target`, `header`). A
    split of files is one path (TSV, JSONL, Parquet, `hub:owner/name`) or two (source lines, target lines). Options of
    one split alone are written `train: {lines: 500}`, for files with their `path` among them.
    """

    set: str | None = None
    options: dict[str, Any] = {}
    train: Origin = None
    validation: Origin = None
    test: Origin = None
    max_tokens: Count | None = None

    @model_validator(mode="after")
    def _one_origin(self) -> "Data":
        if self.set is None and (self.train is None or self.validation is None):
            raise ValueError("needs either `set` (a built-in set), or files: `train`, and `validation` to choose by")
        for split in ("train", "validation", "test"):
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
        if isinstance(path, list) and len(path) != 2:
            raise ValueError(
                f"has a `{split}` that must be one file or two (source lines, target lines), but names {len(path)}"
            )

    def origin(self, split: str) -> tuple[str | tuple[str, str] | None, dict[str, Any]]:
        """The file or files of a split (None for a set), and its options."""
        origin = getattr(self, split)
        own = dict(origin) if isinstance(origin, dict) else {"path": origin}
        path = own.pop("path", None)
        return (path[0], path[1]) if isinstance(path, list) else path, {**self.options, **own}


@final
class TokenizerOptions(Frame):
    """How one side is cut into tokens."""

    kind: Literal["char", "word", "bpe", "unigram"] = "bpe"
    vocabulary_size: Annotated[int, Field(ge=8)] | None = None
    lowercase: bool = False
    normalisation: Literal["NFC", "NFKC"] = "NFC"
    punctuation: Literal["separate", "attached"] = "separate"
    min_count: Count = 1


@final
class Tokenizers(Frame):
    """Both sides, or one for both."""

    source: TokenizerOptions = TokenizerOptions()
    target: TokenizerOptions = TokenizerOptions()
    shared: bool = False

    @model_validator(mode="after")
    def _shared_is_equal(self) -> "Tokenizers":
        if self.shared and self.source != self.target:
            raise ValueError("is `shared`, but `source` and `target` differ. Give both sides the same options")
        return self


@final
class Embeddings(Frame):
    """The vectors of the tokens."""

    d_embedding: Count = 256
    tie: Literal["none", "decoder", "all"] = "none"
    dropout: Probability = 0.0


@final
class AttentionOptions(Frame):
    """How the decoder looks at what the encoder gave."""

    score: Annotated[Part, _part("additive")] = Part(kind="additive")
    selection: Annotated[Part, _part("soft")] = Part(kind="soft")
    heads: Count = 1
    d_model: Count | None = None


@final
class Model(Frame):
    """The parts of the network."""

    encoder: Annotated[Part, _part("recurrent")] = Part(kind="recurrent")
    decoder: Annotated[Part, _part("recurrent")] = Part(kind="recurrent")
    attention: AttentionOptions = AttentionOptions()
    embeddings: Embeddings = Embeddings()


@final
class BatchOptions(Frame):
    """How many pairs make a batch; both limits may be set, and hold together."""

    max_pairs: Count | None = 64
    max_tokens: Count | None = None

    @model_validator(mode="after")
    def _limited(self) -> "BatchOptions":
        if self.max_pairs is None and self.max_tokens is None:
            raise ValueError("needs a limit, but `max_pairs` and `max_tokens` are both unset. Set one of them")
        return self


# The options of a training are said once, in `training/options.py`; here they get the strictness of a frame.
_StrictTraining = pydantic_dataclass(frozen=True, config=ConfigDict(strict=True, extra="forbid"))(TrainingOptions)


@final
class Search(Frame):
    """How an output is sought; a length is at most `length_ratio` × source tokens + `length_extra`."""

    kind: Literal["greedy", "beam", "sample"] = "beam"
    beam: Count = 5
    length_penalty: Annotated[float, Field(ge=0)] = 1.0
    early_finish: bool = True
    min_length: Annotated[int, Field(ge=0)] = 0
    length_ratio: Positive = 2.0
    length_extra: Annotated[int, Field(ge=0)] = 10
    temperature: Annotated[float, Field(ge=0)] = 1.0
    top_k: Count | None = None
    top_p: Annotated[float, Field(gt=0, le=1)] | None = None


@final
class Evaluation(Frame):
    """What an output is held against, and in what the length of a source is counted."""

    metrics: Annotated[list[NamedPart], Field(min_length=1)] = [
        Part(kind="bleu"),
        Part(kind="chrf"),
        Part(kind="exact"),
    ]
    length_unit: Literal["words", "characters", "items"] = "words"
    separator: str = ";"
    edges: list[Count] | None = None


@final
class Recipe(Frame):
    """One file that says data, model and training: the same recipe and seed give the same weights on one machine."""

    name: str
    description: str = ""
    seed: Annotated[int, Field(ge=0, lt=2**63)] = 1
    data: Data
    tokenizer: Tokenizers = Tokenizers()
    model: Model = Model()
    batches: BatchOptions = BatchOptions()
    training: _StrictTraining  # pyright: ignore[reportInvalidTypeForm]
    search: Search = Search()
    evaluation: Evaluation = Evaluation()
