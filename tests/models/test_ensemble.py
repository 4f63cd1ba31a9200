"""Several models write by the mean of their probabilities."""

import math

import pytest
import torch
from tests.models.test_sequence_to_sequence import BEGIN, END, tiny

from saccade.data.batches import collate
from saccade.errors import OptionError
from saccade.models import assemble
from saccade.models.ensemble import Ensemble
from saccade.models.options import OutputOptions
from saccade.models.sequence_to_sequence import SequenceToSequence
from saccade.search import Step, beam

SOURCES = collate([([5, 7, 3, END], [BEGIN]), ([4, END], [BEGIN]), ([3, 9, 12, 6, 4, END], [BEGIN])])


def several(*contexts: str) -> list[SequenceToSequence]:
    models = [tiny(context=context).double().eval() for context in contexts]
    for seed, model in enumerate(models):
        torch.manual_seed(seed)
        for parameter in model.parameters():
            torch.nn.init.uniform_(parameter, -0.7, 0.7)
    return models


def probability(model: SequenceToSequence, row: int, tokens: list[int]) -> list[float]:
    """Of each token after its own beginning, teacher-forced: nothing of the step protocol."""
    source = SOURCES.source[row : row + 1, : int(SOURCES.source_mask[row].sum())]
    written = torch.tensor([[BEGIN, *tokens[:-1]]])
    remembered = model.remember(source, torch.ones_like(source, dtype=torch.bool))
    decoded, _ = model.decoder(written, remembered.start, remembered)
    log_probs, _ = model.says(decoded, source, written).log_probs(
        torch.tensor([tokens]), torch.ones(1, len(tokens)) > 0
    )
    return log_probs.flatten().exp().tolist()


@torch.no_grad()
def test_the_search_ranks_by_the_mean_of_the_probabilities() -> None:
    models = several("attention", "attention", "every-step")
    step = Ensemble(models).read(SOURCES.source, SOURCES.source_mask)
    assert isinstance(step, Step)
    found = beam(step, begin=BEGIN, end=END, max_lengths=[6, 4, 9], beam=4, n_best=4)
    for row, hypotheses in enumerate(found):
        for one in hypotheses:
            each = [probability(model, row, list(one.tokens)) for model in models]
            wanted = sum(math.log(sum(step) / 3) for step in zip(*each, strict=True))
            assert one.log_prob == pytest.approx(wanted, abs=1e-9)


@torch.no_grad()
def test_one_model_alone_writes_what_it_writes() -> None:
    [model] = several("attention")
    options = {"begin": BEGIN, "end": END, "max_lengths": [8, 8, 8], "beam": 3}
    alone = beam(model.read(SOURCES.source, SOURCES.source_mask), **options)
    same = beam(Ensemble([model]).read(SOURCES.source, SOURCES.source_mask), **options)
    for [one], [other] in zip(alone, same, strict=True):
        assert one.tokens == other.tokens
        assert one.weights is not None
        assert other.weights is not None
        torch.testing.assert_close(one.weights, other.weights)


@torch.no_grad()
def test_the_look_is_the_mean_of_those_that_look() -> None:
    first, second, blind = several("attention", "attention", "initial")
    tokens = torch.full((3,), BEGIN)

    def looked(*models: SequenceToSequence) -> torch.Tensor | None:
        step = Ensemble(models).read(SOURCES.source, SOURCES.source_mask)
        return step(tokens, step.start()).weights

    one, other, both = looked(first), looked(second), looked(first, blind, second)
    assert one is not None
    assert other is not None
    assert both is not None
    torch.testing.assert_close(both, (one + other) / 2)
    assert looked(blind) is None
    assert (Ensemble([blind]).looks, Ensemble([blind, first]).looks) == (False, True)


def test_nobody_is_refused_and_so_is_a_mix_of_those_that_copy_and_those_that_do_not() -> None:
    copying = assemble(11, 11, output=OutputOptions("copying", {}))
    with pytest.raises(OptionError, match="Some of the models copy words"):
        Ensemble([copying, assemble(11, 11)])
    with pytest.raises(OptionError, match="`models` is empty"):
        Ensemble([])
