"""How probable a written token is, where only some of the source may be seen."""

import numpy as np
import pytest
import torch
from tests.models.test_sequence_to_sequence import BEGIN, END, tiny

from saccade.data.tokenizers import UNKNOWN
from saccade.maps import gradient_times_input, integrated_gradients
from saccade.models import AttentionOptions, DecoderOptions, Embeddings, EncoderOptions, SequenceToSequence, assemble
from saccade.models.options import OutputOptions, SelfAttentionOptions
from saccade.run.text_to_text.written import Written

SOURCE, TOKENS = [5, 7, 3, 9, END], [4, 6, 3, END]


def copies() -> SequenceToSequence:
    torch.manual_seed(5)
    return assemble(
        11,
        11,
        encoder=EncoderOptions(d_state=5),
        decoder=DecoderOptions(d_state=6),
        attention=AttentionOptions(),
        output=OutputOptions("copying", {}),
        embeddings=Embeddings(d_embedding=4),
    )


def layers() -> SequenceToSequence:
    torch.manual_seed(5)
    sizes = {"d_model": 8, "heads": 2, "layers": 2}
    encoder, decoder = SelfAttentionOptions(**sizes), SelfAttentionOptions(**sizes)
    return assemble(13, 11, encoder=encoder, decoder=decoder, embeddings=Embeddings(d_embedding=8))


def sums(kind: str, **options: int) -> SequenceToSequence:
    torch.manual_seed(5)
    return assemble(
        13,
        11,
        encoder=EncoderOptions(d_state=5),
        decoder=DecoderOptions(d_state=6, query="current-state"),
        output=OutputOptions(kind, options),
        embeddings=Embeddings(d_embedding=4),
    )


NETWORKS = {
    "recurrent": tiny,
    "copying": copies,
    "self-attention": layers,
    "mixture": lambda: sums("mixture"),
    "monotonic": lambda: sums("monotonic"),
    "monotonic-1": lambda: sums("monotonic", order=1),
}


@pytest.fixture(params=NETWORKS)
def network(request: pytest.FixtureRequest) -> SequenceToSequence:
    return NETWORKS[request.param]().double().eval()


@torch.no_grad()
def searched(network: SequenceToSequence, source: list[int], tokens: list[int], place: int) -> float:
    """The probability that a search sees of a token, after those before it."""
    ids = torch.tensor([source])
    step = network.read(ids, torch.ones_like(ids, dtype=torch.bool))
    said = step(torch.tensor([BEGIN]), step.start())
    for token in tokens[:place]:
        said = step(torch.tensor([token]), said.state)
    return float(said.log_probs[0, tokens[place]].exp())


@pytest.mark.parametrize("place", [0, 2, 3])
def test_nothing_erased_is_what_the_model_says(network: SequenceToSequence, place: int) -> None:
    written = Written(network, SOURCE, TOKENS, place)
    wanted = searched(network, SOURCE, TOKENS, place)
    everything = np.ones((3, len(SOURCE)), dtype=bool)
    np.testing.assert_allclose(written.without_memory(everything), wanted, rtol=1e-10)
    np.testing.assert_allclose(written.with_unknown(everything), wanted, rtol=1e-10)
    vectors = written.vectors()
    np.testing.assert_allclose(written.score(torch.stack([vectors] * 2)).exp().detach(), wanted, rtol=1e-10)


def test_what_is_erased_is_read_as_unknown(network: SequenceToSequence) -> None:
    seen = np.array([[True, False, True, True, True], [False, False, False, True, True]])
    found = Written(network, SOURCE, TOKENS, 2).with_unknown(seen)
    for row, probability in zip(seen, found, strict=True):
        source = [token if kept else UNKNOWN for token, kept in zip(SOURCE, row, strict=True)]
        assert probability == pytest.approx(searched(network, source, TOKENS, 2), rel=1e-10)


