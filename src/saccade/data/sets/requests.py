"""Requests: messages to a shop that name several things, of which one is asked for; the words that say so are known."""

import random
import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

from saccade.data.labelled_texts import LabelledTexts, Spans
from saccade.data.sets.home import check_split
from saccade.errors import OptionError

THINGS: Final = {
    "appointment": ("an appointment", "a visit from your fitter", "a time to come by"),
    "catalogue": ("a catalogue", "your price list", "a leaflet with all models"),
    "delivery": ("a later delivery", "delivery on Saturday", "a parcel to my new address"),
    "exchange": ("an exchange", "another size", "a different colour"),
    "invoice": ("an invoice", "a receipt", "the bill in writing"),
    "manual": ("a manual", "the instructions", "a drawing of the parts"),
    "refund": ("a refund", "my money back", "the full amount returned"),
    "repair": ("a repair", "somebody to mend it", "new screws for the lid"),
}
"""What may be asked for, each in several words."""

# In brackets stands what decides: the shortest stretch that says alone what is asked for. No thing begins a sentence,
# so that capitals say nothing, and any thing fits any place: how often words occur says nothing, one has to read.
_ASKING: Final = (
    "[I would like {x}].",
    "[Please arrange {x}].",
    "[What I need is {x}].",
    "[Could you give me {x}]?",
    "[I am still waiting for {x}].",
    "[Please do not forget {x}] this time.",
    "[I will not rest without {x}].",
    "[Nothing but {x} will help me].",
    "[All I want is {x}].",
)
_ASKING_AGAINST: Final = (
    "I do not need {y}, [I need {x}].",
    "It is not {y} that I want [but {x}].",
    "[I would rather have {x}] than {y}.",
    "Yes, [{x} is what I need], not {y}.",
    "Instead of {y} [I would now like {x}].",
    "At first I wanted {y}, but now [I am waiting for {x}].",
)
_OTHERS: Final = (
    "I would not like {y}.",
    "Please do not arrange {y}.",
    "What I do not need is {y}.",
    "Could you not give me {y} again?",
    "I am no longer waiting for {y}.",
    "Please forget {y} this time.",
    "I am happy to rest without {y}.",
    "Sadly {y} will not help me.",
    "All my neighbour wants is {y}.",
    "My sister would like {y}.",
    "Last year I needed {y}.",
    "I have already had {y}.",
    "Nobody here wants {y} now.",
)
_FILLERS: Final = (
    "Good morning.",
    "I hope you are well.",
    "The parcel came on Monday.",
    "It is the blue one.",
    "I have been a customer for years.",
    "Thank you for your time.",
    "My number is on the label.",
    "I am not good at letters.",
    "Please excuse my writing.",
    "Could you tell your driver that the bell is broken?",
)
LEAST_OTHERS: Final = 2
MOST_OTHERS: Final = len(THINGS) - 1
# Of the requests, those that name another thing in the same sentence.
_AGAINST = 0.4
_MOST_FILLERS = 3
_MARK = re.compile(r"[\[\]]")


def requests(split: str, *, texts: int = 10_000, seed: int = 0, others: int = 4) -> LabelledTexts:
    """Messages that ask for one thing, and name two to four others that are not wanted, or by somebody else.

    The others stand in sentences made of the same words: "please do not forget my money back", "please forget my money
    back". Which of the things is asked for can't be had from which words there are, since any of them may stand in any
    place; who only counts words is right once in as many times as there are things. Messages are drawn from another
    source of chance in each split. As many as wanted; the first ones are always the same.

    Args:
        split: train, validation or test.
        texts: How many.
        seed: Another seed, other messages.
        others: The most other things in a message; each number from 2 is as likely.

    Raises:
        OptionError: An option that is not allowed.

    Example:
        >>> found = requests("test", texts=1, seed=1)
        >>> [(start, end)] = found.spans[0]
        >>> found.classes[found.labels[0]], found.texts[0][start:end]
        ('appointment', 'I would rather have a visit from your fitter')
    """
    check_split(split)
    if texts < 1:
        raise OptionError(f"`texts` must be 1 or more, but is {texts}.")
    if not LEAST_OTHERS <= others <= MOST_OTHERS:
        raise OptionError(f"`others` must be from {LEAST_OTHERS} to {MOST_OTHERS}, but is {others}.")
    written, labels, spans = zip(*islice(_messages(random.Random(f"{split} {seed}"), others), texts), strict=True)
    return LabelledTexts(written, labels, tuple(THINGS), spans=spans, name=f"requests {split}")


def _messages(chance: random.Random, others: int) -> Iterator[tuple[str, int, Spans]]:
    """Messages without end, each with the number of its thing and what decides."""
    kinds = list(THINGS)
    while True:
        asked, *rest = chance.sample(kinds, 1 + chance.randint(LEAST_OTHERS, others))
        against = chance.random() < _AGAINST
        asking = chance.choice(_ASKING_AGAINST if against else _ASKING)
        asking = asking.format(x=_worded(chance, asked), y=_worded(chance, rest.pop()) if against else "")
        sentences = [asking]
        frames = chance.sample(_OTHERS, len(rest))
        sentences += [frame.format(y=_worded(chance, other)) for frame, other in zip(frames, rest, strict=True)]
        sentences += chance.sample(_FILLERS, chance.randint(0, _MOST_FILLERS))
        chance.shuffle(sentences)
        text, spans = _unmarked(" ".join(sentences))
        yield text, kinds.index(asked), spans


def _worded(chance: random.Random, thing: str) -> str:
    return chance.choice(THINGS[thing])


def _unmarked(marked: str) -> tuple[str, Spans]:
    """A message without its brackets, and what stood between them."""
    first, last = (match.start() for match in _MARK.finditer(marked))
    return _MARK.sub("", marked), ((first, last - 1),)
