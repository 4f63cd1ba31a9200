import json
import os
import signal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from tests.test_storage import no_file_over
from tests.training.example import ExampleBatches, ExampleLoss, ExampleModel, options, train_example, validate
from torch import nn

from saccade.errors import DataError, DivergedError, OptionError, RunError, StorageError
from saccade.training.interrupt import StoppedError
from saccade.training.loop import train
from saccade.training.progress import Progress, Silent, TrainingRow
from saccade.training.trained import Trained
from saccade.training.weights import load_weights


def rows(folder: Path, kind: str) -> list[dict[str, Any]]:
    lines = (folder / "metrics.jsonl").read_text().splitlines()
    return [row for row in map(json.loads, lines) if row["kind"] == kind]


def assert_same_weights(ours: nn.Module, theirs: nn.Module) -> None:
    for name, value in ours.state_dict().items():
        assert torch.equal(value, theirs.state_dict()[name]), name


def assert_other_weights(ours: nn.Module, theirs: nn.Module) -> None:
    pairs = zip(ours.parameters(), theirs.parameters(), strict=True)
    assert any(not torch.equal(value, other) for value, other in pairs)


def seed_both(seed: int) -> None:
    """Seed torch and numpy; Python's own generator is drawn from by the checks of types in tests."""
    torch.manual_seed(seed)
    np.random.seed(seed)


class Scripted:
    """A validation whose figures are written beforehand."""

    def __init__(self, *scores: float) -> None:
        self.scores = list(scores)

    def __call__(self, model: nn.Module) -> dict[str, float]:
        assert not model.training
        assert not torch.is_grad_enabled()
        return {"score": self.scores.pop(0)}


def train_scripted(folder: Path, *scores: float, **changes: object) -> tuple[ExampleModel, Trained]:
    model = ExampleModel()
    chosen = options(**{"watch": "score", "better": "higher", **changes})
    return model, train(model, ExampleBatches(), chosen, folder, validate=Scripted(*scores), progress=Silent())


def test_it_learns(tmp_path: Path) -> None:
    before = validate(ExampleModel().eval())["loss"]
    model, trained = train_example(tmp_path, max_epochs=20, validate_every_epochs=10.0)
    assert trained.figures["loss"] < before / 3
    assert trained.figures == validate(model)
    assert (trained.updates, trained.ended_by, trained.kept) == (140, "epochs", "best")


def test_the_same_seed_gives_the_same_weights_and_another_does_not(tmp_path: Path) -> None:
    first, _ = train_example(tmp_path / "1", seed=3)
    second, _ = train_example(tmp_path / "2", seed=3)
    third, _ = train_example(tmp_path / "3", seed=5)
    assert_same_weights(first, second)
    assert_other_weights(first, third)


def test_what_the_callers_generators_say_has_no_influence_and_is_left_alone(tmp_path: Path) -> None:
    first, second = ExampleModel(), ExampleModel()
    train(first, ExampleBatches(), options(), tmp_path / "1", progress=Silent())
    seed_both(77)
    expected = (torch.rand(3), np.random.rand())
    seed_both(77)
    train(second, ExampleBatches(), options(), tmp_path / "2", progress=Silent())
    drawn = (torch.rand(3), np.random.rand())
    assert_same_weights(first, second)
    torch.testing.assert_close(drawn, expected, rtol=0.0, atol=0.0)


def test_an_update_of_several_batches_goes_by_all_their_tokens(tmp_path: Path) -> None:
    """One update of the seven batches of an epoch moves against the mean over their tokens, whatever their sizes."""
    batches, twin, rate = ExampleBatches(), ExampleModel(dropout=0.0), 0.25
    losses = [twin(batches.load(key), 0.1) for key in batches.epoch(1)]
    (sum(loss.total for loss in losses) / sum(loss.tokens for loss in losses)).backward()
    seen: dict[str, torch.Tensor] = {}
    model = ExampleModel(dropout=0.0)
    for name, parameter in model.named_parameters():
        parameter.register_post_accumulate_grad_hook(lambda p, name=name: seen.__setitem__(name, p.grad))
    chosen = options(max_updates=1, accumulate=7, label_smoothing=0.1, clip_norm=None, learning_rate=rate)
    train(model, batches, chosen, tmp_path, progress=Silent())
    for name, parameter in twin.named_parameters():
        torch.testing.assert_close(seen[name], parameter.grad)


