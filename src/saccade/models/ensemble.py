"""Several models that write one text together."""

import math
from collections.abc import Sequence
from typing import NamedTuple, final

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from saccade.errors import OptionError
from saccade.models.sequence_to_sequence import Reading, SequenceToSequence, Source, StepOutput, WritingState


class JointOutput(NamedTuple):
    """What a step of all models sees: see `saccade.search.Step`."""

    log_probs: Float[Tensor, "row vocab"]
    state: tuple[WritingState, ...]
    weights: Float[Tensor, "row key"] | None


@final
class Ensemble(nn.Module):
    r"""Models that write together: each next token has the mean of their probabilities.

    $p(y_t \mid y_{<t}, x) = \frac{1}{n} \sum_i p_i(y_t \mid y_{<t}, x)$, and the look is the mean of the looks of those
    that look.

    Args:
        models: Trained on the same vocabularies.

    Raises:
        OptionError: No model, or only some that copy.

    Source:
        Sutskever, Vinyals, Le 2014, arXiv:1409.3215, section 3.6, which has an ensemble of five without a formula; the
        mean of probabilities is the usual one.
    """

    def __init__(self, models: Sequence[SequenceToSequence]) -> None:
        super().__init__()
        if not models:
            raise OptionError("`models` is empty: there is nobody to write. Give at least one model.")
        if len({model.output.copies for model in models}) > 1:
            raise OptionError(
                "Some of the models copy words out of the source and others don't, so that they write different "
                "tokens. Take those with `output: copying`, or those without."
            )
        self.models: Sequence[SequenceToSequence] = nn.ModuleList(models)  # pyright: ignore[reportAttributeAccessIssue]

    @property
    def looks(self) -> bool:
        """Whether one of them looks."""
        return any(model.looks for model in self.models)

    def read(self, source: Source, mask: Bool[Tensor, "batch key"] | None) -> "JointReading":
        """Read the sources and stand ready to write: a `Step` for a search."""
        return JointReading([model.read(source, mask) for model in self.models])


@final
class JointReading:
    """A batch of sources that all models read: the `Step` protocol of `saccade.search`."""

    def __init__(self, readings: Sequence[Reading]) -> None:
        self._readings = readings
        self.sentences = readings[0].sentences

    def start(self) -> tuple[WritingState, ...]:
        """The states before the first token, a row a sentence."""
        return tuple(reading.start() for reading in self._readings)

    def __call__(self, tokens: Int[Tensor, " row"], state: tuple[WritingState, ...]) -> JointOutput:
        """Write one token in every row, and say what may come next."""
        said = [reading(tokens, own) for reading, own in zip(self._readings, state, strict=True)]
        log_probs = torch.stack([one.log_probs for one in said]).logsumexp(dim=0) - math.log(len(said))
        # Of probabilities that sum to one, rounding may leave a mean a hair above it.
        return JointOutput(log_probs.clamp(max=0.0), tuple(one.state for one in said), _mean_look(said))

    def keep(self, sentences: Int[Tensor, " kept"]) -> "JointReading":
        """The same for fewer sentences."""
        return JointReading([reading.keep(sentences) for reading in self._readings])


def _mean_look(said: Sequence[StepOutput]) -> Float[Tensor, "row key"] | None:
    looks = [one.weights for one in said if one.weights is not None]
    return torch.stack(looks).mean(dim=0) if looks else None
