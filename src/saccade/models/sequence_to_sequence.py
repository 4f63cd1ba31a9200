"""An encoder that reads and a decoder that writes."""

from typing import NamedTuple, final

from jaxtyping import Bool, Float, Int, UInt8
from torch import Tensor, nn

from saccade.attention import Prepared
from saccade.data.batches import Batch
from saccade.data.text_image_batches import TextImageBatch
from saccade.decoders import DecoderState, RecurrentDecoder, Remembered, VocabularyOutput
from saccade.encoders import RecurrentEncoder
from saccade.models.doubly_stochastic import unevenness
from saccade.models.image_reader import ImageReader
from saccade.models.loss import Loss

Source = Int[Tensor, "batch key"] | UInt8[Tensor, "batch channel height width"]
"""What is read: tokens, or images."""


class StepOutput(NamedTuple):
    """What a step of a search sees: see `saccade.search.Step`."""

    log_probs: Float[Tensor, "row vocab"]
    state: DecoderState
    weights: Float[Tensor, "row key"] | None


@final
class SequenceToSequence(nn.Module):
    """Read a source, write a target.

    Args:
        encoder: Reads the source: a text, or an image.
        decoder: Writes the target.
        vocabulary: Turns a readout into a logit for each target token.
        doubly_stochastic: How much it costs to look at some items more than once and at others not; see `unevenness`.
    """

    def __init__(
        self,
        encoder: RecurrentEncoder | ImageReader,
        decoder: RecurrentDecoder,
        vocabulary: nn.Linear,
        *,
        doubly_stochastic: float = 0.0,
    ) -> None:
        super().__init__()
        self.doubly_stochastic = doubly_stochastic
        self.encoder, self.decoder, self.vocabulary = encoder, decoder, vocabulary

    def forward(self, batch: Batch | TextImageBatch, smoothing: float = 0.0) -> Loss:
        r"""The loss of writing each target after its own beginning (teacher forcing).

        With smoothing ε the target distribution is $(1 - ε) δ_y + ε / |V|$ (Szegedy 2016, arXiv:1512.00567, section 7).
        """
        remembered = self.remember(batch.source, batch.source_mask)
        decoded, _ = self.decoder(batch.target[:, :-1], remembered.start, remembered)
        goal, mask = batch.target[:, 1:], batch.target_mask[:, 1:]
        chosen, mean = VocabularyOutput(decoded.features, self.vocabulary).log_probs(goal, mask)
        log_prob = chosen.sum()
        total = -((1 - smoothing) * log_prob + smoothing * mean.sum()) if smoothing else -log_prob
        if self.doubly_stochastic and decoded.weights is not None:
            total = total + self.doubly_stochastic * unevenness(decoded.weights, mask)
        return Loss(total, log_prob.detach(), mask.sum())

    def remember(self, source: Source, mask: Bool[Tensor, "batch key"] | None) -> Remembered:
        """Read the sources: what a decoder needs before its first step; images have no mask."""
        return self.decoder.remember(self.encoder(source, mask))

    def read(self, source: Source, mask: Bool[Tensor, "batch key"] | None) -> "Reading":
        """Read the sources and stand ready to write: a `Step` for a search."""
        return Reading(self, self.remember(source, mask))


@final
class Reading:
    """A batch of sources that were read, as a search sees it: the `Step` protocol of `saccade.search`."""

    def __init__(self, model: SequenceToSequence, remembered: Remembered) -> None:
        self._model, self._remembered = model, remembered
        self.sentences = len(remembered.start.layers[0][0])

    def start(self) -> DecoderState:
        """The state before the first token, a row a sentence."""
        return self._remembered.start

    def __call__(self, tokens: Int[Tensor, " row"], state: DecoderState) -> StepOutput:
        """Write one token in every row, and say what may come next."""
        decoded, state = self._model.decoder(tokens[:, None], state, self._remembered)
        log_probs = VocabularyOutput(decoded.features, self._model.vocabulary).next_log_probs()
        return StepOutput(log_probs, state, None if decoded.weights is None else _one_look(decoded.weights))

    def keep(self, sentences: Int[Tensor, " kept"]) -> "Reading":
        """The same for fewer sentences."""
        prepared, summary, start = self._remembered
        kept = Remembered(
            prepared and _kept(prepared, sentences),
            None if summary is None else summary[sentences],
            DecoderState(
                tuple(tuple(part[sentences] for part in layer) for layer in start.layers),
                None if start.feed is None else start.feed[sentences],
            ),
        )
        return Reading(self._model, kept)


def _one_look(weights: Tensor) -> Float[Tensor, "row key"]:
    """The weights of the last step; heads count alike."""
    last = weights[..., -1, :]
    return last.mean(dim=1) if last.dim() == 3 else last


def _kept(prepared: Prepared, sentences: Tensor) -> Prepared:
    """The memories of some sentences; what their items are is not asked in a search."""
    mask = None if prepared.mask is None else prepared.mask[sentences]
    return Prepared(prepared.keys[sentences], prepared.values[sentences], mask)
