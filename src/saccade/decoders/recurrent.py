"""A recurrent decoder, with attention or with a fixed context."""

from collections.abc import Iterable
from typing import Literal, NamedTuple, final

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from saccade.attention import Attended, Attention, Choice, History, MultiHead, Past, Prepared
from saccade.cells import CELLS, Cell, CellState, Repeated
from saccade.decoders.bridge import Bridge
from saccade.decoders.decoder import Decoded, Decoder, Positions
from saccade.decoders.gated_look import GatedLook
from saccade.decoders.readout import Readout
from saccade.decoders.stack import Pasts, Stack
from saccade.decoders.summary import Summary
from saccade.encoders import Encoded
from saccade.encoders.recurrence import MakeHistory, histories_of

Query = Literal["previous-state", "current-state"]


class DecoderState(NamedTuple):
    """What a decoder hands from step to step: a tree of tensors with a row a hypothesis.

    Attributes:
        layers: The state of each layer's cell.
        feed: The last readout, where it is fed into the next step.
        looked: What the attention remembers of a row's earlier looks, where it does: (row, 1, …), with heads
            (row, head, 1, …), the axis of queries being 1 long.
        pasts: The earlier states of each layer, where it looks at them; the first is the one that it started from.
    """

    layers: tuple[CellState, ...]
    feed: Float[Tensor, "row d_readout"] | None = None
    looked: tuple[Tensor, ...] | None = None
    pasts: Pasts = None


class Remembered(NamedTuple):
    """What is known of a source before the first step, a row a sentence.

    Attributes:
        prepared: What the attention can look at.
        summary: The fixed context of every step.
        start: The state before the first step.
        positions: What each position of the source puts into a readout, where the output mixes over them.
    """

    prepared: Prepared | None
    summary: Float[Tensor, "sentence d_summary"] | None
    start: DecoderState
    positions: Positions | None = None


class _Step(NamedTuple):
    shown: Float[Tensor, "row d_state"]
    context: Float[Tensor, "row d_context"] | None
    weights: Tensor | None
    readout: Float[Tensor, "row d_readout"] | None