def test_the_rate_rises_and_falls_as_the_schedule_says(tmp_path: Path) -> None:
    train_example(tmp_path, max_epochs=1, warmup_steps=2, learning_rate=0.5, log_every=1)
    rates = [row["learning_rate"] for row in rows(tmp_path, "training")]
    assert rates == pytest.approx([0.25, 0.5, 0.5, 0.4, 0.3, 0.2, 0.1])


@pytest.mark.parametrize("changes", [{}, {"momentum": 0.0}, {"nesterov": True}], ids=str)
def test_gradient_descent_goes_on_bit_for_bit(tmp_path: Path, changes: dict[str, object]) -> None:
    chosen = {"optimiser": "sgd", "learning_rate": 0.3, "schedule": "constant", **changes}
    whole, _ = train_example(tmp_path / "whole", max_updates=9, **chosen)
    train_example(tmp_path / "parts", max_updates=4, **chosen)
    parts, _ = train_example(tmp_path / "parts", max_updates=9, resume=True, **chosen)
    assert_same_weights(whole, parts)


def test_rows_say_what_was_seen(tmp_path: Path) -> None:
    train_example(tmp_path, max_epochs=2, log_every=3, dropout=0.0)
    written = rows(tmp_path, "training")
    assert [row["update"] for row in written] == [3, 6, 9, 12]
    assert [row["epoch"] for row in written] == [1, 1, 2, 2]
    batches = [ExampleBatches().load(key) for key in ExampleBatches().epoch(1)[:3]]
    tokens = sum(int(batch.mask.sum()) for batch in batches)
    assert written[0]["tokens"] == tokens
    assert written[0]["padding"] == pytest.approx(1 - tokens / 45)
    assert written[0]["loss"] == pytest.approx(-written[0]["log_prob"])
    assert [row["update"] for row in rows(tmp_path, "validation")] == [7, 14]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"max_epochs": 3}, [7, 14, 21]),
        ({"max_epochs": 3, "validate_every_epochs": 2.0}, [14, 21]),
        ({"max_epochs": 2, "validate_every_epochs": 0.5}, [4, 7, 11, 14]),
        ({"max_epochs": 2, "validate_every_updates": 5}, [5, 10, 14]),
        ({"max_epochs": None, "max_updates": 9}, [7, 9]),
        ({"max_epochs": 2, "accumulate": 3}, [3, 6]),
    ],
)
def test_when_it_validates(tmp_path: Path, changes: dict[str, Any], expected: list[int]) -> None:
    train_example(tmp_path, **changes)
    assert [row["update"] for row in rows(tmp_path, "validation")] == expected


def test_patience_ends_it_and_the_best_is_kept(tmp_path: Path) -> None:
    model, trained = train_scripted(tmp_path, 0.2, 0.1, 0.5, 0.4, 0.5, 0.3, max_epochs=9, patience=3)
    assert (trained.ended_by, trained.updates, trained.best_update) == ("patience", 42, 21)
    assert trained.figures == {"score": 0.5}
    load_weights(published := ExampleModel(), tmp_path / "model.safetensors")
    assert_same_weights(model, published)


def test_the_best_weights_are_those_of_a_training_that_ends_there(tmp_path: Path) -> None:
    shorter, _ = train_scripted(tmp_path / "shorter", 0.1, 0.5, max_epochs=2, schedule="constant")
    longer, _ = train_scripted(tmp_path / "longer", 0.1, 0.5, 0.4, max_epochs=3, schedule="constant")
    longest, _ = train_scripted(tmp_path / "longest", 0.1, 0.5, 0.6, max_epochs=3, schedule="constant")
    assert_same_weights(longer, shorter)
    assert_other_weights(longest, shorter)


def test_lower_may_be_better(tmp_path: Path) -> None:
    _, trained = train_scripted(tmp_path, 0.3, 0.1, 0.2, better="lower")
    assert trained.best_update == 14


def test_a_figure_that_is_not_a_number_is_never_the_best(tmp_path: Path) -> None:
    nan = float("nan")
    _, trained = train_scripted(tmp_path, nan, 0.1, nan)
    assert trained.best_update == 14


