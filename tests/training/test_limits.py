import itertools

import pytest

from saccade.training import TrainingOptions
from saccade.training.checkpoint import Position
from saccade.training.limits import Ending, Limits, steps_between


@pytest.mark.parametrize(
    ("position", "expected"),
    [
        (Position(epoch=3, update=17, elapsed_s=60.0, waited=1), None),
        (Position(epoch=4), "epochs"),
        (Position(update=19), "updates"),
        (Position(elapsed_s=120.0), "minutes"),
        (Position(waited=2), "patience"),
    ],
)
def test_each_limit_ends_a_training(position: Position, expected: Ending | None) -> None:
    options = TrainingOptions(max_epochs=3, max_updates=19, max_minutes=2.0, patience=2)
    assert Limits(options, batches_an_epoch=7).ended_by(position) == expected


def rates(options: TrainingOptions, updates: int) -> list[float]:
    limits = Limits(options, batches_an_epoch=5)
    return [limits.learning_rate(Position(update=done)) for done in range(updates)]


def test_linear_decay_over_epochs_of_accumulated_batches() -> None:
    # 5 batches make 3 updates an epoch, so 6 in all: 2 of warm-up, 4 of decay, the last of which is not yet 0.
    options = TrainingOptions(max_epochs=2, accumulate=2, learning_rate=0.8, warmup_steps=2, schedule="linear")
    assert rates(options, 6) == pytest.approx([0.4, 0.8, 0.8, 0.6, 0.4, 0.2])


def test_the_nearer_of_two_limits_is_the_end_of_the_decay() -> None:
    options = TrainingOptions(max_epochs=2, max_updates=4, learning_rate=0.8, schedule="linear", floor=0.5)
    assert rates(options, 4) == pytest.approx([0.8, 0.6, 0.4, 0.4])


def test_decay_by_the_clock() -> None:
    limits = Limits(TrainingOptions(max_minutes=2.0, learning_rate=0.8, schedule="linear"), batches_an_epoch=5)
    assert limits.learning_rate(Position(update=3, elapsed_s=90.0)) == pytest.approx(0.2)


def test_inverse_root_needs_no_end() -> None:
    options = TrainingOptions(max_minutes=2.0, learning_rate=0.8, schedule="inverse-sqrt", warmup_steps=1)
    assert rates(options, 4) == pytest.approx([0.8, 0.8 / 2**0.5, 0.8 / 3**0.5, 0.4])


def test_time_left_is_by_the_nearer_limit() -> None:
    options = TrainingOptions(max_updates=50, max_minutes=2.0)
    limits, since = Limits(options, batches_an_epoch=7), Position(update=10, elapsed_s=20.0)
    assert limits.left_s(Position(update=20, elapsed_s=40.0), since) == pytest.approx(60.0)
    assert limits.left_s(Position(update=20, elapsed_s=90.0), since) == pytest.approx(30.0)
    assert limits.done(Position(update=20, elapsed_s=90.0)) == pytest.approx(0.75)


def test_no_end_is_known_before_the_first_update() -> None:
    limits = Limits(TrainingOptions(max_updates=50), batches_an_epoch=7)
    assert limits.left_s(Position(), since=Position()) is None


@pytest.mark.parametrize(
    ("every", "expected"),
    [
        (1.0, [0, 0, 0, 0, 0, 0, 1] * 2),
        (0.5, [0, 0, 0, 1, 0, 0, 1] * 2),
        (1 / 7, [1] * 14),
        (2.0, [0] * 13 + [1]),
        (1.5, [0] * 10 + [1] + [0] * 3),
    ],
)
def test_steps_in_two_epochs_of_seven_updates(every: float, expected: list[int]) -> None:
    done = [epoch + update / 7 for epoch in range(2) for update in range(7)] + [2.0]
    assert [steps_between(before, after, every) for before, after in itertools.pairwise(done)] == expected


def test_rounding_takes_no_step_away() -> None:
    tenths = [step / 10 for step in range(31)]
    assert [steps_between(before, after, 0.1) for before, after in itertools.pairwise(tenths)] == [1] * 30
