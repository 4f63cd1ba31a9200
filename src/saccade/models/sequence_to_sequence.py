"""An encoder that reads and a decoder that writes."""

from typing import Any, NamedTuple, final

import torch
from jaxtyping import Bool, Float, Int, UInt8
from torch import Tensor, nn

from saccade.attention import Selection, State
from saccade.data.batches import Batch
from saccade.data.pieces import UNKNOWN
from saccade.data.text_image_batches import TextImageBatch
from saccade.decoders import Decoded, Decoder, Output, OutputLayer
from saccade.encoders import TextEncoder
from saccade.models.coverage_loss import coverage_loss
from saccade.models.doubly_stochastic import unevenness
from saccade.models.image_reader import ImageReader
from saccade.models.loss import Loss
from saccade.models.reinforce import Reinforce
from saccade.tree import Tree, count_rows, reorder

Source = (
    Int[Tensor, "batch key"] | UInt8[Tensor, "batch channel height width"] | Float[Tensor, "batch channel height width"]
)
"""What is read: tokens, or images, from 0 to 255 or, of floating point, from 0 to 1."""


class StepOutput(NamedTuple):
    """What a step of a search sees: see `saccade.search.Step`."""

    log_probs: Float[Tensor, "row vocab"]
    state: "WritingState"
    weights: Float[Tensor, "row key"] | None


class WritingState(NamedTuple):
    """What is handed from step to step, a row a hypothesis: by the decoder, and by what its output carries on."""

    decoder: Tree
    output: State


@final
class SequenceToSequence(nn.Module):
    """Read a source, write a target.

    Args:
        encoder: Reads the source: a text, or an image.
        decoder: Writes the target.
        vocabulary: Turns a readout into a logit for each target token.
        output: Makes a distribution over the vocabulary of what the decoder did.
        reinforce: Rewards looks that are drawn, where they are.
        coverage: What share of the `coverage_loss` is added to what is made small.
        doubly_stochastic: How much it costs to look at some items more than once and at others not; see `unevenness`.
    """

    def __init__(
        self,
        encoder: TextEncoder | ImageReader,
        decoder: Decoder,
        vocabulary: nn.Linear,
        output: OutputLayer,
        *,
        reinforce: Reinforce | None = None,
        coverage: float = 0.0,
        doubly_stochastic: float = 0.0,
    ) -> None:
        super().__init__()
        self.encoder, self.decoder, self.vocabulary, self.output = encoder, decoder, vocabulary, output
        self.reinforce, self.coverage, self.doubly_stochastic = reinforce, coverage, doubly_stochastic

    def forward(self, batch: Batch | TextImageBatch, smoothing: float = 0.0) -> Loss:
        r"""The loss of writing each target after its own beginning (teacher forcing).

        With smoothing ε the target distribution is $(1 - ε) δ_y + ε / |V|$ (Szegedy 2016, arXiv:1512.00567, section 7).
        """
        if self.training:
            _advance_selections(self)
        remembered = self.remember(batch.source, batch.source_mask)
        decoded, _ = self.decoder(batch.target[:, :-1], remembered.start, remembered)
        goal, mask = batch.target[:, 1:], batch.target_mask[:, 1:]
        output = self.says(decoded, batch.source, batch.target[:, :-1])
        chosen, mean = output.log_probs(goal, mask, smoothed=smoothing > 0)
        log_prob = chosen.sum()
        total = -log_prob if mean is None else -((1 - smoothing) * log_prob + smoothing * mean.sum())
        if decoded.choice is not None and self.reinforce is not None:
            gain = self.reinforce(chosen, mask, decoded.choice)
            total = total - (gain - gain.detach())  # a gradient alone: what is reported stays the loss of the targets
        if self.coverage and decoded.weights is not None:
            total = total + self.coverage * coverage_loss(decoded.weights, mask)
        if self.doubly_stochastic and decoded.weights is not None:
            total = total + self.doubly_stochastic * unevenness(decoded.weights, mask)
        return Loss(total, log_prob.detach(), mask.sum())

    def says(
        self, decoded: Decoded, source: Source, written: Int[Tensor, "row query"], carried: State = None
    ) -> Output:
        """What the decoder's steps say of their next tokens; only an output that copies is given the source."""
        return self.output(
            decoded._replace(source=source) if self.output.copies else decoded, self.vocabulary, written, carried
        )

    @property
    def looks(self) -> bool:
        """Whether the decoder looks at what was read."""
        return self.decoder.looks

    def remember(self, source: Source, mask: Bool[Tensor, "batch key"] | None) -> Any:
        """Read the sources: what the decoder needs before its first step; images have no mask."""
        return self.decoder.remember(self.encoder(source, mask))

    def read(self, source: Source, mask: Bool[Tensor, "batch key"] | None) -> "Reading":
        """Read the sources and stand ready to write: a `Step` for a search."""
        return Reading(self, self.remember(source, mask), source)


@final
class Reading:
    """A batch of sources that were read, as a search sees it: the `Step` protocol of `saccade.search`."""

    def __init__(self, model: SequenceToSequence, remembered: Any, source: Source) -> None:
        self._model, self._remembered, self._source = model, remembered, source
        self.sentences = count_rows(remembered.start)

    def start(self) -> WritingState:
        """The state before the first token, a row a sentence."""
        return WritingState(self._remembered.start, None)

    def __call__(self, tokens: Int[Tensor, " row"], state: WritingState) -> StepOutput:
        """Write one token in every row, and say what may come next."""
        written = tokens[:, None]
        if self._model.output.copies:  # what was copied out is no token of the vocabulary
            written = torch.where(written < self._model.vocabulary.out_features, written, UNKNOWN)
        decoded, decoder = self._model.decoder(written, state.decoder, self._remembered)
        output = self._model.says(decoded, self._source, written, state.output)
        return StepOutput(output.next_log_probs(), WritingState(decoder, output.carried()), output.looked())

    def keep(self, sentences: Int[Tensor, " kept"]) -> "Reading":
        """The same for fewer sentences."""
        return Reading(self._model, reorder(self._remembered, sentences), self._source[sentences])


def _advance_selections(model: nn.Module) -> None:
    """Let every selection know that another batch of training begins."""
    for module in model.modules():
        if isinstance(module, Selection):
            module.advance()
