"""A blank is filled with what may be written there, and with no special piece."""

import pytest
import torch

from saccade.data.tokenizers import Tokenizer
from saccade.models import Embeddings, EncoderOptions, assemble_masked
from saccade.run.masked_text.answers import Answer, Answerer

TEXTS = ["A dog is running.", "A man runs in the park.", "two dogs are running, and a man is eating"]


def answer(kind: str, text: str) -> tuple[Answer, list[str]]:
    """A text filled in by a model of no learning, with all that it may say; and the pieces that are not special."""
    tokenizer = Tokenizer.train(TEXTS, kind=kind, vocabulary_size=None if kind == "char" else 40)
    torch.manual_seed(0)
    network = assemble_masked(
        tokenizer.vocabulary_size, encoder=EncoderOptions(d_state=5), embeddings=Embeddings(d_embedding=3)
    )
    [found] = Answerer(network, tokenizer, n_best=1000)([text])
    return found, [tokenizer.piece(token) for token in range(4, tokenizer.vocabulary_size)]


@pytest.mark.parametrize("kind", ["bpe", "unigram", "word"])
def test_after_a_space_a_word_begins_and_elsewhere_it_goes_on(kind: str) -> None:
    found, pieces = answer(kind, "A <mask> is running<mask>")
    first, second = ({guess.text for guess in guesses} for guesses in found.blanks)
    assert first == {piece[1:] for piece in pieces if piece.startswith("▁")} - {""}
    assert second == {piece for piece in pieces if not piece.startswith("▁")}
    assert second
    assert found.output == f"A {found.blanks[0][0].text} is running{found.blanks[1][0].text}"


def test_of_characters_any_may_stand_anywhere() -> None:
    found, pieces = answer("char", "A <mask>og is run<mask>ing.")
    for guesses in found.blanks:
        assert {guess.text for guess in guesses} == set(pieces)
        probabilities = [guess.probability for guess in guesses]
        assert probabilities == sorted(probabilities, reverse=True)
        assert 0 < sum(probabilities) < 1  # the rest is for what is special
