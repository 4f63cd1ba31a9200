"""Options of the parts that models are put together from."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

from saccade.decoders.recurrent import Query
from saccade.encoders.positions import Positions

NO_OPTIONS: Mapping[str, Any] = MappingProxyType({})


class Embeddings(NamedTuple):
    """The vectors of the tokens.

    Attributes:
        d_embedding: Width of a vector.
        tie: `decoder`: the vocabulary layer's weight is that of the target embedding; `all`: and that of the source
            embedding, for one vocabulary on both sides.
        dropout: Share of the vectors' entries dropped in training.
    """

    d_embedding: int = 256
    tie: Literal["none", "decoder", "all"] = "none"
    dropout: float = 0.0


class HistoryOptions(NamedTuple):
    """How a recurrent network looks at its own past, with a score and a selection by name; see `History`."""

    score: str = "additive"
    score_options: Mapping[str, Any] = NO_OPTIONS
    selection: str = "soft"
    selection_options: Mapping[str, Any] = NO_OPTIONS


class EncoderOptions(NamedTuple):
    """See `RecurrentEncoder`; without a `history` it does not look at its past."""

    d_state: int = 256
    cell: str = "gru"
    layers: int = 1
    directions: int = 2
    dropout: float = 0.0
    history: HistoryOptions | None = None

    @property
    def d_memory(self) -> int:
        """Width of an item of the memory."""
        return self.directions * self.d_state


class SelfAttentionOptions(NamedTuple):
    """See `SelfAttentionEncoder` and `SelfAttentionDecoder`; `d_model` is `embeddings.d_embedding`, too."""

    d_model: int = 256
    heads: int = 4
    layers: int = 3
    positions: Positions = "sine"
    longest: int = 512
    dropout: float = 0.0

    @property
    def d_memory(self) -> int:
        """Width of an item of the memory."""
        return self.d_model


class DecoderOptions(NamedTuple):
    """See `RecurrentDecoder`; `d_summary` and `d_readout` are `d_state` where they are not given.

    Without a `history` it does not look at its past.
    """

    d_state: int = 512
    cell: str = "gru"
    layers: int = 1
    context: Literal["initial", "every-step", "attention"] = "attention"
    query: Query = "previous-state"
    input_feeding: bool = False
    d_summary: int | None = None
    d_readout: int | None = None
    dropout: float = 0.0
    history: HistoryOptions | None = None


class AttentionOptions(NamedTuple):
    """A score and a selection by name, each with its options; see `SCORES` and `SELECTIONS`.

    With several heads, `d_model` is the width of all of them together; None: as wide as the decoder's state. Of the
    `coverage_loss`, this share is added to what training makes small.
    """

    score: str = "additive"
    score_options: Mapping[str, Any] = NO_OPTIONS
    selection: str = "soft"
    selection_options: Mapping[str, Any] = NO_OPTIONS
    heads: int = 1
    d_model: int | None = None
    coverage_loss: float = 0.0


class OutputOptions(NamedTuple):
    """How what was read out becomes a distribution over the vocabulary; see `OUTPUTS`."""

    kind: str = "vocabulary"
    options: Mapping[str, Any] = NO_OPTIONS
