"""A tiny model and its batches, for the tests of training: a map of tokens to tokens, with dropout and tied weights."""

from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor, nn

from saccade.training import TrainingOptions
from saccade.training.loop import train
from saccade.training.progress import Silent
from saccade.training.trained import Trained

VOCABULARY = 17


class ExampleLoss(NamedTuple):
    total: Tensor
    log_prob: Tensor
    tokens: Tensor


class ExampleBatch(NamedTuple):
    source: Tensor
    mask: Tensor
    target: Tensor

    def to(self, device: torch.device) -> "ExampleBatch":
        return ExampleBatch(*(tensor.to(device) for tensor in self))


class ExampleBatches:
    """Seven batches an epoch, of different numbers of tokens; `pick` shares them out among processes."""

    unit = "tokens"

    def __init__(self, *, pick: slice = slice(None)) -> None:
        self.pick = pick
        self.loaded: list[tuple[int, int]] = []

    def epoch(self, number: int, /) -> list[tuple[int, int]]:
        return [(number, batch) for batch in range(7)][self.pick]

    def load(self, key: tuple[int, int], /) -> ExampleBatch:
        self.loaded.append(key)
        generator = torch.Generator().manual_seed(1000 * key[0] + key[1])
        source = torch.randint(VOCABULARY, (3, 5), generator=generator)
        mask = torch.rand(3, 5, generator=generator) > 0.2
        return ExampleBatch(source, mask, source * 3 % VOCABULARY)


class ExampleModel(nn.Module):
    def __init__(self, *, dropout: float = 0.2) -> None:
        super().__init__()
        generator = torch.Generator().manual_seed(5)
        self.embedding = nn.Embedding(VOCABULARY, 11)
        self.hidden = nn.Linear(11, 11)
        self.dropout = nn.Dropout(dropout)
        self.readout = nn.Linear(11, VOCABULARY)
        self.readout.weight = self.embedding.weight
        with torch.no_grad():
            for parameter in self.parameters():
                parameter.copy_(torch.randn(parameter.shape, generator=generator) / 3)

    def forward(self, batch: ExampleBatch, smoothing: float = 0.0) -> ExampleLoss:
        hidden = self.dropout(torch.tanh(self.hidden(self.embedding(batch.source))))
        log_probs = self.readout(hidden)[batch.mask].float().log_softmax(-1)
        log_prob = log_probs.gather(-1, batch.target[batch.mask].unsqueeze(-1)).sum()
        spread = log_probs.mean(-1).sum()
        return ExampleLoss(-(1 - smoothing) * log_prob - smoothing * spread, log_prob, batch.mask.sum())


def validate(model: nn.Module) -> dict[str, float]:
    loss = model(ExampleBatches().load((99, 99)))
    return {"loss": float(-loss.log_prob.detach() / loss.tokens)}


def options(**changes: object) -> TrainingOptions:
    chosen = {"max_epochs": 3, "learning_rate": 0.01, "precision": "float32", "log_every": 2} | changes
    return TrainingOptions(**chosen)  # pyright: ignore[reportArgumentType]


def train_example(folder: Path, *, dropout: float = 0.2, **changes: object) -> tuple[ExampleModel, Trained]:
    """Train the tiny model from its fixed beginning, silently, with validation."""
    model = ExampleModel(dropout=dropout)
    resume = bool(changes.pop("resume", False))
    trained = train(
        model, ExampleBatches(), options(**changes), folder, validate=validate, resume=resume, progress=Silent()
    )
    return model, trained