@pytest.mark.parametrize(("score", "kept"), [(0.6, "averaged"), (0.4, "best")])
def test_the_average_is_kept_where_it_is_better(tmp_path: Path, score: float, kept: str) -> None:
    scores = (0.1, 0.5, 0.3, 0.2, score)
    model, trained = train_scripted(tmp_path, *scores, max_epochs=4, average_last=3, schedule="constant")
    assert (trained.kept, trained.figures) == (kept, {"score": max(scores)})
    published, parts = ExampleModel(), [ExampleModel() for _ in range(3)]
    load_weights(published, tmp_path / "model.safetensors")
    assert_same_weights(published, model)
    for part, update in zip(parts, (14, 21, 28), strict=True):
        load_weights(part, tmp_path / "checkpoints" / f"{update:08d}" / "model.safetensors")
    mean = sum(part.hidden.weight.detach() for part in parts) / 3
    expected = mean if kept == "averaged" else parts[0].hidden.weight.detach()
    torch.testing.assert_close(model.hidden.weight.detach(), expected)
    assert rows(tmp_path, "validation")[-1]["weights"] == "averaged"


def test_without_validation_the_last_weights_are_kept(tmp_path: Path) -> None:
    model, published = ExampleModel(), ExampleModel()
    trained = train(model, ExampleBatches(), options(), tmp_path, progress=Silent())
    assert (trained.kept, trained.figures, trained.best_update) == ("last", {}, 0)
    load_weights(published, tmp_path / "model.safetensors")
    assert_same_weights(model, published)


def test_minutes_end_it_and_count_over_interruptions(tmp_path: Path) -> None:
    _, trained = train_example(tmp_path, max_epochs=None, max_minutes=1e-9)
    assert (trained.updates, trained.ended_by) == (1, "minutes")
    _, again = train_example(tmp_path, max_epochs=None, max_minutes=1e-9, resume=True)
    assert again.updates == 1


def test_a_finished_training_goes_on_when_its_limit_is_raised(tmp_path: Path) -> None:
    whole, _ = train_example(tmp_path / "whole", max_epochs=4, schedule="constant")
    train_example(tmp_path / "parts", max_epochs=2, schedule="constant")
    parts, trained = train_example(tmp_path / "parts", max_epochs=4, schedule="constant", resume=True)
    assert trained.updates == 28
    assert_same_weights(whole, parts)
    assert [row["update"] for row in rows(tmp_path / "parts", "validation")] == [7, 14, 21, 28]


def test_a_folder_with_a_training_is_not_overwritten(tmp_path: Path) -> None:
    train_example(tmp_path)
    with pytest.raises(RunError, match=r"already holds a training, of 21 updates; .*`--resume`, or choose another"):
        train_example(tmp_path)


class Failing(ExampleModel):
    """Gives a loss that is not finite from some call on."""

    def __init__(self, calls: int, value: float) -> None:
        super().__init__()
        self.calls, self.value = calls, value

    def forward(self, batch: Any, smoothing: float = 0.0) -> ExampleLoss:
        loss = super().forward(batch, smoothing)
        self.calls -= self.training
        return loss if self.calls >= 0 else loss._replace(total=loss.total * self.value)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_divergence_stops_it_and_keeps_the_last_good_weights(tmp_path: Path, value: float) -> None:
    model = Failing(10, value)
    message = (
        r"diverged at update 11, at learning rate 0\.00\d+: loss -?(nan|inf), norm of the gradient nan, both of which "
        r"must be finite\. `.*00000007` is kept\. Try a lower `training\.learning_rate`"
    )
    with pytest.raises(DivergedError, match=message):
        train(model, ExampleBatches(), options(), tmp_path, validate=validate, progress=Silent())
    published = ExampleModel()
    load_weights(published, tmp_path / "model.safetensors")
    assert all(parameter.isfinite().all() for parameter in (*published.parameters(), *model.parameters()))


def test_divergence_before_any_checkpoint_says_so(tmp_path: Path) -> None:
    with pytest.raises(DivergedError, match=r"at update 1, .* No checkpoint was saved before\."):
        train(Failing(0, float("nan")), ExampleBatches(), options(), tmp_path, progress=Silent())


class PressesCtrlC(ExampleBatches):
    """Somebody presses Ctrl-C while a batch is loaded."""

    def load(self, key: tuple[int, int], /) -> Any:
        if key == (2, 3):
            os.kill(os.getpid(), signal.SIGINT)
        return super().load(key)


