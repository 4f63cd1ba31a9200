import subprocess
import sys

import pytest

from saccade.errors import OptionError
from saccade.training import TrainingOptions


@pytest.mark.parametrize(
    ("option", "value", "allowed"),
    [
        ("max_epochs", 0, "whole numbers from 1"),
        ("max_updates", -3, "whole numbers from 1"),
        ("max_minutes", 0.0, "numbers above 0"),
        ("learning_rate", 0.0, "numbers above 0"),
        ("learning_rate", float("nan"), "numbers above 0"),
        ("warmup_steps", -1, "whole numbers from 0"),
        ("floor", 1.5, "numbers from 0 to 1"),
        ("weight_decay", -0.1, "0 and above"),
        ("betas", (0.9, 1.0), "two numbers from 0 to below 1"),
        ("clip_norm", 0.0, "numbers above 0"),
        ("momentum", 1.0, "numbers from 0 to below 1"),
        ("label_smoothing", 1.0, "numbers from 0 to below 1"),
        ("accumulate", 0, "whole numbers from 1"),
        ("validate_every_epochs", 0.0, "numbers above 0"),
        ("validate_every_updates", 0, "whole numbers from 1"),
        ("patience", 0, "whole numbers from 1"),
        ("average_last", -2, "whole numbers from 0"),
        ("log_every", 0, "whole numbers from 1"),
        ("save_every_minutes", 0.0, "numbers above 0"),
    ],
)
def test_values_out_of_range_are_named(option: str, value: object, allowed: str) -> None:
    with pytest.raises(OptionError, match=rf"`training\.{option}` is .*\. Allowed: {allowed}\.") as caught:
        TrainingOptions(**{"max_epochs": 3, option: value})  # pyright: ignore[reportArgumentType]
    assert repr(value) in str(caught.value)


def test_a_near_miss_is_suggested() -> None:
    with pytest.raises(OptionError, match=r"`training.schedule` is 'cosin'.*Did you mean `cosine`\?"):
        TrainingOptions(max_epochs=3, schedule="cosin")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"optimiser": "sdg"}, r"`training.optimiser` is 'sdg'.*Did you mean `sgd`\?"),
        ({"momentum": 0.5}, r"`training.momentum` is 0.5, but .* is adamw, which has `betas`\. .*`optimiser: sgd`"),
        ({"nesterov": True}, r"`training.nesterov` is True, but `training.optimiser` is adamw"),
        ({"optimiser": "sgd", "betas": (0.5, 0.9)}, r"`training.betas` is .*is sgd, which has `momentum`, `nesterov`"),
        ({"optimiser": "sgd", "nesterov": True, "momentum": 0.0}, r"`training.momentum` is 0: there is nothing"),
    ],
)
def test_an_option_that_would_do_nothing_is_refused(options: dict[str, object], message: str) -> None:
    with pytest.raises(OptionError, match=message):
        TrainingOptions(max_epochs=3, **options)  # pyright: ignore[reportArgumentType]


def test_a_training_needs_an_end() -> None:
    with pytest.raises(OptionError, match=r"`training.max_epochs`, `max_updates` and `max_minutes` are all unset"):
        TrainingOptions()


@pytest.mark.parametrize(
    ("limits", "schedule", "expected"),
    [
        ({"max_minutes": 2.0}, "linear", True),
        ({"max_minutes": 2.0}, "constant", False),
        ({"max_minutes": 2.0, "max_epochs": 3}, "linear", False),
        ({"max_minutes": 2.0, "max_updates": 3}, "cosine", False),
    ],
)
def test_a_falling_schedule_follows_the_clock_where_nothing_else_limits(
    limits: dict[str, float], schedule: str, expected: bool
) -> None:
    assert TrainingOptions(schedule=schedule, **limits).follows_clock is expected  # pyright: ignore[reportArgumentType]


def test_options_come_without_torch() -> None:
    code = "import sys, saccade.training; sys.exit('torch' in sys.modules or 'numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