# With order 1 it counts how far apart items are, and what lies between them stays there.
@pytest.mark.parametrize("network", sorted(NETWORKS.keys() - {"monotonic-1"}), indirect=True)
def test_what_is_erased_from_the_memory_is_not_looked_at(network: SequenceToSequence) -> None:
    """The same as a memory of the other items, all of the source having been read."""
    seen = np.array([[True, False, True, False, True]])
    found = Written(network, SOURCE, TOKENS, 2).without_memory(seen)
    source = torch.tensor([SOURCE])
    with torch.no_grad():
        encoded = network.encoder(source, torch.ones_like(source, dtype=torch.bool))
        kept, memory = torch.from_numpy(seen[0]), encoded.memory
        fewer = memory._replace(keys=memory.keys[:, kept], values=memory.values[:, kept], mask=None)
        remembered = network.decoder.remember(encoded._replace(memory=fewer))
        before = torch.tensor([[BEGIN, *TOKENS[:2]]])
        decoded, _ = network.decoder(before, remembered.start, remembered)
        wanted = network.says(decoded, source[:, kept], before).next_log_probs()[:, TOKENS[2]].exp()
    np.testing.assert_allclose(found, wanted, rtol=1e-9)


def test_a_word_that_was_copied_out_is_asked_about_and_gone_on_from() -> None:
    network = copies().double().eval()
    source = [5, UNKNOWN, 7, END]
    tokens = [4, 11 + 1, 6, END]  # the vocabulary has 11: the second item, copied out
    for place in range(4):
        found = Written(network, source, tokens, place).without_memory(np.ones((1, 4), dtype=bool))
        assert found[0] == pytest.approx(searched(network, source, tokens, place), rel=1e-10)


def test_all_erased_gives_a_number(network: SequenceToSequence) -> None:
    written = Written(network, SOURCE, TOKENS, 1)
    nothing = np.zeros((1, len(SOURCE)), dtype=bool)
    for found in (written.without_memory(nothing), written.with_unknown(nothing)):
        assert np.isfinite(found).all()
        assert (found >= 0).all()
        assert (found <= 1).all()


def test_many_variants_are_asked_in_parts(network: SequenceToSequence) -> None:
    seen = np.random.default_rng(0).random((300, len(SOURCE))) < 0.5
    written = Written(network, SOURCE, TOKENS, 3)
    np.testing.assert_allclose(written.with_unknown(seen)[[7, 290]], written.with_unknown(seen[[7, 290]]), rtol=1e-10)


def test_the_gradient_of_the_score_is_that_of_differences(network: SequenceToSequence) -> None:
    written = Written(network, SOURCE, TOKENS, 2)
    vectors = written.vectors()
    found = gradient_times_input(vectors, written.score)
    for item in range(len(SOURCE)):
        step = torch.zeros_like(vectors)
        step[item] = 1e-5 * vectors[item]
        with torch.no_grad():
            above, below = written.score(torch.stack([vectors + step, vectors - step]))
        torch.testing.assert_close(found[item], (above - below) / 2e-5, rtol=1e-5, atol=1e-8)


def test_as_many_variants_as_items_lie_the_right_way(network: SequenceToSequence) -> None:
    written = Written(network, SOURCE, TOKENS, 2)
    vectors = written.vectors() * torch.linspace(0.2, 1.0, len(SOURCE), dtype=torch.float64)[:, None, None]
    with torch.no_grad():
        torch.testing.assert_close(written.score(vectors), torch.cat([written.score(one[None]) for one in vectors]))


def test_integrated_gradients_add_up(network: SequenceToSequence) -> None:
    written = Written(network, SOURCE, TOKENS, 2)
    vectors = written.vectors()
    found = integrated_gradients(vectors, written.score, steps=200)
    with torch.no_grad():
        ends = written.score(torch.stack([vectors, torch.zeros_like(vectors)]))
    torch.testing.assert_close(found.sum(), ends[0] - ends[1], atol=1e-3, rtol=0)
