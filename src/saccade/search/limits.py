"""What every search is told about the hypotheses it may write, checked once."""

from typing import NamedTuple, final

from jaxtyping import Float
from torch import Tensor

from saccade.errors import OptionError
from saccade.search.candidates import Allowed


@final
class Limits(NamedTuple):
    """Where hypotheses begin and end, how long they may be, and what they may not hold.

    Args:
        begin: The token each hypothesis starts from; not part of it.
        end: The token that finishes a hypothesis, and counts in its length.
        max_lengths: The most tokens for each sentence, `end` counted; at least 0.
        min_length: The fewest tokens of a finished hypothesis, `end` counted; at least 0.
        forbidden: Tokens that are never written.
    """

    begin: int
    end: int
    max_lengths: tuple[int, ...]
    min_length: int
    forbidden: tuple[int, ...]

    def check(self, sentences: int) -> "Limits":
        """Hand back these limits where they make sense for so many sentences.

        Raises:
            OptionError: Where they do not.
        """
        if len(self.max_lengths) != sentences:
            raise OptionError(
                f"`max_lengths` must have a length for each sentence = {sentences}, but has {len(self.max_lengths)}."
            )
        if min(self.max_lengths, default=0) < 0:
            raise OptionError(f"`max_lengths` must be at least 0, but one is {min(self.max_lengths)}. Raise it.")
        at_least("min_length", self.min_length, 0)
        at_least("begin", self.begin, 0)
        at_least("end", self.end, 0)
        if self.end in self.forbidden:
            raise OptionError(
                f"`forbidden` must not hold the end token, but has {self.end}: nothing could finish. Take it out."
            )
        return self

    def allowed_at(self, length: int, log_probs: Float[Tensor, "row vocab"], known: dict[bool, Allowed]) -> Allowed:
        """The tokens that may be the one at a length, as worked out once and remembered in `known`."""
        too_short = length < self.min_length
        if too_short not in known:
            known[too_short] = self.allowed(log_probs, *([self.end] if too_short else []))
        return known[too_short]

    def allowed(self, log_probs: Float[Tensor, "row vocab"], *barred: int) -> Allowed:
        """The tokens of this vocabulary that may be written, without the forbidden ones and these.

        Raises:
            OptionError: Where `end` or a forbidden token is not in the vocabulary.
        """
        size = log_probs.shape[1]
        outside = [token for token in (self.end, *self.forbidden) if not 0 <= token < size]
        if outside:
            raise OptionError(
                f"`end` and `forbidden` must be tokens from 0 to {size - 1}, but one is {outside[0]}. "
                "Use the tokenizer that the model was trained with."
            )
        return Allowed(size, (*self.forbidden, *barred), log_probs.device)


def at_least(name: str, value: float | int, least: int) -> None:
    """Refuse an option that is too small.

    Raises:
        OptionError: Where it is.
    """
    if not value >= least:
        raise OptionError(f"`{name}` must be at least {least}, but is {value}. Raise it.")