@final
class RecurrentDecoder(Decoder):
    """Write tokens one by one with a recurrent network.

    What it knows of the source is its context:

    - None (`context: initial`): the encoder's final state starts it and is all it gets (Sutskever 2014);
    - a `Summary` (`context: every-step`): one fixed vector enters every step, too (Cho 2014);
    - an attention (`context: attention`): another context at each step (Bahdanau 2015). With `previous-state` it looks
      and then steps; with `current-state` it steps and then looks (Luong 2015).

    With a `history`, each layer looks at its own earlier states before a step, beside whatever its context is ("shallow
    fusion": Cheng 2016). The first of them is the state that it starts from.

    Nothing that does not depend on the step is computed in the step: keys are projected in `remember`, the embeddings'
    part of the gates is one product over all steps, and so is the readout where it is not fed back.

    Args:
        embedding: Turns tokens into vectors.
        bridge: Makes the first state from the encoder's last; it knows the kind of cell, its width, and how many stand
            above each other.
        readout: Mixes what the vocabulary layer reads; it knows the width of the context.
        context: What is known of the source beside the first state.
        query: Which state looks: the one before the step, or the one after it.
        input_feeding: Whether the last readout enters the next step (Luong 2015, section 3.3).
        dropout: Share of what passes between layers that is dropped in training.
        embedding_dropout: Share of the embeddings that is dropped in training.
        apart: Whether the output wants the shares of steps and positions in a readout apart; see `Decoded`.
        history: Makes what looks at a layer's own past; None: each step starts from the state of the last.

    Source:
        Bahdanau, Cho, Bengio 2015, arXiv:1409.0473, A.2.2; Luong, Pham, Manning 2015, arXiv:1508.04025; the history:
        Cheng, Dong, Lapata 2016, arXiv:1601.06733, sections 3 and 4.

    Differs:
        A layer's past begins with the state that the encoder hands over, or nothing would be left of it.
    """

    def __init__(
        self,
        embedding: nn.Embedding,
        bridge: Bridge,
        readout: Readout,
        context: Attention | MultiHead | GatedLook | Summary | None,
        *,
        query: Query = "previous-state",
        input_feeding: bool = False,
        dropout: float = 0.0,
        embedding_dropout: float = 0.0,
        apart: bool = False,
        history: MakeHistory | None = None,
    ) -> None:
        super().__init__()
        self.embedding, self.bridge, self.readout = embedding, bridge, readout
        self.summary = context if isinstance(context, Summary) else None
        self.attention = None if isinstance(context, Summary) else context
        self.looks_first = self.attention is not None and query == "previous-state"
        # Where nothing in the recurrence waits for the looks, nor one look for another, all steps look at once.
        waits = self.looks_first or input_feeding or (self.attention is not None and self.attention.has_state)
        self.looks_in_turn = self.attention is not None and waits
        cell, d_state = CELLS[bridge.decoder_cell], bridge.d_decoder
        widths = [embedding.embedding_dim] + [d_state] * (bridge.depth - 1)
        self.cells = nn.ModuleList(cell(width, d_state) for width in widths)
        self.histories = None if history is None else histories_of(self.cells, history)
        blocks = cell.blocks * d_state
        context_steps = self.looks_first or self.summary is not None
        self.from_context = _joining(readout.d_context, blocks) if context_steps else None
        self.from_feed = _joining(readout.mix.out_features, blocks) if input_feeding else None
        self.apart = apart
        self.dropout, self.embedding_dropout = nn.Dropout(dropout), nn.Dropout(embedding_dropout)

    @property
    def looks(self) -> bool:
        """Whether it has attention."""
        return self.attention is not None

    def remember(self, encoded: Encoded) -> Remembered:
        """Do once what does not depend on the step."""
        layers = self.bridge(encoded.states)
        shown = layers[-1][0]
        feed = None if self.from_feed is None else shown.new_zeros(len(shown), self.from_feed.in_features)
        prepared = None if self.attention is None else self.attention.remember(encoded.memory._replace(items=None))
        return Remembered(
            prepared=prepared,
            summary=None if self.summary is None else self.summary(encoded),
            start=DecoderState(layers, feed, pasts=self._pasts(layers)),
            positions=self._positions(prepared) if self.apart else None,
        )

    def forward(
        self, written: Int[Tensor, "row query"], state: DecoderState, remembered: Remembered
    ) -> tuple[Decoded, DecoderState]:
        """Go on from `state` over the tokens `written`: all of a target in training, the last one in a search.

        A sentence may have several rows, one after the other: the hypotheses of a beam.
        """
        embedded = self.embedding_dropout(self.embedding(written.T))
        lowest = self.cells[0]
        assert isinstance(lowest, Cell)
        from_inputs = lowest.input(embedded).to(embedded.dtype)
        context = None
        if remembered.summary is not None and self.from_context is not None:
            summary = remembered.summary.repeat_interleave(len(written) // len(remembered.summary), dim=0)
            from_inputs = from_inputs + self.from_context(summary)
            context = summary.expand(len(embedded), *summary.shape)
        begun = state.layers[-1][0]
        steps, state = self._recur(from_inputs, embedded, context, state, remembered.prepared)
        shown = _stacked(step.shown for step in steps)
        weights = None
        if self.looks_in_turn:
            context = _stacked(step.context for step in steps)
            weights = torch.cat([step.weights for step in steps if step.weights is not None], dim=-2)
        elif self.attention is not None:
            attended = self._look(shown.transpose(0, 1), remembered.prepared, state.looked)
            context, weights = attended.context.transpose(0, 1), attended.weights
        if self.from_feed is not None:
            features = _stacked(step.readout for step in steps)
        elif self.apart:
            features = self.readout.of_steps(shown, embedded)
        else:
            features = self.readout(shown, context, embedded)
        choice = self._choice(begun, shown, remembered.prepared, weights)
        return Decoded(features.transpose(0, 1), weights, remembered.positions, choice), state

    def _choice(
        self,
        begun: Float[Tensor, "row d_state"],
        shown: Float[Tensor, "query row d_state"],
        prepared: Prepared | None,
        weights: Tensor | None,
    ) -> Choice | None:
        """How likely the looks of all steps were, where they were drawn."""
        if not self.training or self.attention is None or not self.attention.selection.is_rewarded:
            return None
        assert prepared is not None
        assert weights is not None
        queries = torch.cat([begun[None], shown[:-1]]) if self.looks_first else shown
        choice = self.attention.choice(queries.transpose(0, 1), prepared, weights)
        return choice._replace(is_lasting=self.looks_first or self.from_feed is not None)

    def _pasts(self, layers: tuple[CellState, ...]) -> Pasts:
        """What each layer knows before its first step: the state that it starts from."""
        if self.histories is None:
            return None
        both = zip(self.histories, layers, strict=True)
        return tuple(
            Past(history.remember(state), torch.zeros_like(state[0]))
            for history, state in both
            if isinstance(history, History)
        )

    def _positions(self, prepared: Prepared | None) -> Positions:
        assert prepared is not None
        return Positions(self.readout.of_values(prepared.values), prepared.mask)

    def _recur(
        self,
        from_inputs: Float[Tensor, "query row blocks"],
        embedded: Float[Tensor, "query row d_embedding"],
        context: Float[Tensor, "query row d_context"] | None,
        state: DecoderState,
        prepared: Prepared | None,
    ) -> tuple[list[_Step], DecoderState]:
        """The part that must go step by step; a fused function may stand in for the whole of it."""
        advance = Stack(self.cells, self.histories, self.dropout, steps=len(embedded))
        from_context, from_feed = (layer and Repeated(layer) for layer in (self.from_context, self.from_feed))
        mix = Repeated(self.readout.mix) if from_feed else None
        fixed = [None] * len(embedded) if context is None else context.unbind()
        steps: list[_Step] = []
        for from_input, token, seen in zip(from_inputs.unbind(), embedded.unbind(), fixed, strict=True):
            weights, looked, readout = None, None, None
            if self.looks_first and from_context:
                (seen, weights, looked) = self._look_once(state.layers[-1][0], prepared, state.looked)
                from_input = from_input + from_context(seen)
            if from_feed and state.feed is not None:
                from_input = from_input + from_feed(state.feed)
            layers, pasts = advance(token, from_input, state.layers, state.pasts)
            shown = layers[-1][0]
            if self.looks_in_turn and not self.looks_first:
                (seen, weights, looked) = self._look_once(shown, prepared, state.looked)
            if from_feed:
                readout = self.readout(shown, seen, token, mix)
            state = DecoderState(layers, readout, looked, pasts)
            steps.append(_Step(shown, seen, weights, readout))
        advance.show()
        return steps, state

    def _look_once(
        self, query: Float[Tensor, "row d_state"], prepared: Prepared | None, looked: tuple[Tensor, ...] | None
    ) -> Attended:
        attended = self._look(query[:, None], prepared, looked)
        return attended._replace(context=attended.context[:, 0])

    def _look(
        self, query: Float[Tensor, "row query d_state"], prepared: Prepared | None, looked: tuple[Tensor, ...] | None
    ) -> Attended:
        """Look with each row at its sentence: the rows of one sentence are queries to the same Memory."""
        assert self.attention is not None
        assert prepared is not None
        rows, steps, _ = query.shape
        sentences = len(prepared.keys)
        if rows == sentences:
            return self.attention(query, prepared, looked)
        axis, several = prepared.keys.dim() - 2, rows // sentences  # heads come before the queries
        folded = looked and tuple(_rows_as_queries(part, several, axis) for part in looked)
        attended = self.attention(query.reshape(sentences, -1, query.shape[-1]), prepared, folded)
        weights = _queries_as_rows(attended.weights, several, axis)
        state = attended.state and tuple(_queries_as_rows(part, several, axis) for part in attended.state)
        return Attended(attended.context.reshape(rows, steps, -1), weights, state)


def _rows_as_queries(part: Tensor, several: int, axis: int) -> Tensor:
    """Several rows a sentence (row, *head, query, …) as so many queries more (sentence, *head, query, …)."""
    return part.unflatten(0, (-1, several)).movedim(1, axis).flatten(axis, axis + 1)


def _queries_as_rows(part: Tensor, several: int, axis: int) -> Tensor:
    """And back."""
    return part.unflatten(axis, (several, -1)).movedim(axis, 1).flatten(0, 1)


def _stacked(steps: Iterable[Tensor | None]) -> Tensor:
    return torch.stack([step for step in steps if step is not None])


def _joining(d_in: int, d_out: int) -> nn.Linear:
    """A further input of the first cell, beside its own; the bias is there already."""
    linear = nn.Linear(d_in, d_out, bias=False)
    nn.init.xavier_uniform_(linear.weight)
    return linear
