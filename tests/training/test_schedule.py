import pytest

from saccade.training.schedule import NEEDS_END, SCHEDULES, share


@pytest.mark.parametrize(
    ("schedule", "update", "progress", "expected"),
    [
        ("constant", 5, 0.0, 1.0),
        ("constant", 900, 1.0, 1.0),
        ("linear", 5, 0.0, 1.0),
        ("linear", 5, 0.25, 0.75),
        ("linear", 5, 1.0, 0.0),
        ("cosine", 5, 0.0, 1.0),
        ("cosine", 5, 1 / 3, 0.75),
        ("cosine", 5, 0.5, 0.5),
        ("cosine", 5, 1.0, 0.0),
        ("inverse-sqrt", 5, 0.0, (4 / 5) ** 0.5),
        ("inverse-sqrt", 16, 0.9, 0.5),
        ("inverse-sqrt", 400, 0.9, 0.1),
    ],
)
def test_share_after_the_warmup(schedule: str, update: int, progress: float, expected: float) -> None:
    assert share(schedule, update, warmup_steps=4, progress=progress, floor=0.0) == pytest.approx(expected)


@pytest.mark.parametrize("schedule", sorted(SCHEDULES))
def test_warmup_rises_on_a_straight_line_to_the_full_rate(schedule: str) -> None:
    shares = [share(schedule, update, warmup_steps=4, progress=0.0, floor=0.5) for update in (1, 2, 3, 4)]
    assert shares == [0.25, 0.5, 0.75, 1.0]


@pytest.mark.parametrize("schedule", sorted(SCHEDULES))
def test_without_warmup_the_first_update_has_the_full_rate(schedule: str) -> None:
    assert share(schedule, 1, warmup_steps=0, progress=0.0, floor=0.0) == pytest.approx(1.0)


@pytest.mark.parametrize("schedule", sorted(NEEDS_END))
def test_never_under_the_floor_nor_beyond_the_end(schedule: str) -> None:
    assert share(schedule, 11, warmup_steps=0, progress=1.7, floor=0.125) == 0.125


def test_schedules_that_fall_to_the_end_are_those_that_need_one() -> None:
    falling = {name for name, schedule in SCHEDULES.items() if schedule(11, 5, 1.0) == pytest.approx(0.0)}
    assert falling == NEEDS_END
