"""How probable a token is that a model wrote, where only some of its source may be seen."""

from typing import final

import torch
from jaxtyping import Float
from torch import Tensor

from saccade.data.tokenizers import BEGIN, UNKNOWN
from saccade.encoders import Encoded, TextEncoder
from saccade.models.sequence_to_sequence import SequenceToSequence
from saccade.run.erased_text import ErasedText


@final
class Written(ErasedText):
    """One token of a text that a network wrote, or was made to write, and what it read for it.

    Args:
        network: In evaluation.
        source: Tokens that were read, the end included.
        tokens: Tokens that were written.
        place: Which of these is asked about.
    """

    def __init__(self, network: SequenceToSequence, source: list[int], tokens: list[int], place: int) -> None:
        assert isinstance(network.encoder, TextEncoder)
        super().__init__(network.encoder, source)
        self._token = WrittenToken(network, tokens, place)

    def log_prob(self, encoded: Encoded, source: Tensor) -> Float[Tensor, " variant"]:
        """As a search has it before it writes the token."""
        return self._token.log_prob(encoded, source)


@final
class WrittenToken:
    """One token that a network wrote after others, whatever it read for it.

    Args:
        network: In evaluation.
        tokens: Tokens that were written.
        place: Which of these is asked about.
    """

    def __init__(self, network: SequenceToSequence, tokens: list[int], place: int) -> None:
        self._network = network
        before = torch.tensor([[BEGIN, *tokens[:place]]], device=next(network.parameters()).device)
        # What was copied out is no token of the vocabulary: the decoder went on from an unknown one.
        self._before = torch.where(before < network.vocabulary.out_features, before, UNKNOWN)
        self._token = tokens[place]

    def log_prob(self, encoded: Encoded, source: Tensor) -> Float[Tensor, " variant"]:
        """As a search has it before it writes the token, for each variant of what was read."""
        count = len(encoded.memory.keys)
        remembered = self._network.decoder.remember(encoded)
        before = self._before.expand(count, -1)
        decoded, _ = self._network.decoder(before, remembered.start, remembered)
        read = source.expand(count, *source.shape[1:])
        return self._network.says(decoded, read, before).next_log_probs()[:, self._token]
