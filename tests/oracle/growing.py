"""Two ways of linking made one, as a slow walk over the matrix of all pairs of words."""

import numpy as np

Links = set[tuple[int, int]]
STRAIGHT = [(-1, 0), (0, -1), (1, 0), (0, 1)]
ACROSS = [(-1, -1), (-1, 1), (1, -1), (1, 1)]


def grown_by_the_matrix(forward: Links, backward: Links, *, final_and: bool) -> Links:
    """Grow-diag, and with `final_and` grow-diag-final-and: Koehn et al. 2005, the IWSLT system description."""
    size = 1 + max((place for link in forward | backward for place in link), default=0)
    one, other = (np.zeros((size, size), dtype=bool) for _ in range(2))
    for matrix, links in ((one, forward), (other, backward)):
        for source, target in links:
            matrix[source, target] = True
    union, chosen = one | other, one & other
    added = True
    while added:
        added = False
        for source in range(size):
            for target in range(size):
                if not chosen[source, target]:
                    continue
                for down, across in STRAIGHT + ACROSS:
                    i, j = source + down, target + across
                    if not (0 <= i < size and 0 <= j < size) or not union[i, j] or chosen[i, j]:
                        continue
                    if not chosen[i, :].any() or not chosen[:, j].any():
                        chosen[i, j] = added = True
    if final_and:
        for matrix in (one, other):
            for source in range(size):
                for target in range(size):
                    alone = not chosen[source, :].any() and not chosen[:, target].any()
                    if matrix[source, target] and alone:
                        chosen[source, target] = True
    return {(int(source), int(target)) for source, target in np.argwhere(chosen)}
