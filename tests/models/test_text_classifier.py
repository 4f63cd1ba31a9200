"""A classifier of texts is the paper's, padding has no influence, and it learns what words alone don't say."""

import pytest
import torch
from tests.oracle.word_attention import word_attention

from saccade.attention import Memory
from saccade.attention.scores import Additive
from saccade.data.text_batches import text_batch
from saccade.encoders import Encoded
from saccade.errors import OptionError
from saccade.models import EncoderOptions, SelfAttentionOptions, TextClassifier, assemble_text_classifier
from saccade.models.options import Embeddings
from saccade.models.pooling import AttentionPooling

ROWS = [[4, 5, 6], [7], [5, 5, 8, 9, 10, 4, 6]]


def make(kind: str = "recurrent", pooling: str = "attention") -> TextClassifier:
    torch.manual_seed(0)
    encoder = EncoderOptions(d_state=5) if kind == "recurrent" else SelfAttentionOptions(d_model=6, heads=3, layers=2)
    model = assemble_text_classifier(
        11, 3, encoder=encoder, pooling=(pooling, {}), embeddings=Embeddings(d_embedding=6)
    )
    return model.double().eval()


def test_pooling_with_the_additive_score_is_the_papers_with_every_gradient() -> None:
    torch.manual_seed(0)
    pooling = AttentionPooling(5).double()
    score = pooling.attention.score
    assert isinstance(score, Additive)
    states = torch.randn(2, 7, 5, dtype=torch.float64, requires_grad=True)
    mask = torch.arange(7) < torch.tensor([[7], [3]])
    ours = pooling(Encoded(Memory(states, states, mask), ()))
    bias = score.project_query(pooling.query)
    theirs = word_attention(states, score.project_key.weight, bias, score.v, [7, 3])
    torch.testing.assert_close(ours, theirs)
    inputs = [states, score.project_key.weight, score.v, pooling.query]
    gradients = [torch.autograd.grad(out.square().sum(), inputs, retain_graph=True) for out in (ours, theirs)]
    torch.testing.assert_close(*gradients)


@pytest.mark.parametrize("kind", ["recurrent", "self-attention"])
@pytest.mark.parametrize("pooling", ["attention", "mean"])
def test_a_text_alone_is_labelled_as_in_a_padded_batch(kind: str, pooling: str) -> None:
    model = make(kind, pooling)
    batch = text_batch(ROWS, [0, 1, 2])
    together = model.logits(batch.texts, batch.mask)
    alone = torch.cat([model.logits(*text_batch([row], [0])[:2]) for row in ROWS])
    torch.testing.assert_close(together, alone, atol=1e-10, rtol=0)


def test_the_loss_is_that_of_the_labels_and_reaches_every_parameter() -> None:
    model, batch = make(), text_batch(ROWS, [0, 1, 2])
    log_probs = model.logits(batch.texts, batch.mask).log_softmax(-1)
    loss = model(batch, 0.1)
    right = log_probs[[0, 1, 2], [0, 1, 2]].sum()
    torch.testing.assert_close(loss.log_prob, right.detach())
    torch.testing.assert_close(loss.total, -(0.9 * right + 0.1 * log_probs.mean(-1).sum()))
    assert int(loss.tokens) == 3
    loss.total.backward()
    assert all(parameter.grad is not None and parameter.grad.any() for parameter in model.parameters())


def test_parts_that_do_not_fit_are_refused() -> None:
    with pytest.raises(OptionError, match=r"`pooling.kind` is 'class-token', but an encoder of texts has none"):
        assemble_text_classifier(11, 3, pooling=("class-token", {}))
    with pytest.raises(OptionError, match=r"`encoder.d_model` must be as wide as `embeddings.d_embedding`, 256"):
        assemble_text_classifier(11, 3, encoder=SelfAttentionOptions(d_model=6))
    with pytest.raises(OptionError, match=r"`labels` must be"):
        assemble_text_classifier(11, 0)
