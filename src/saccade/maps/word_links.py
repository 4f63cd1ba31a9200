"""From weights to links: which source word each target word belongs to."""

import re
from collections.abc import Callable, Sequence, Set
from typing import Final

import numpy as np
from jaxtyping import Float

from saccade.data.word_links import Link
from saccade.maps.alignment import Span

_WORD: Final = re.compile(r"\S+")
_NEIGHBOURS: Final = ((-1, 0), (0, -1), (1, 0), (0, 1), (-1, -1), (-1, 1), (1, -1), (1, 1))


def over_words(
    weights: Float[np.ndarray, "target source"],
    source: str,
    source_spans: Sequence[Span],
    target: str,
    target_spans: Sequence[Span],
) -> Float[np.ndarray, "target_word source_word"]:
    """Join the pieces of a map to the words between blanks: source weights are summed, target rows averaged.

    What belongs to no word, as the end, is left out; so a row sums to less than 1 where the look fell there. A word of
    which no piece is left has weights of 0.

    Args:
        weights: Of pieces.
        source: The text that was read.
        source_spans: Which characters each piece covers.
        target: The text that was written.
        target_spans: The same of it.

    Example:
        >>> pieces = np.array([[0.5, 0.5, 0.0], [0.0, 0.2, 0.8], [0.0, 0.0, 1.0]])
        >>> over_words(pieces, "ab c", [(0, 1), (1, 2), (3, 4)], "xyz", [(0, 2), (2, 3), (3, 3)]).round(2).tolist()
        [[0.6, 0.4]]
    """
    rows = _belongs(target, target_spans)
    return rows / np.maximum(rows.sum(axis=1, keepdims=True), 1) @ weights @ _belongs(source, source_spans).T


def links_of(weights: Float[np.ndarray, "target_word source_word"], threshold: float | None = None) -> set[Link]:
    """The links that a map of words says.

    Args:
        weights: Of words.
        threshold: Each weight of at least so much is a link; None: the highest of each row is, if it is above 0.

    Example:
        >>> seen = np.array([[0.7, 0.3], [0.4, 0.5]])
        >>> sorted(links_of(seen)), sorted(links_of(seen, 0.4))
        ([(0, 0), (1, 1)], [(0, 0), (0, 1), (1, 1)])
    """
    if threshold is None:
        chosen = (weights == weights.max(axis=1, keepdims=True, initial=0)) & (weights > 0)
        return {(int(row.argmax()), place) for place, row in enumerate(chosen) if row.any()}
    return {(int(source), int(target)) for target, source in np.argwhere(weights >= threshold)}


def diagonal_links(source: str, target: str) -> set[Link]:
    """What needs no model: each target word is linked to the source word that lies at the same share of its text.

    Example:
        >>> sorted(diagonal_links("a b c d", "x y"))
        [(1, 0), (3, 1)]
    """
    read, written = (len(_WORD.findall(text)) for text in (source, target))
    # The middle of each word: (target + 1/2) / written of the way.
    return {((2 * word + 1) * read // (2 * written), word) for word in range(written) if read}


def grown(forward: Set[Link], backward: Set[Link], *, final_and: bool = True) -> set[Link]:
    """Grow the intersection of two ways of linking towards their union: "grow-diag", or "grow-diag-final-and".

    From what both say, links that one says are taken in if they touch a link, also across a corner, and if their source
    or their target word has none; source word by source word, what was taken in growing at once, again until nothing
    comes. Then, with `final_and`, links of either, the forward ones first, are taken in whose words both have none.

    Example:
        >>> forward, backward = {(0, 0), (1, 1), (2, 1)}, {(0, 0), (1, 1), (4, 4)}
        >>> sorted(grown(forward, backward)), sorted(grown(forward, backward, final_and=False))
        ([(0, 0), (1, 1), (2, 1), (4, 4)], [(0, 0), (1, 1), (2, 1)])

    Source:
        Koehn, Och, Marcu 2003, "Statistical phrase-based translation" (N03-1017), sections 3.1 and 4.5; the names and
        the order: Koehn et al. 2005, "Edinburgh system description for the 2005 IWSLT speech translation evaluation".

    Differs:
        What grows depends a little on the order, and so on which direction is called forward.
    """
    links, union = set(forward & backward), forward | backward
    sources, targets = {source for source, _ in links}, {target for _, target in links}

    def take(link: Link) -> None:
        links.add(link)
        sources.add(link[0])
        targets.add(link[1])

    before = -1
    while before < len(links):
        before = len(links)
        for source, target in sorted(union):
            if (source, target) in links:
                for down, across in _NEIGHBOURS:
                    new = (source + down, target + across)
                    if new in union and new not in links and (new[0] not in sources or new[1] not in targets):
                        take(new)
    for link in [*sorted(forward), *sorted(backward)] if final_and else ():
        if link[0] not in sources and link[1] not in targets:
            take(link)
    return links


SYMMETRISED: Final[dict[str, Callable[[Set[Link], Set[Link]], Set[Link]]]] = {
    "intersection": lambda forward, backward: forward & backward,
    "union": lambda forward, backward: forward | backward,
    "grow-diag": lambda forward, backward: grown(forward, backward, final_and=False),
    "grow-diag-final-and": grown,
}
"""How the links of two directions become one: both as (source, target) of the first."""


def _belongs(text: str, spans: Sequence[Span]) -> Float[np.ndarray, "word piece"]:
    """1 where a piece lies in a word; a piece over several words counts for the first."""
    words = [match.span() for match in _WORD.finditer(text)]
    found = np.zeros((len(words), len(spans)))
    for piece, (start, end) in enumerate(spans):
        inside = [word for word, (left, right) in enumerate(words) if start < right and left < end]
        found[inside[:1], piece] = 1
    return found
