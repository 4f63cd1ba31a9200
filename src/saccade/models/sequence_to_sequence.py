"""An encoder that reads and a decoder that writes."""

from typing import Any, NamedTuple, final

from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from saccade.data.batches import Batch
from saccade.decoders import Decoder, VocabularyOutput
from saccade.encoders import TextEncoder
from saccade.models.loss import Loss
from saccade.tree import Tree, count_rows, reorder


class StepOutput(NamedTuple):
    """What a step of a search sees: see `saccade.search.Step`."""

    log_probs: Float[Tensor, "row vocab"]
    state: Tree
    weights: Float[Tensor, "row key"] | None


@final
class SequenceToSequence(nn.Module):
    """Read a source, write a target.

    Args:
        encoder: Reads the source.
        decoder: Writes the target.
        vocabulary: Turns a readout into a logit for each target token.
    """

    def __init__(self, encoder: TextEncoder, decoder: Decoder, vocabulary: nn.Linear) -> None:
        super().__init__()
        self.encoder, self.decoder, self.vocabulary = encoder, decoder, vocabulary

    def forward(self, batch: Batch, smoothing: float = 0.0) -> Loss:
        r"""The loss of writing each target after its own beginning (teacher forcing).

        With smoothing ε the target distribution is $(1 - ε) δ_y + ε / |V|$ (Szegedy 2016, arXiv:1512.00567, section 7).
        """
        remembered = self.remember(batch.source, batch.source_mask)
        decoded, _ = self.decoder(batch.target[:, :-1], remembered.start, remembered)
        goal, mask = batch.target[:, 1:], batch.target_mask[:, 1:]
        chosen, mean = VocabularyOutput(decoded.features, self.vocabulary).log_probs(goal, mask)
        log_prob = chosen.sum()
        total = -((1 - smoothing) * log_prob + smoothing * mean.sum()) if smoothing else -log_prob
        return Loss(total, log_prob.detach(), mask.sum())

    def remember(self, source: Int[Tensor, "batch key"], mask: Bool[Tensor, "batch key"]) -> Any:
        """Read the sources: what the decoder needs before its first step."""
        return self.decoder.remember(self.encoder(source, mask))

    def read(self, source: Int[Tensor, "batch key"], mask: Bool[Tensor, "batch key"]) -> "Reading":
        """Read the sources and stand ready to write: a `Step` for a search."""
        return Reading(self, self.remember(source, mask))


@final
class Reading:
    """A batch of sources that were read, as a search sees it: the `Step` protocol of `saccade.search`."""

    def __init__(self, model: SequenceToSequence, remembered: Any) -> None:
        self._model, self._remembered = model, remembered
        self.sentences = count_rows(remembered.start)

    def start(self) -> Tree:
        """The state before the first token, a row a sentence."""
        return self._remembered.start

    def __call__(self, tokens: Int[Tensor, " row"], state: Tree) -> StepOutput:
        """Write one token in every row, and say what may come next."""
        decoded, state = self._model.decoder(tokens[:, None], state, self._remembered)
        log_probs = VocabularyOutput(decoded.features, self._model.vocabulary).next_log_probs()
        return StepOutput(log_probs, state, None if decoded.weights is None else _one_look(decoded.weights))

    def keep(self, sentences: Int[Tensor, " kept"]) -> "Reading":
        """The same for fewer sentences."""
        return Reading(self._model, reorder(self._remembered, sentences))


def _one_look(weights: Tensor) -> Float[Tensor, "row key"]:
    """The weights of the last step; heads count alike."""
    last = weights[..., -1, :]
    return last.mean(dim=1) if last.dim() == 3 else last
