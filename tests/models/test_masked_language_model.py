"""The loss is that of the chosen tokens alone; padding has no influence; gradients are right and reach everything."""

import itertools

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from saccade.data.masked_batches import MaskedBatch, collate_masked
from saccade.data.masking import Masked
from saccade.errors import OptionError
from saccade.models import Embeddings, EncoderOptions, MaskedLanguageModel, SelfAttentionOptions, assemble_masked

VOCABULARY = 13
ENCODERS = {
    "self-attention": SelfAttentionOptions(d_model=6, heads=3, layers=2),
    "recurrent": EncoderOptions(d_state=5, layers=2),
    "one-way": EncoderOptions(d_state=5, cell="lstm", directions=1),
}

LEARNERS = {
    "self-attention": SelfAttentionOptions(d_model=12, heads=3, layers=1),
    "recurrent": EncoderOptions(d_state=7),
    "one-way": EncoderOptions(d_state=7, directions=1),
}


@pytest.fixture(params=ENCODERS)
def model(request: pytest.FixtureRequest) -> MaskedLanguageModel:
    torch.manual_seed(0)
    return assemble_masked(VOCABULARY, encoder=ENCODERS[request.param], embeddings=Embeddings(d_embedding=6)).double()


def text(ids: list[int], places: list[int], goals: list[int]) -> Masked:
    return Masked(np.array(ids), np.array(places), np.array(goals))


ROWS = [
    text([5, 13, 7, 8, 13, 9, 2], [1, 4], [6, 12]),
    text([13, 2], [0], [4]),
    text([4, 10, 11, 2], [1, 2], [7, 11]),
]


def test_the_loss_is_the_cross_entropy_of_the_chosen_tokens(model: MaskedLanguageModel) -> None:
    batch = collate_masked(ROWS)
    items = model.encoder(batch.source, batch.source_mask).memory.values
    logits = [
        model.vocabulary(model.norm(F.gelu(model.transform(items[row, place]))))
        for row, one in enumerate(ROWS)
        for place in one.places
    ]
    goals = torch.tensor([goal for one in ROWS for goal in one.goals])
    for smoothing in (0.0, 0.1):
        loss = model(batch, smoothing)
        wanted = F.cross_entropy(torch.stack(logits), goals, reduction="sum", label_smoothing=smoothing)
        torch.testing.assert_close(loss.total, wanted)
        torch.testing.assert_close(
            -loss.log_prob, F.cross_entropy(torch.stack(logits), goals, reduction="sum").detach()
        )
        assert int(loss.tokens) == 5
    torch.testing.assert_close(model.logits(batch.source, batch.source_mask, batch.places), torch.stack(logits))


def test_padding_changes_neither_the_loss_nor_a_gradient(model: MaskedLanguageModel) -> None:
    together = gradients(model, collate_masked(ROWS))
    alone = [gradients(model, collate_masked([row])) for row in ROWS]
    summed = {name: sum(one[name] for one in alone) for name in together}
    torch.testing.assert_close(summed, together, rtol=0, atol=1e-10)


def test_gradients_are_those_of_the_loss_and_reach_every_parameter(model: MaskedLanguageModel) -> None:
    batch = collate_masked(ROWS)
    names, values = zip(*model.named_parameters(), strict=True)

    def loss(*values: torch.Tensor) -> torch.Tensor:
        given = dict(zip(names, values, strict=True))
        logits = torch.func.functional_call(_Logits(model), {f"model.{name}": given[name] for name in names}, (batch,))
        return F.cross_entropy(logits, batch.goals, reduction="sum")

    found = gradients(model, batch)
    assert all(value.any() for value in found.values())
    wanted = torch.autograd.grad(loss(*values), values)
    torch.testing.assert_close(found, dict(zip(names, wanted, strict=True)) | {"loss": found["loss"]})
    copies = tuple(value.detach().clone().requires_grad_() for value in values)
    assert torch.autograd.gradcheck(loss, copies, fast_mode=True)


def test_both_sides_of_a_hidden_token_count(model: MaskedLanguageModel) -> None:
    """Read one way, only what stands before it does."""
    mask, places = torch.ones(1, 5, dtype=torch.bool), torch.tensor([2])
    here = model.logits(torch.tensor([[5, 6, 13, 7, 2]]), mask, places)
    before = model.logits(torch.tensor([[8, 6, 13, 7, 2]]), mask, places)
    after = model.logits(torch.tensor([[5, 6, 13, 9, 2]]), mask, places)
    assert not torch.allclose(here, before)
    one_way = model.encoder.d_memory == 5
    assert torch.allclose(here, after) == one_way


@pytest.mark.parametrize(
    ("kind", "steps", "right"), [("self-attention", 40, 9), ("recurrent", 110, 9), ("one-way", 40, 3)]
)
def test_what_both_sides_say_together_is_learnt(kind: str, steps: int, right: int) -> None:
    """A sum of two digits is hidden between them; who reads one way only knows the first of them."""
    digits = itertools.product(range(3), repeat=2)
    batch = collate_masked([text([4 + a, 7, 4 + b, 2], [1], [4 + (a + b) % 3]) for a, b in digits])
    torch.manual_seed(0)
    model = assemble_masked(7, encoder=LEARNERS[kind], embeddings=Embeddings(d_embedding=12))
    optimiser = torch.optim.Adam(model.parameters(), lr=0.02)
    for _ in range(steps):
        optimiser.zero_grad()
        (model(batch).total / len(batch.goals)).backward()
        optimiser.step()
    guesses = model.logits(batch.source, batch.source_mask, batch.places).argmax(dim=-1)
    assert int((guesses == batch.goals).sum()) == right


def test_the_vocabulary_layer_is_the_embedding_with_the_mask_as_its_last_row(model: MaskedLanguageModel) -> None:
    assert model.vocabulary.weight is model.encoder.embedding.weight
    assert model.encoder.embedding.weight.shape == (VOCABULARY + 1, 6)


@pytest.mark.parametrize(
    ("encoder", "message"),
    [
        (SelfAttentionOptions(d_model=8), r"`encoder.d_model` must be as wide as `embeddings.d_embedding`, 6, .* is 8"),
        (EncoderOptions(cell="grru"), r"`encoder.cell` is 'grru', which is not known. Did you mean `gru`"),
        (SelfAttentionOptions(d_model=6, heads=4), r"heads"),
    ],
)
def test_parts_that_do_not_fit_are_refused(encoder: SelfAttentionOptions | EncoderOptions, message: str) -> None:
    with pytest.raises(OptionError, match=message):
        assemble_masked(VOCABULARY, encoder=encoder, embeddings=Embeddings(d_embedding=6))


class _Logits(nn.Module):
    """The scores of a batch's chosen tokens as what a call gives."""

    def __init__(self, model: MaskedLanguageModel) -> None:
        super().__init__()
        self.model = model

    def forward(self, batch: MaskedBatch) -> torch.Tensor:
        return self.model.logits(batch.source, batch.source_mask, batch.places)


def gradients(model: MaskedLanguageModel, batch: MaskedBatch) -> dict[str, torch.Tensor]:
    """Of the loss of a batch, and the loss itself."""
    model.zero_grad()
    loss = model(batch)
    loss.total.backward()
    found = {name: value.grad.clone() for name, value in model.named_parameters() if value.grad is not None}
    assert found.keys() == dict(model.named_parameters()).keys()
    return found | {"loss": loss.total.detach()}