def test_ctrl_c_finishes_the_update_saves_and_says_how_to_go_on(tmp_path: Path) -> None:
    whole, _ = train_example(tmp_path / "whole")
    message = r"after update 11, saved in `.*00000011`\. The same command with `--resume` goes on from there\."
    handler = signal.getsignal(signal.SIGINT)
    with pytest.raises(StoppedError, match=message):
        train(ExampleModel(), PressesCtrlC(), options(), tmp_path / "parts", validate=validate, progress=Silent())
    assert signal.getsignal(signal.SIGINT) is handler
    parts, _ = train_example(tmp_path / "parts", resume=True)
    assert_same_weights(whole, parts)


def test_a_full_disk_is_told_and_the_training_goes_on_later(tmp_path: Path) -> None:
    whole, _ = train_example(tmp_path / "whole", schedule="constant")
    train_example(tmp_path / "parts", schedule="constant", max_updates=9, validate_every_updates=9)
    message = r"00000014` could not be written: .*File too large.*What was saved before is untouched"
    with no_file_over(3000), pytest.raises(StorageError, match=message):
        train_example(tmp_path / "parts", schedule="constant", resume=True)
    assert [path.name for path in (tmp_path / "parts" / "checkpoints").iterdir()] == ["00000009"]
    parts, _ = train_example(tmp_path / "parts", schedule="constant", resume=True)
    assert_same_weights(whole, parts)


def test_batches_are_asked_for_by_epoch_and_only_once(tmp_path: Path) -> None:
    batches = ExampleBatches()
    train(ExampleModel(), batches, options(max_epochs=2), tmp_path, progress=Silent())
    assert batches.loaded == [(epoch, batch) for epoch in (1, 2) for batch in range(7)]


def test_no_batches_are_told(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"Epoch 1 has no batches; at least one is needed"):
        train(ExampleModel(), ExampleBatches(pick=slice(0)), options(), tmp_path, progress=Silent())


def test_a_figure_that_is_not_there_cannot_be_watched(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match=r"`training.watch` is 'los'.*Did you mean `loss`\?"):
        train_example(tmp_path, watch="los")


def test_averaging_needs_validation(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match=r"`training.average_last` needs a validation"):
        train(ExampleModel(), ExampleBatches(), options(average_last=3), tmp_path, progress=Silent())


def test_a_training_by_several_processes_is_not_resumed_by_one(tmp_path: Path) -> None:
    train_example(tmp_path, max_updates=3)
    state = tmp_path / "checkpoints" / "00000003" / "state.json"
    content = json.loads(state.read_text())
    state.write_text(json.dumps(content | {"generators": content["generators"] * 2}))
    with pytest.raises(RunError, match=r"was trained by 2 processes, and these are 1.*Resume it with 2"):
        train_example(tmp_path, resume=True)


def test_bfloat16_learns_too(tmp_path: Path) -> None:
    before = validate(ExampleModel().eval())["loss"]
    _, trained = train_example(tmp_path, max_epochs=20, validate_every_epochs=10.0, precision="bfloat16")
    assert trained.figures["loss"] < before / 2


class Heard(Progress):
    """Takes down what is shown."""

    def __init__(self) -> None:
        self.heard: list[Any] = []

    def training(self, row: TrainingRow, done: float) -> None:
        self.heard.append((row.update, done))

    def validation(self, update: int, figures: dict[str, float], *, is_best: bool) -> None:
        self.heard.append((update, is_best))

    def close(self) -> None:
        self.heard.append("closed")


def test_what_is_shown(tmp_path: Path) -> None:
    progress = Heard()
    chosen = options(watch="score", better="higher", max_epochs=2, log_every=7)
    train(ExampleModel(), ExampleBatches(), chosen, tmp_path, validate=Scripted(0.5, 0.4), progress=progress)
    assert progress.heard == [(7, 0.5), (7, True), (14, 1.0), (14, False), "closed"]


def test_the_line_is_closed_after_an_error_too(tmp_path: Path) -> None:
    progress = Heard()
    with pytest.raises(DivergedError):
        train(Failing(0, float("nan")), ExampleBatches(), options(), tmp_path, progress=progress)
    assert progress.heard == ["closed"]
