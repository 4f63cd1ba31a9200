"""From maps of pieces to links of words, and two directions made one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.oracle.growing import grown_by_the_matrix

from saccade.maps.word_links import SYMMETRISED, diagonal_links, grown, links_of, over_words

LINKS = st.sets(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=12)


def test_pieces_become_words_and_the_end_none() -> None:
    pieces = np.array(
        [
            [0.2, 0.1, 0.3, 0.3, 0.1],
            [0.0, 0.4, 0.1, 0.2, 0.3],
            [0.0, 0.0, 0.0, 0.0, 1.0],
        ]
    )
    #      "co"    "al"    " mine"  "s"      end
    spans = [(0, 2), (2, 4), (4, 9), (9, 10), (10, 10)]
    words = over_words(pieces, "coal mines", spans, "Zeche n", [(0, 5), (6, 7), (7, 7)])
    np.testing.assert_allclose(words, [[0.3, 0.6], [0.4, 0.3]])


def test_a_word_of_several_pieces_looks_on_the_mean() -> None:
    pieces = np.array([[1.0, 0.0], [0.0, 1.0], [0.5, 0.5]])
    words = over_words(pieces, "a b", [(0, 1), (2, 3)], "xyz", [(0, 1), (1, 2), (2, 3)])
    np.testing.assert_allclose(words, [[0.5, 0.5]])


def test_a_word_without_a_piece_is_linked_to_none() -> None:
    words = over_words(np.array([[1.0]]), "a b", [(0, 1)], "x y", [(2, 3)])
    np.testing.assert_allclose(words, [[0.0, 0.0], [1.0, 0.0]])
    assert links_of(words) == {(0, 1)}


def test_links_go_to_the_highest_or_to_all_from_a_threshold_on() -> None:
    seen = np.array([[0.6, 0.4, 0.0], [0.0, 0.0, 0.0], [0.3, 0.3, 0.2]])
    assert links_of(seen) == {(0, 0), (0, 2)}
    assert links_of(seen, 0.3) == {(0, 0), (1, 0), (0, 2), (1, 2)}
    assert links_of(np.zeros((0, 3))) == links_of(np.zeros((2, 0))) == set()


def test_growing_takes_in_neighbours_of_words_without_a_link() -> None:
    forward, backward = {(0, 0), (1, 1), (1, 2), (3, 3)}, {(0, 0), (1, 1), (2, 2), (2, 1)}
    # (1, 2) touches (1, 1), and its target has no link; (2, 1) too, by its source; then (3, 3) touches nothing …
    # … until (2, 2) does: its source and target have links by then, so it stays out, and (3, 3) comes in at the end.
    assert grown(forward, backward, final_and=False) == {(0, 0), (1, 1), (1, 2), (2, 1)}
    assert grown(forward, backward) == {(0, 0), (1, 1), (1, 2), (2, 1), (3, 3)}


@given(forward=LINKS, backward=LINKS, final_and=st.booleans())
def test_growing_is_as_published(
    forward: set[tuple[int, int]], backward: set[tuple[int, int]], final_and: bool
) -> None:
    assert grown(forward, backward, final_and=final_and) == grown_by_the_matrix(forward, backward, final_and=final_and)


def test_what_was_taken_in_grows_at_once() -> None:
    assert grown({(1, 1), (0, 1)}, {(1, 1), (0, 0)}) == {(0, 0), (0, 1), (1, 1)}


@given(forward=LINKS, backward=LINKS)
def test_what_is_made_one_lies_between_the_intersection_and_the_union(
    forward: set[tuple[int, int]], backward: set[tuple[int, int]]
) -> None:
    found = {name: make(forward, backward) for name, make in SYMMETRISED.items()}
    assert found["intersection"] <= found["grow-diag"] <= found["grow-diag-final-and"] <= found["union"]
    assert all(make(forward, forward) == forward for make in SYMMETRISED.values())
    extra = found["grow-diag-final-and"] - found["grow-diag"]
    assert not {source for source, _ in extra} & {source for source, _ in found["grow-diag"]}


@pytest.mark.parametrize("name", SYMMETRISED)
def test_nothing_comes_of_nothing(name: str) -> None:
    assert SYMMETRISED[name](set(), set()) == set()


@given(st.integers(0, 9), st.integers(0, 9))
def test_the_diagonal_links_each_target_word_and_never_goes_back(read: int, written: int) -> None:
    links = sorted(diagonal_links(" ".join("a" * read), " ".join("b" * written)), key=lambda link: link[1])
    assert [target for _, target in links] == (list(range(written)) if read else [])
    assert [source for source, _ in links] == sorted(source for source, _ in links)
    assert all(0 <= source < read for source, _ in links)
    if read == written:
        assert links == [(word, word) for word in range(read)]
